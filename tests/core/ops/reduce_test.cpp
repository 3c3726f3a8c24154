#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

using Floats = std::vector<float>;
const Tensor& matrix() {
  static const Tensor m = constant({{1.f, 5.f, 2.f}, {7.f, 0.f, 3.f}});
  return m;
}

template <class Function>
Tensor gradient_of(const Function& function, const Tensor& x) {
  GradientTape tape;
  tape.watch(x);
  return tape.gradient(function(x), x);
}

}  // namespace

TEST_CASE("reductions over all axes, some, and none") {
  CHECK(reduce_sum(matrix()).item<float>() == 18);
  CHECK(reduce_sum(matrix(), 0).to_vector<float>() == Floats{8, 5, 5});
  CHECK(reduce_sum(matrix(), -1).to_vector<float>() == Floats{8, 10});
  CHECK(reduce_sum(matrix(), {0, 1}).shape() == Shape({}));
  CHECK(reduce_sum(matrix(), std::vector<int64_t>{}).to_vector<float>() == matrix().to_vector<float>());
  CHECK(reduce_sum(matrix(), 1, {.keepdims = true}).shape() == Shape({2, 1}));
  CHECK(reduce_sum(matrix(), {}, {.keepdims = true}).shape() == Shape({1, 1}));
  CHECK(reduce_mean(matrix()).item<float>() == 3);
  CHECK(reduce_mean(matrix(), 0).to_vector<float>() == Floats{4, 2.5, 2.5});
  CHECK(reduce_max(matrix(), 1).to_vector<float>() == Floats{5, 7});
  CHECK(reduce_min(matrix(), 0).to_vector<float>() == Floats{1, 0, 2});
  CHECK(reduce_prod(matrix(), 1).to_vector<float>() == Floats{10, 0});
  const Tensor cube = reshape(arange(0., 24.), {2, 3, 4});
  CHECK(reduce_sum(cube, {0, 2}).to_vector<float>() == Floats{60, 92, 124});
  CHECK(reduce_sum(cube, {0, 2}, {.keepdims = true}).shape() == Shape({1, 3, 1}));
}

TEST_CASE("reductions of other dtypes") {
  CHECK(reduce_sum(constant({1, 2})).dtype() == int32);
  CHECK(reduce_sum(constant({true, true, false})).item<int32_t>() == 2);
  CHECK(reduce_sum(constant({uint8_t{200}, uint8_t{100}})).item<int32_t>() == 300);
  CHECK(reduce_prod(constant({uint8_t{200}, uint8_t{100}})).item<int32_t>() == 20000);
  CHECK(reduce_mean(constant({1, 2})).item<float>() == 1.5f);
  CHECK(reduce_max(constant({int64_t{3}, int64_t{9}})).item<int64_t>() == 9);
  CHECK(reduce_all(constant({1, 2, 0})).item<bool>() == false);
  CHECK(reduce_any(constant({{true, false}, {false, false}}), 1).to_vector<bool>() == std::vector<bool>{true, false});
  CHECK(reduce_mean(constant({1., 2.})).dtype() == float64);
}

TEST_CASE("reductions over no element") {
  CHECK(reduce_sum(zeros({0, 2}), 0).to_vector<float>() == Floats{0, 0});
  CHECK(reduce_prod(zeros({0})).item<float>() == 1);
  CHECK(std::isnan(reduce_mean(zeros({0})).item<float>()));
  CHECK(reduce_all(zeros({0})).item<bool>());
  CHECK_THROWS_AS(reduce_max(zeros({2, 0}), 1), ValueError);
  CHECK_THROWS_AS(reduce_min(zeros({0})), ValueError);
  CHECK(reduce_max(zeros({0, 3}), 1).shape() == Shape({0}));
  CHECK_THROWS_AS(argmax(zeros({0})), ValueError);
}

