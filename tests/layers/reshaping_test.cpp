#include <layers/layer_test.h>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/reshaping.h>

using namespace cornu;
using Catch::Matchers::Contains;

TEST_CASE("reshaping layers keep what every layer promises") {
  const Tensor image = random::normal({2, 2, 3, 2}, {.seed = 1});
  layer_test::check<layers::Flatten>({}, {image});
  layer_test::check<layers::Flatten>({.data_format = "channels_first"}, {image});
  layer_test::check<layers::Reshape>({.target_shape = {3, -1}}, {image});
  layer_test::check<layers::Permute>({.dims = {3, 1, 2}}, {image});
  layer_test::check<layers::RepeatVector>({.n = 3}, {random::normal({2, 4}, {.seed = 2})});
}

TEST_CASE("Flatten shares the elements") {
  const Tensor x = random::normal({4, 3, 2}, {.seed = 1});
  const Tensor y = layers::Flatten()(x);
  CHECK(y.shape() == Shape({4, 6}));
  CHECK(y.raw_data() == x.raw_data());
  CHECK(layers::Flatten()(zeros({3})).shape() == Shape({3, 1}));
  CHECK(layers::Flatten()(zeros({0, 3, 2})).shape() == Shape({0, 6}));
  CHECK(layers::Flatten()(zeros({2, 2}, int32)).dtype() == int32);
  CHECK(layers::Flatten().compute_output_shape({-1, 3, -1}) == Shape({-1, -1}));
  CHECK_THROWS_AS(layers::Flatten()(zeros({})), ShapeError);
  CHECK_THROWS_WITH(layers::Flatten({.data_format = "channels"}), Contains("data_format") && Contains("channels_last"));
}

TEST_CASE("Flatten moves channels to the end where they are first") {
  const Tensor x = reshape(arange(6), {1, 2, 3});  // two channels of three
  const Tensor y = layers::Flatten({.data_format = "channels_first"})(x);
  CHECK(y.to_vector<int32_t>() == std::vector<int32_t>{0, 3, 1, 4, 2, 5});
}

TEST_CASE("Reshape works out one extent") {
  const Tensor x = random::normal({2, 6}, {.seed = 1});
  const Tensor y = layers::Reshape({3, -1})(x);
  CHECK(y.shape() == Shape({2, 3, 2}));
  CHECK(y.raw_data() == x.raw_data());
  CHECK(layers::Reshape({6})(x).shape() == Shape({2, 6}));
  CHECK(layers::Reshape(std::vector<int64_t>{})(zeros({2, 1})).shape() == Shape({2}));
  CHECK(layers::Reshape({-1, 2}).compute_output_shape({-1, 6}) == Shape({-1, 3, 2}));
  CHECK(layers::Reshape({3, -1})(zeros({0, 6})).shape() == Shape({0, 3, 2}));
}

TEST_CASE("reshaping layers refuse what does not fit") {
  CHECK_THROWS_AS(layers::Reshape({4, -1})(zeros({2, 6})), ShapeError);
  CHECK_THROWS_WITH(layers::Reshape({4})(zeros({2, 6})), Contains("reshape") && Contains("(2, 6)") && Contains("(4,)"));
  CHECK_THROWS_AS(layers::Reshape({-1, -1}), ValueError);
  CHECK_THROWS_WITH(layers::Reshape({-2}), Contains("target_shape"));
  CHECK_THROWS_WITH(layers::Permute({1, 3}), Contains("dims") && Contains("2"));
  CHECK_THROWS_AS(layers::Permute({2, 1})(zeros({2, 3})), ShapeError);
  CHECK_THROWS_WITH(layers::RepeatVector({.n = 0}), Contains("n"));
  CHECK_THROWS_AS(layers::RepeatVector(2)(zeros({2, 3, 4})), ShapeError);
}

TEST_CASE("Permute and RepeatVector arrange samples") {
  CHECK(layers::Permute({2, 1})(reshape(arange(6), {1, 2, 3})).to_vector<int32_t>() ==
        std::vector<int32_t>{0, 3, 1, 4, 2, 5});
  CHECK(layers::RepeatVector(2)(constant({{1.f, 2.f}})).to_vector<float>() == std::vector<float>{1, 2, 1, 2});
}
