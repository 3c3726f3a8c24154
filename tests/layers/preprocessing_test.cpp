#include <layers/layer_test.h>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;

namespace {

const Tensor features = constant({{0.f, 10.f, 5.f}, {2.f, 20.f, 5.f}, {4.f, 60.f, 5.f}, {6.f, 30.f, 5.f}});

}  // namespace

TEST_CASE("Rescaling keeps what every layer promises") {
  layer_test::check<layers::Rescaling>({.scale = 0.5, .offset = -1}, {features});
  layer_test::check<layers::Rescaling>({.scale = {0.5, 2, 1}, .offset = {1, 2, 3}}, {features});
}

TEST_CASE("Rescaling makes real numbers of integers") {
  const Tensor bytes = cast(constant({0, 51, 255}), uint8);
  const Tensor y = layers::Rescaling(1. / 255)(bytes);
  CHECK(y.dtype() == float32);
  CHECK(y.to_vector<float>()[1] == Approx(0.2));
  CHECK(layers::Rescaling(2, 1)(constant({1.f, 3.f})).to_vector<float>() == std::vector<float>{3, 7});
  CHECK(layers::Rescaling({.scale = 2})(bytes).to_vector<float>()[0] == 2 * bytes.to_vector<uint8_t>()[0]);
  CHECK_THROWS_WITH(layers::Rescaling(layers::RescalingOptions{}), Contains("Rescaling: scale"));
  CHECK_THROWS_WITH(layers::Rescaling({}), Contains("Rescaling: scale"));
}

TEST_CASE("Normalization keeps what every layer promises") {
  layer_test::check<layers::Normalization>({.mean = {0.1, 0.2, 0.3}, .variance = {1, 2, 0.5}}, {features});
  layer_test::check<layers::Normalization>({.mean = 2, .variance = 4, .invert = true}, {features});
  layer_test::check<layers::Normalization>({.axis = {1, 2}}, {random::normal({2, 3, 2}, {.seed = 1})});
}

TEST_CASE("Normalization adapts to data") {
  layers::Normalization layer;
  layer.adapt(features);
  const Tensor y = layer(features);
  const std::vector<Tensor> weights = layer.get_weights();
  REQUIRE(weights.size() == 3);
  CHECK(weights[0].to_vector<float>() == std::vector<float>{3, 30, 5});
  CHECK(weights[1].to_vector<float>() == std::vector<float>{5, 350, 0});
  CHECK(weights[2].dtype() == int32);
  CHECK(layer.trainable_variables().empty());
  CHECK(layer.weights()[0].path() == "normalization/mean");
  CHECK(layer.weights()[1].path() == "normalization/variance");
  CHECK(layer.weights()[2].path() == "normalization/count");
  CHECK(y.to_vector<float>()[0] == Approx(-3 / std::sqrt(5.)));
  CHECK(y.to_vector<float>()[2] == 0);  // a feature that never changes
  layer.adapt(features + 1);
  CHECK(layer.get_weights()[0].to_vector<float>() == std::vector<float>{4, 31, 6});
}

TEST_CASE("Normalization adapts to data sets, a batch at a time") {
  const auto check_adapted = [](const Dataset& dataset) {
    layers::Normalization layer;
    layer.adapt(dataset);
    const std::vector<Tensor> weights = layer.get_weights();
    layer_test::check_equal({weights[0], weights[1]}, {constant({3.f, 30.f, 5.f}), constant({5.f, 350.f, 0.f})}, 1e-5);
  };
  const Dataset rows = Dataset::from_tensor_slices(features);
  check_adapted(rows.batch(3));  // batches of 3 and 1 count by their rows
  check_adapted(rows);
  check_adapted(rows.repeat(100));
  layers::Normalization whole({.axis = {}});
  whole.adapt(Dataset::from_tensor_slices(constant({{1.f, 3.f}, {5.f, 7.f}})).batch(1));
  CHECK(whole.get_weights()[1].to_vector<float>() == std::vector<float>{5});
}

TEST_CASE("Normalization says what features it expects") {
  layers::Normalization layer;
  layer.adapt(features);
  CHECK_THROWS_AS(layer(zeros({2, 5})), ShapeError);
  CHECK_THROWS_WITH(layer(zeros({2, 5})), Contains("extents (3,) along axis") && Contains("(2, 5)"));
}

TEST_CASE("Normalization refuses data sets of nothing, of several tensors and of other extents") {
  layers::Normalization layer;
  layer.adapt(features);
  const Dataset pairs = Dataset::from_tensor_slices({features, zeros({4})});
  CHECK_THROWS_WITH(layer.adapt(pairs.batch(2)), Contains("2 tensors") && Contains("map"));
  CHECK_THROWS_WITH(layer.adapt(Dataset::from_tensor_slices(features).take(0)), Contains("empty"));
  CHECK_THROWS_AS(layer.adapt(Dataset::from_tensor_slices(zeros({4, 2}))), ShapeError);
  CHECK(layer.get_weights()[0].to_vector<float>() == std::vector<float>{3, 30, 5});
}

TEST_CASE("Normalization inverts what it does, and adapts along no or several axes") {
  layers::Normalization there, back({.invert = true});
  there.adapt(features);
  back.adapt(features);
  layer_test::check_equal({back(there(features))}, {features}, 1e-5);
  layers::Normalization whole({.axis = {}});
  whole.adapt(constant({{1.f, 3.f}, {5.f, 7.f}}));
  CHECK(whole(constant({{4.f, 4.f}})).to_vector<float>() == std::vector<float>{0, 0});
  CHECK(whole.get_weights()[1].to_vector<float>() == std::vector<float>{5});
  CHECK(whole.get_config().at("axis").dump() == "[]");
}

TEST_CASE("Normalization refuses what it cannot be") {
  CHECK_THROWS_WITH(layers::Normalization({.mean = 1}), Contains("mean and variance"));
  CHECK_THROWS_WITH(layers::Normalization({.mean = 1, .variance = -1}), Contains("variance") && Contains("at least 0"));
  layers::Normalization given({.mean = {1, 2}, .variance = {1, 2}});
  CHECK_THROWS_AS(given.adapt(features), StateError);
  CHECK_THROWS_WITH(given(features), Contains("2 numbers") && Contains("(4, 3)"));
  layers::Normalization layer;
  CHECK_THROWS_AS(layer.adapt(zeros({0, 3})), ValueError);
  layer.adapt(features);
  layer(features);
  CHECK_THROWS_WITH(layer.adapt(zeros({4, 2})), Contains("(3,)") && Contains("(4, 2)"));
  CHECK(layer.get_weights()[0].to_vector<float>() == std::vector<float>{3, 30, 5});
  CHECK_THROWS_AS(layer(zeros({4, 2})), ShapeError);
  CHECK_THROWS_WITH(layers::Normalization({.axis = 2})(features), Contains("axis"));
}
