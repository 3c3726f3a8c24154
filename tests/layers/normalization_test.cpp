#include <limits>

#include <layers/layer_test.h>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/constraints.h>
#include <cornu/layers/normalization.h>
#include <cornu/layers/regularizers.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

const layer_test::Expectations trained{.call = {.training = true}};

void check_values(const Tensor& tensor, const std::vector<double>& expected, double tolerance = 1e-5) {
  const std::vector<double> values = layer_test::values_of(tensor);
  REQUIRE(values.size() == expected.size());
  for (size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).margin(tolerance));
}

}  // namespace

TEST_CASE("BatchNormalization keeps what every layer promises") {
  const Tensor x = random::normal({4, 3}, {.seed = 1}), image = random::normal({2, 3, 2, 2}, {.seed = 2});
  for (const layer_test::Expectations& expected : {layer_test::Expectations{}, trained}) {
    layer_test::check<layers::BatchNormalization>({}, {x}, expected);
    layer_test::check<layers::BatchNormalization>({.axis = 1, .momentum = 0.9}, {image}, expected);
    layer_test::check<layers::BatchNormalization>({.center = false, .scale = false}, {image}, expected);
    layer_test::check<layers::BatchNormalization>({.beta_initializer = "ones",
                                                   .gamma_initializer = "random_normal",
                                                   .gamma_regularizer = "l2",
                                                   .gamma_constraint = "non_neg"},
                                                  {x}, expected);
  }
}

TEST_CASE("BatchNormalization normalizes by the batch in training and moves its statistics") {
  layers::BatchNormalization layer({.momentum = 0.75, .epsilon = 0.5});
  const Tensor x = constant({{1.f, 2.f}, {3.f, 8.f}});
  // means 2 and 5, variances 1 and 9
  const double a = 1 / std::sqrt(1.5), b = 3 / std::sqrt(9.5);
  check_values(layer(x, {.training = true}), {-a, -b, a, b});
  const std::vector<Tensor> weights = layer.get_weights();
  REQUIRE(weights.size() == 4);
  check_values(weights[2], {0.5, 1.25});  // 0.75 * 0 + 0.25 * mean
  check_values(weights[3], {1, 3});       // 0.75 * 1 + 0.25 * variance
  CHECK(layer.trainable_variables().size() == 2);
  CHECK(layer.weights()[2].path() == "batch_normalization/moving_mean");
  // and by the moving ones otherwise
  check_values(layer(x), {0.5 / std::sqrt(1.5), 0.75 / std::sqrt(3.5), 2.5 / std::sqrt(1.5), 6.75 / std::sqrt(3.5)});
  check_values(layer.get_weights()[2], {0.5, 1.25});
}

TEST_CASE("BatchNormalization that is not trainable uses and keeps its moving statistics") {
  layers::BatchNormalization layer;
  const Tensor x = constant({{1.f, 2.f}, {3.f, 8.f}});
  const Tensor before = layer(x);
  layer.set_trainable(false);
  layer_test::check_equal({layer(x, {.training = true})}, {before});
  check_values(layer.get_weights()[2], {0, 0});
}

TEST_CASE("BatchNormalization leaves masked steps out of the statistics") {
  layers::BatchNormalization layer({.momentum = 0});
  const Tensor x = constant({{{1.f}, {3.f}, {100.f}}}), mask = constant({{true, true, false}});
  layer(x, {.training = true, .mask = mask});
  check_values(layer.get_weights()[2], {2}, 1e-4);
  check_values(layer.get_weights()[3], {1}, 1e-4);
  CHECK_THROWS_WITH(layer(x, {.mask = constant({true})}), Contains("mask") && Contains("(1,)"));
}

TEST_CASE("BatchNormalization renormalizes toward its moving statistics") {
  layers::BatchNormalization layer({.momentum = 0.5,
                                    .epsilon = 0,
                                    .renorm = true,
                                    .renorm_clipping = {.rmax = 1.5, .dmax = 1},
                                    .renorm_momentum = 0});
  const Tensor x = constant({{0.f}, {4.f}});  // mean 2, deviation 2
  // The first moving mean is 0 and deviation 1: r = 2 clipped to 1.5, d = 2 clipped to 1.
  check_values(layer(x, {.training = true}), {-1 * 1.5 + 1, 1 * 1.5 + 1});
  const std::vector<Tensor> weights = layer.get_weights();  // gamma, beta, then the statistics
  REQUIRE(weights.size() == 7);
  check_values(weights[2], {1});                        // moving_mean
  check_values(weights[3], {2.25});                     // moving_variance: the square of
  check_values(weights[4], {1.5});                      // moving_stddev
  check_values(weights[5], {2});                        // renorm_mean
  check_values(weights[6], {2});                        // renorm_stddev
  check_values(layer(x, {.training = true}), {-1, 1});  // r = 1 and d = 0
  layer_test::check<layers::BatchNormalization>(
      {.renorm = true, .renorm_clipping = {.rmax = 3, .rmin = 0.3, .dmax = 5}}, {random::normal({4, 3}, {.seed = 1})});
}

TEST_CASE("BatchNormalization of large means keeps its precision") {
  layers::BatchNormalization layer({.epsilon = 0});
  std::vector<float> values;
  for (int i = 0; i < 4000; ++i) values.push_back(10000.f + static_cast<float>(i % 2));
  const std::vector<float> y =
      layer(Tensor::from_span<float>(values, {4000, 1}), {.training = true}).to_vector<float>();
  for (size_t i = 0; i < y.size(); ++i) CHECK(y[i] == Approx(i % 2 ? 1 : -1).epsilon(1e-3));
}

