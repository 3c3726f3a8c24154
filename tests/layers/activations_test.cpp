#include <layers/layer_test.h>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/activations.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {
void check_values(const Tensor& tensor, const std::vector<double>& expected) {
  const std::vector<double> values = layer_test::values_of(tensor);
  REQUIRE(values.size() == expected.size());
  for (size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).margin(1e-6));
}
}  // namespace

TEST_CASE("activation layers keep what every layer promises") {
  const Tensor x = random::normal({2, 3, 4}, {.seed = 1});
  layer_test::check<layers::ReLU>({}, {x});
  layer_test::check<layers::ReLU>({.max_value = 1, .negative_slope = 0.1, .threshold = 0.2}, {x});
  layer_test::check<layers::LeakyReLU>({}, {x});
  layer_test::check<layers::ELU>({.alpha = 0.5}, {x});
  layer_test::check<layers::PReLU>({.alpha_initializer = "ones", .alpha_regularizer = "l2", .shared_axes = {1}}, {x});
  layer_test::check<layers::Softmax>({}, {x});
  layer_test::check<layers::Softmax>({.axis = {1, 2}}, {x});
}

TEST_CASE("activation layers compute their formulas") {
  const Tensor x = constant({{-2.f, -0.5f, 0.5f, 3.f}});
  check_values(layers::ReLU()(x), {0, 0, 0.5, 3});
  check_values(layers::ReLU({.max_value = 2})(x), {0, 0, 0.5, 2});
  check_values(layers::ReLU({.negative_slope = 0.1, .threshold = 1})(x), {-0.3, -0.15, -0.05, 3});
  check_values(layers::LeakyReLU()(x), {-0.6, -0.15, 0.5, 3});
  check_values(layers::ELU({.alpha = 2})(x), {2 * std::expm1(-2), 2 * std::expm1(-0.5), 0.5, 3});
  layers::PReLU prelu({.alpha_initializer = "ones"});
  check_values(prelu(x), {-2, -0.5, 0.5, 3});
  prelu.set_weights({constant({0.5f, 0.f, 9.f, 9.f})});
  check_values(prelu(x), {-1, 0, 0.5, 3});
}

TEST_CASE("PReLU shares its weights along axes") {
  layers::PReLU prelu({.shared_axes = {1, 2}});
  prelu(zeros({2, 3, 4, 5}));
  CHECK(prelu.weights()[0].shape() == Shape({1, 1, 5}));
  layers::PReLU single({.shared_axes = 1});
  single(zeros({2, 3, 4}));
  CHECK(single.weights()[0].shape() == Shape({1, 4}));
}

TEST_CASE("Softmax leaves out what is masked") {
  const Tensor x = constant({{1.f, 1.f, 5.f}});
  check_values(layers::Softmax()(x, {.mask = constant({{true, true, false}})}), {0.5, 0.5, 0});
  check_values(layers::Softmax()(x, {.mask = constant({{false, false, false}})}), {0, 0, 0});
  check_values(layers::Softmax({.axis = {0, 1}})(constant({{0.f, 0.f}, {0.f, 0.f}})), {0.25, 0.25, 0.25, 0.25});
}

TEST_CASE("activation layers refuse bad options and inputs") {
  CHECK_THROWS_WITH(layers::ReLU({.max_value = -1}), Contains("max_value"));
  CHECK_THROWS_WITH(layers::ReLU({.negative_slope = -1}), Contains("negative_slope"));
  CHECK_THROWS_WITH(layers::ReLU({.threshold = -1}), Contains("threshold"));
  CHECK_THROWS_WITH(layers::LeakyReLU({.negative_slope = -1}), Contains("negative_slope"));
  CHECK_THROWS_WITH(layers::Softmax({.axis = std::vector<int64_t>{}}), Contains("axis"));
  CHECK_THROWS_AS(layers::Softmax({.axis = 2})(zeros({2, 3})), ValueError);
  CHECK_THROWS_WITH(layers::PReLU({.shared_axes = 3})(zeros({2, 3})), Contains("shared_axes"));
  CHECK_THROWS_WITH(layers::PReLU({.shared_axes = 0})(zeros({2, 3})), Contains("shared_axes"));
  layers::PReLU prelu;
  prelu(zeros({2, 3}));
  CHECK_THROWS_AS(prelu(zeros({2, 4})), ShapeError);
  CHECK_THROWS_AS(prelu(zeros({2, 3, 3})), ShapeError);
}
