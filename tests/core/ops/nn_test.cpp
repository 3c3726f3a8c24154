#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

using Floats = std::vector<float>;

void check_close(const Tensor& tensor, const std::vector<double>& expected, double tolerance = 2e-6) {
  const std::vector<double> values = cast(tensor, float64).to_vector<double>();
  REQUIRE(values.size() == expected.size());
  for (size_t i = 0; i < values.size(); ++i) {
    INFO("element " << i);
    CHECK(values[i] == Approx(expected[i]).epsilon(tolerance).margin(tolerance));
  }
}

/// The formula at each element, in float32 and in float64.
void check_formula(const char* name, Tensor (*function)(const Tensor&), double (*formula)(double)) {
  INFO(name);
  const std::vector<double> x = {-40, -6, -3, -1.5, -1, -0.6, -0.25, 0, 0.25, 0.6, 1, 1.5, 3, 5, 8, 40};
  std::vector<double> expected;
  for (double value : x) expected.push_back(formula(value));
  const Tensor wide = Tensor::from_span<double>(x, {static_cast<int64_t>(x.size())});
  check_close(function(wide), expected, 1e-12);
  check_close(function(cast(wide, float32)), expected);
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double clip(double x, double low, double high) { return std::min(std::max(x, low), high); }

}  // namespace

TEST_CASE("activations follow Keras's formulas") {
  check_formula("linear", linear, [](double x) { return x; });
  check_formula("relu", relu, [](double x) { return std::max(x, 0.); });
  check_formula("relu6", relu6, [](double x) { return clip(x, 0, 6); });
  check_formula("leaky_relu", leaky_relu, [](double x) { return x > 0 ? x : 0.2 * x; });
  check_formula("elu", elu, [](double x) { return x > 0 ? x : std::expm1(x); });
  check_formula("selu", selu,
                [](double x) { return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x)); });
  check_formula("celu", celu, [](double x) { return std::max(x, 0.) + std::min(0., std::expm1(x)); });
  check_formula("gelu", gelu, [](double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.))); });
  check_formula("silu", silu, [](double x) { return x * logistic(x); });
  check_formula("sigmoid", sigmoid, logistic);
  check_formula("log_sigmoid", log_sigmoid,
                [](double x) { return std::min(x, 0.) - std::log1p(std::exp(-std::abs(x))); });
  check_formula("hard_sigmoid", hard_sigmoid, [](double x) { return clip(x + 3, 0, 6) / 6; });
  check_formula("hard_silu", hard_silu, [](double x) { return x * clip(x + 3, 0, 6) / 6; });
  check_formula("hard_tanh", hard_tanh, [](double x) { return clip(x, -1, 1); });
  check_formula("hard_shrink", hard_shrink, [](double x) { return std::abs(x) > 0.5 ? x : 0; });
  check_formula("soft_shrink", soft_shrink, [](double x) { return x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0; });
  check_formula("tanh_shrink", tanh_shrink, [](double x) { return x - std::tanh(x); });
  check_formula("softplus", softplus, [](double x) { return std::max(x, 0.) + std::log1p(std::exp(-std::abs(x))); });
  check_formula("softsign", softsign, [](double x) { return x / (1 + std::abs(x)); });
  check_formula("sparse_plus", sparse_plus, [](double x) { return x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x; });
  check_formula("sparse_sigmoid", sparse_sigmoid, [](double x) { return clip((x + 1) / 2, 0, 1); });
  check_formula(
      "squareplus", [](const Tensor& x) { return squareplus(x); },
      [](double x) { return (x + std::sqrt(x * x + 4)) / 2; });
  check_formula("mish", mish,
                [](double x) { return x * std::tanh(std::max(x, 0.) + std::log1p(std::exp(-std::abs(x)))); });
}