TEST_CASE("BatchNormalization of large batches agrees with the plain formula in any layout") {
  for (const int64_t axis : {-1, 1}) {
    const Tensor x = random::normal({700, 9, 11}, {.mean = 3, .stddev = 2, .seed = 5});
    layers::BatchNormalization layer({.axis = axis, .momentum = 0});
    layer(x, {.training = true});
    const std::vector<int64_t> others = axis == 1 ? std::vector<int64_t>{0, 2} : std::vector<int64_t>{0, 1};
    const Tensor wide = cast(x, float64);
    layer_test::check_equal({layer.get_weights()[2]}, {reduce_mean(wide, others)}, 1e-6);
    layer_test::check_equal({layer.get_weights()[3]}, {reduce_variance(wide, others)}, 1e-6);
  }
}

TEST_CASE("BatchNormalization refuses bad options and inputs") {
  CHECK_THROWS_WITH(layers::BatchNormalization({.epsilon = -1}), Contains("epsilon"));
  CHECK_THROWS_WITH(layers::BatchNormalization({.synchronized = true}), Contains("synchronized"));
  CHECK_THROWS_WITH(layers::BatchNormalization({.renorm_clipping = {.rmax = 1, .rmin = 2}}), Contains("rmin"));
  CHECK_THROWS_WITH(layers::BatchNormalization({.renorm_clipping = {.dmax = -1}}), Contains("dmax"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bound : {nan, -1.}) {
    CHECK_THROWS_WITH(layers::BatchNormalization({.renorm_clipping = {.rmax = bound}}), Contains("rmax must be"));
    CHECK_THROWS_WITH(layers::BatchNormalization({.renorm_clipping = {.rmin = bound}}), Contains("rmin must be"));
    CHECK_THROWS_WITH(layers::BatchNormalization({.renorm_clipping = {.dmax = bound}}), Contains("dmax must be"));
    CHECK_THROWS_WITH(layers::BatchNormalization({.renorm_momentum = bound}), Contains("renorm_momentum"));
  }
  CHECK_THROWS_WITH(layers::deserialize(R"({"class_name": "BatchNormalization",
                                            "config": {"renorm_clipping": {"max": 1}}})"),
                    Contains("renorm_clipping") && Contains("max"));
  CHECK_THROWS_AS(layers::BatchNormalization({.axis = 2})(zeros({2, 3})), ValueError);
  layers::BatchNormalization layer;
  layer(zeros({2, 3}));
  CHECK_THROWS_AS(layer(zeros({2, 4})), ShapeError);
  CHECK_THROWS_WITH(layer(zeros({2, 2, 3})), Contains("batch_normalization") && Contains("(2, 2, 3)"));
  CHECK_THROWS_AS(layer(zeros({0, 3}), {.training = true}), ValueError);
  check_values(layer.get_weights()[3], {1, 1, 1});
}

TEST_CASE("LayerNormalization keeps what every layer promises") {
  const Tensor x = random::normal({2, 3, 4}, {.seed = 1});
  layer_test::check<layers::LayerNormalization>({}, {x});
  layer_test::check<layers::LayerNormalization>({.axis = {1, 2}}, {x});
  layer_test::check<layers::LayerNormalization>({.axis = 1, .gamma_initializer = "random_normal"}, {x});
  layer_test::check<layers::LayerNormalization>({.axis = {-1}, .center = false, .scale = false}, {x});
  layer_test::check<layers::LayerNormalization>({.rms_scaling = true, .beta_regularizer = "l1"}, {x});
}

TEST_CASE("LayerNormalization normalizes each sample over its axes") {
  layers::LayerNormalization layer({.epsilon = 0});
  const Tensor x = constant({{1.f, 3.f}, {10.f, 30.f}});
  check_values(layer(x), {-1, 1, -1, 1});
  layer.set_weights({constant({2.f, 3.f}), constant({0.5f, -0.5f})});
  check_values(layer(x), {-1.5, 2.5, -1.5, 2.5});
  check_values(layers::LayerNormalization({.axis = 0, .epsilon = 0})(constant({{1.f, 2.f}, {3.f, 8.f}})),
               {-1, -1, 1, 1});
  // Keras's rms_scaling divides by the deviation from the mean.
  check_values(layers::LayerNormalization({.epsilon = 0, .rms_scaling = true})(x), {1, 3, 1, 3});
}

TEST_CASE("LayerNormalization has weights of the extents of its axes") {
  layers::LayerNormalization layer({.axis = {1, 3}});
  layer(zeros({2, 3, 4, 5}));
  REQUIRE(layer.weights().size() == 2);
  CHECK(layer.weights()[0].shape() == Shape({3, 5}));
  CHECK(layer.weights()[1].path() == "layer_normalization/beta");
}

TEST_CASE("LayerNormalization refuses bad options and inputs") {
  CHECK_THROWS_WITH(layers::LayerNormalization({.axis = std::vector<int64_t>{}}), Contains("axis"));
  CHECK_THROWS_WITH(layers::LayerNormalization({.epsilon = -1}), Contains("epsilon"));
  CHECK_THROWS_AS(layers::LayerNormalization({.axis = 3})(zeros({2, 3})), ValueError);
  CHECK_THROWS_AS(layers::LayerNormalization({.axis = {1, -1}})(zeros({2, 3})), ValueError);
  layers::LayerNormalization layer;
  layer(zeros({2, 3}));
  CHECK_THROWS_AS(layer(zeros({2, 4})), ShapeError);
  CHECK_THROWS_WITH(layer(zeros({2, 4})), Contains("layer_normalization") && Contains("(2, 4)"));
}