TEST_CASE("variance, standard deviation, and logsumexp") {
  // 1 2 3 4: the mean is 2.5, the squared deviations 2.25 0.25 0.25 2.25.
  const Tensor x = constant({1., 2., 3., 4.});
  CHECK(reduce_variance(x).item<double>() == Approx(1.25));
  CHECK(reduce_std(x).item<double>() == Approx(std::sqrt(1.25)));
  CHECK(reduce_variance(constant({{1, 2}, {3, 6}}), 0).to_vector<float>() == Floats{1, 4});
  CHECK(reduce_variance(x + 1e8).item<double>() == Approx(1.25));
  CHECK(reduce_logsumexp(x).item<double>() == Approx(std::log(std::exp(1) + std::exp(2) + std::exp(3) + std::exp(4))));
  CHECK(reduce_logsumexp(constant({1000.f, 1000.f})).item<float>() == Approx(1000 + std::log(2)));
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(reduce_logsumexp(constant({-infinity, -infinity})).item<float>() == -infinity);
  CHECK(reduce_logsumexp(constant({{0.f, 0.f}, {1.f, 1.f}}), 1, {.keepdims = true}).shape() == Shape({2, 1}));
  CHECK(reduce_logsumexp(constant({{0.f, 0.f}, {1.f, 1.f}}), 1).shape() == Shape({2}));
  const auto order2 = GradientCheckOptions{.order = 2};
  for (const auto& function : {reduce_variance, reduce_std, reduce_logsumexp}) {
    const auto call = [&](const TensorList& t) { return function(t[0], 1, {}); };
    CHECK(check_gradients(call, {constant({{0.3, 1.2, -0.4}, {2., 0.1, 0.7}})}, order2).max_error < 1e-6);
  }
}

TEST_CASE("equal extremes share the gradient") {
  const Tensor x = constant({{2.f, 5.f, 5.f}, {1.f, 1.f, 1.f}});
  CHECK(gradient_of([](const Tensor& t) { return reduce_max(t, 1); }, x).to_vector<float>() ==
        Floats{0, 0.5, 0.5, 1.f / 3, 1.f / 3, 1.f / 3});
  CHECK(gradient_of([](const Tensor& t) { return reduce_min(t); }, x).to_vector<float>() ==
        Floats{0, 0, 0, 1.f / 3, 1.f / 3, 1.f / 3});
}

TEST_CASE("the gradient of a product is right with zeros") {
  CHECK(gradient_of([](const Tensor& t) { return reduce_prod(t, 1); }, constant({{2.f, 0.f, 3.f}, {0.f, 4.f, 0.f}}))
            .to_vector<float>() == Floats{0, 6, 0, 0, 0, 0});
  CHECK(gradient_of([](const Tensor& t) { return reduce_prod(t, 0); }, constant({{2.f, 3.f}, {5.f, 7.f}}))
            .to_vector<float>() == Floats{5, 7, 2, 3});
}

TEST_CASE("argmax and argmin give the first of equals; NaN is extreme") {
  CHECK(argmax(matrix(), -1).to_vector<int64_t>() == std::vector<int64_t>{1, 0});
  CHECK(argmin(matrix(), 0).to_vector<int64_t>() == std::vector<int64_t>{0, 1, 0});
  CHECK(argmax(constant({3, 7, 7})).item<int64_t>() == 1);
  CHECK(argmax(matrix(), 1, int32).to_vector<int32_t>() == std::vector<int32_t>{1, 0});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(argmax(constant({1.f, nan, 3.f})).item<int64_t>() == 1);
  CHECK(argmin(constant({1.f, nan, 0.f})).item<int64_t>() == 1);
}

TEST_CASE("bad axes and dtypes of reductions") {
  CHECK_THROWS_WITH(reduce_sum(zeros({2, 3}), 5), Contains("axis 5") && Contains("reduce_sum"));
  CHECK_THROWS_AS(reduce_sum(zeros({2, 3}), 5), ValueError);
  CHECK_THROWS_AS(reduce_mean(zeros({2, 3}), -3), ValueError);
  CHECK_THROWS_AS(reduce_max(zeros({2, 3}), {0, 0}), ValueError);
  CHECK_THROWS_AS(reduce_min(zeros({2, 3}), {1, -1}), ValueError);
  CHECK_THROWS_AS(reduce_prod(zeros({2, 3}), 2), ValueError);
  CHECK_THROWS_AS(reduce_all(zeros({2, 3}), 2), ValueError);
  CHECK_THROWS_AS(reduce_any(zeros({2, 3}), 2), ValueError);
  CHECK_THROWS_AS(reduce_variance(zeros({2, 3}), 2), ValueError);
  CHECK_THROWS_AS(reduce_std(zeros({2, 3}), 2), ValueError);
  CHECK_THROWS_AS(reduce_logsumexp(zeros({2, 3}), 2), ValueError);
  CHECK_THROWS_WITH(argmax(zeros({2, 3}), 2), Contains("argmax"));
  CHECK_THROWS_AS(argmin(constant(1.f)), ValueError);
  CHECK_THROWS_AS(argmax(zeros({2, 3}), 0, float32), DTypeError);
  CHECK_THROWS_AS(reduce_sum(Tensor()), StateError);
}