TEST_CASE("activations with parameters") {
  const Tensor x = constant({-2.f, -0.5f, 0.5f, 2.f, 8.f});
  check_close(relu(x, 0.1), {-0.2, -0.05, 0.5, 2, 8});
  check_close(relu(x, 0, 6.), {0, 0, 0.5, 2, 6});
  check_close(relu(x, 0, {}, 1), {0, 0, 0, 2, 8});
  check_close(relu(x, 0.1, 6., 1), {-0.3, -0.15, -0.05, 2, 6});
  check_close(leaky_relu(x, 0.5), {-1, -0.25, 0.5, 2, 8});
  check_close(elu(x, 2), {2 * std::expm1(-2), 2 * std::expm1(-0.5), 0.5, 2, 8});
  check_close(celu(x, 2), {2 * std::expm1(-1), 2 * std::expm1(-0.25), 0.5, 2, 8});
  const auto approximate = [](double v) {
    return 0.5 * v * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
  };
  check_close(gelu(x, true), {approximate(-2), approximate(-0.5), approximate(0.5), approximate(2), 8});
  check_close(hard_shrink(x, 1), {-2, 0, 0, 2, 8});
  check_close(soft_shrink(x, 1), {-1, 0, 0, 1, 7});
  check_close(threshold(x, 1, 20), {20, 20, 20, 2, 8});
  check_close(squareplus(x, 0), {0, 0, 0.5, 2, 8});
  check_close(exponential(constant({0.f, 1.f})), {1, M_E});
  CHECK(relu(constant({-1, 2})).to_vector<int32_t>() == std::vector<int32_t>{0, 2});
  CHECK(elu(constant({-1, 2})).dtype() == float32);
  CHECK_THROWS_AS(celu(x, 0), ValueError);
  CHECK_THROWS_AS(relu(Tensor()), StateError);
}

TEST_CASE("gradients of activations, also far from 0 and at 0") {
  const Tensor x = constant({-1.7, -0.8, -0.2, 0.3, 0.9, 2.6, 4.});
  for (const auto function : {static_cast<Tensor (*)(const Tensor&)>(relu),
                              relu6,
                              leaky_relu,
                              elu,
                              selu,
                              celu,
                              gelu,
                              silu,
                              sigmoid,
                              log_sigmoid,
                              hard_sigmoid,
                              hard_silu,
                              hard_tanh,
                              hard_shrink,
                              soft_shrink,
                              tanh_shrink,
                              softplus,
                              softsign,
                              sparse_plus,
                              sparse_sigmoid,
                              squareplus,
                              mish,
                              softmax,
                              log_softmax,
                              sparsemax}) {
    const auto call = [&](const TensorList& t) { return function(t[0]); };
    CHECK(check_gradients(call, {x}, {.order = 2}).max_error < 1e-6);
  }
  const Tensor extremes = constant({-1000.f, 0.f, 1000.f});
  const auto gradient = [&](Tensor (*function)(const Tensor&)) {
    GradientTape tape;
    tape.watch(extremes);
    return tape.gradient(function(extremes), extremes).to_vector<float>();
  };
  CHECK(gradient(relu) == Floats{0, 0, 1});
  CHECK(gradient(elu) == Floats{0, 1, 1});
  CHECK(gradient(celu) == Floats{0, 1, 1});
  CHECK(gradient(softplus) == Floats{0, 0.5, 1});
  CHECK(gradient(sigmoid) == Floats{0, 0.25, 0});
}

TEST_CASE("softmax and log_softmax") {
  const Tensor x = constant({{1.f, 2.f, 3.f}, {1000.f, 1000.f, -1000.f}});
  const double sum = std::exp(1) + std::exp(2) + std::exp(3);
  check_close(softmax(x), {std::exp(1) / sum, std::exp(2) / sum, std::exp(3) / sum, 0.5, 0.5, 0});
  check_close(log_softmax(x), {1 - std::log(sum), 2 - std::log(sum), 3 - std::log(sum), -std::log(2), -std::log(2),
                               -2000 - std::log(2)});
  check_close(softmax(transpose(x), 0), {std::exp(1) / sum, 0.5, std::exp(2) / sum, 0.5, std::exp(3) / sum, 0});
  check_close(log_softmax(transpose(x), 0), cast(transpose(log_softmax(x)), float64).to_vector<double>());
  CHECK(softmax(constant({1, 1})).to_vector<float>() == Floats{0.5, 0.5});
  CHECK(softmax(zeros({2, 0})).shape() == Shape({2, 0}));
  CHECK_THROWS_AS(softmax(x, 2), ValueError);
  CHECK_THROWS_AS(log_softmax(x, -3), ValueError);
  CHECK_THROWS_AS(softmax(constant(1.f)), ValueError);
}

