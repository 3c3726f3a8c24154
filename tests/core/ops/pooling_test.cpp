#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;

namespace {

const Tensor nine = reshape(constant({1.f, 2.f, 9.f, 4.f, 5.f, 6.f, 7.f, 8.f, 3.f}), {1, 3, 3, 1});

Tensor gradient(Tensor (*pool)(const Tensor&, const PoolingOptions&), const Tensor& x, const PoolingOptions& options) {
  GradientTape tape;
  tape.watch(x);
  return tape.gradient(reduce_sum(pool(x, options)), x);
}

}  // namespace

TEST_CASE("max_pool2d takes the largest of each window") {
  CHECK(max_pool2d(nine).to_vector<float>() == std::vector<float>{5});
  CHECK(max_pool2d(nine, {.strides = 1}).to_vector<float>() == std::vector<float>{5, 9, 8, 8});
  CHECK(max_pool2d(nine, {.padding = "same"}).to_vector<float>() == std::vector<float>{5, 9, 8, 3});
  CHECK(max_pool2d(nine, {.pool_size = {1, 3}}).to_vector<float>() == std::vector<float>{9, 6, 8});
  CHECK(max_pool2d(-nine, {.padding = "same"}).to_vector<float>() == std::vector<float>{-1, -6, -7, -3});
}

TEST_CASE("avg_pool2d counts only what lies in the image") {
  CHECK(avg_pool2d(nine).to_vector<float>() == std::vector<float>{3});
  CHECK(avg_pool2d(nine, {.padding = "same"}).to_vector<float>() == std::vector<float>{3, 7.5f, 7.5f, 3});
}

TEST_CASE("the gradient of a maximum goes to it, and to the first of equal ones") {
  CHECK(gradient(max_pool2d, nine, {.strides = 1}).to_vector<float>() == std::vector<float>{0, 0, 1, 0, 1, 0, 0, 2, 0});
  CHECK(gradient(max_pool2d, zeros({1, 2, 2, 1}), {}).to_vector<float>() == std::vector<float>{1, 0, 0, 0});
}

TEST_CASE("the gradient of a mean goes to all of its elements alike") {
  CHECK(gradient(avg_pool2d, nine, {.padding = "same"}).to_vector<float>() ==
        std::vector<float>{0.25f, 0.25f, 0.5f, 0.25f, 0.25f, 0.5f, 0.5f, 0.5f, 1});
}

TEST_CASE("channels are pooled apart, wherever they lie") {
  const Tensor x = random::normal({2, 4, 6, 3}, {.seed = 1});
  const Tensor first = transpose(x, {0, 3, 1, 2});
  for (const auto pool : {max_pool2d, avg_pool2d}) {
    const Tensor y = pool(first, {.pool_size = {2, 3}, .data_format = "channels_first"});
    CHECK(y.shape() == Shape({2, 3, 2, 2}));
    CHECK(transpose(y, {0, 2, 3, 1}).to_vector<float>() == pool(x, {.pool_size = {2, 3}}).to_vector<float>());
  }
  CHECK(max_pool2d(cast(nine, int32)).dtype() == float32);
}

TEST_CASE("pooling refuses what it cannot be") {
  for (const auto pool : {max_pool2d, avg_pool2d}) {
    CHECK_THROWS_AS(pool(nine, {.pool_size = 4}), ShapeError);
    CHECK_THROWS_WITH(pool(nine, {.pool_size = {1, 4}}), Contains("3 columns"));
    CHECK_THROWS_WITH(pool(nine[0], {}), Contains("(3, 3, 1)"));
    CHECK_THROWS_WITH(pool(nine[0], {.data_format = "channels_first"}), Contains("(3, 3, 1)"));
    CHECK_THROWS_AS(pool(nine, {.pool_size = 0}), ValueError);
    CHECK_THROWS_WITH(pool(nine, {.strides = {1, 0}}), Contains("strides"));
    CHECK_THROWS_WITH(pool(nine, {.padding = "SAME"}), Contains("'SAME'"));
  }
}