TEST_CASE("sparsemax projects onto the simplex") {
  // From the definition: z = (1, 0.8, 0.1) keeps the first two; tau = (1.8 - 1) / 2 = 0.4.
  CHECK(std::isnan(sparsemax(constant({NAN, 1.f})).to_vector<float>()[1]));
  check_close(sparsemax(constant({{1.f, 0.8f, 0.1f}, {3.f, 0.f, 0.f}})), {0.6, 0.4, 0, 1, 0, 0});
  check_close(sparsemax(constant({{1.f}, {0.8f}, {0.1f}}), 0), {0.6, 0.4, 0});
  check_close(sparsemax(constant({1.f, 1.f, 1.f})), {1. / 3, 1. / 3, 1. / 3});
  CHECK_THROWS_AS(sparsemax(zeros({2}), 1), ValueError);
  CHECK_THROWS_WITH(sparsemax(Tensor::symbolic({{-1, 2}}), 0), Contains("(None, 2)"));
}

TEST_CASE("glu gates one half with the other") {
  check_close(glu(constant({{1.f, 2.f, 0.f, 100.f}})), {0.5, 2});
  check_close(glu(constant({{1.f, 2.f}, {0.f, 100.f}}), 0), {0.5, 2});
  CHECK_THROWS_WITH(glu(zeros({2, 3})), Contains("(2, 3)"));
  CHECK_THROWS_AS(glu(zeros({2, 3}), 2), ValueError);
}

TEST_CASE("sparse cross-entropy") {
  const Tensor logits = constant({{1.f, 2.f, 3.f}, {1000.f, 0.f, -1000.f}});
  const double log_sum = std::log(std::exp(1) + std::exp(2) + std::exp(3));
  check_close(sparse_softmax_cross_entropy_with_logits(constant({2, 1}), logits), {log_sum - 3, 1000});
  check_close(sparse_softmax_cross_entropy_with_logits(constant({int64_t{0}, int64_t{0}}), logits), {log_sum - 1, 0});
  CHECK_THROWS_WITH(sparse_softmax_cross_entropy_with_logits(constant({2, 3}), logits), Contains("label 3"));
  CHECK_THROWS_WITH(sparse_softmax_cross_entropy_with_logits(constant({-1, 0}), logits), Contains("label -1"));
  CHECK_THROWS_AS(sparse_softmax_cross_entropy_with_logits(constant({0, 3}), logits), ValueError);
  CHECK_THROWS_WITH(sparse_softmax_cross_entropy_with_logits(constant({0}), logits),
                    Contains("(1,)") && Contains("(2, 3)"));
  CHECK_THROWS_AS(sparse_softmax_cross_entropy_with_logits(constant({0.f, 1.f}), logits), DTypeError);
}

TEST_CASE("dense cross-entropy") {
  const Tensor logits = constant({{1.f, 2.f, 3.f}, {1000.f, 0.f, -1000.f}});
  const double log_sum = std::log(std::exp(1) + std::exp(2) + std::exp(3));
  check_close(softmax_cross_entropy_with_logits(constant({{0.5f, 0.f, 0.5f}, {0.f, 1.f, 0.f}}), logits),
              {log_sum - 2, 1000});
  check_close(softmax_cross_entropy_with_logits(constant({{0, 0, 1}, {1, 0, 0}}), logits), {log_sum - 3, 0});
  CHECK_THROWS_AS(softmax_cross_entropy_with_logits(zeros({2, 4}), logits), ShapeError);
  const Tensor x = constant({0.f, 2.f, -1000.f, 20.f}), z = constant({1.f, 0.25f, 1.f, 1.f});
  check_close(sigmoid_cross_entropy_with_logits(z, x),
              {std::log(2), 2 - 0.5 + std::log1p(std::exp(-2)), 1000, std::log1p(std::exp(-20))}, 1e-6);
  CHECK_THROWS_AS(sigmoid_cross_entropy_with_logits(zeros({3}), x), ShapeError);
}
