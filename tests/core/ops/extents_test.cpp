// Extents, counts and offsets at the ends of their ranges: an error or the right answer, never a wrapped number.
#include <limits>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;

namespace {

constexpr int64_t most = std::numeric_limits<int64_t>::max(), least = std::numeric_limits<int64_t>::min();

}  // namespace

TEST_CASE("pad, tile and repeat refuse what no memory holds") {
  CHECK_THROWS_WITH(pad(ones({2}), {{most, most}}), Contains("pad") && Contains("larger than any memory"));
  CHECK_THROWS_AS(pad(ones({2}), {{most, 1}}), ShapeError);
  for (const int64_t multiple : {int64_t{6148914691236517207}, int64_t{1} << 62, most})
    for (const int64_t extent : {2, 3, 4}) CHECK_THROWS_AS(tile(ones({extent}), {multiple}), ShapeError);
  CHECK_THROWS_AS(tile(ones({1000}), {int64_t{18446744073709553}}), ShapeError);
  CHECK_THROWS_AS(repeat(ones({3}), most, 0), ShapeError);
  CHECK(tile(zeros({0}), {most}).shape() == Shape({0}));
}

TEST_CASE("tensors that need more memory than there is say which") {
  CHECK_THROWS_AS(zeros({int64_t{1} << 50}), MemoryError);
  CHECK_THROWS_WITH(zeros({int64_t{1} << 50}), Contains("(1125899906842624,)") && Contains("float32"));
}

TEST_CASE("operations with a shape take no -1 for unknown") {
  CHECK_THROWS_AS(scatter_nd(constant({{0}}), constant({1.f}), {-1}), ShapeError);
  CHECK_THROWS_WITH(broadcast_to(ones({2}), {-1, 2}), Contains("BroadcastTo") && Contains("0 or more"));
}

TEST_CASE("no number but a name that was given stands for an unknown extent") {
  for (const int64_t extent : {least, -(int64_t{1} << 41), int64_t{-2}}) {
    CHECK_THROWS_AS(zeros({extent}), ShapeError);
    CHECK_THROWS_AS(reshape(ones({2}), {extent}), ShapeError);
    CHECK_THROWS_AS(random::uniform({extent}), ShapeError);
    CHECK_THROWS_AS(one_hot(constant({1}), extent), ValueError);
  }
}

TEST_CASE("windows refuse strides and extents whose products overflow") {
  const Tensor image = ones({1, 4, 4, 1}), filter = ones({2, 2, 1, 1});
  CHECK_THROWS_WITH(max_pool2d(image, {.strides = most, .padding = "same"}), Contains("strides"));
  CHECK_THROWS_WITH(max_pool2d(image, {.pool_size = most, .padding = "same"}), Contains("pool_size"));
  CHECK_THROWS_WITH(conv2d(image, filter, {.strides = most, .padding = "same"}), Contains("strides"));
  CHECK_THROWS_WITH(conv2d(image, filter, {.padding = "same", .dilation_rate = most}), Contains("dilation_rate"));
  CHECK_THROWS_AS(conv2d(image, filter, {.dilation_rate = (int64_t{1} << 31) - 1}), ShapeError);
  CHECK(max_pool2d(image, {.strides = (int64_t{1} << 31) - 1, .padding = "same"}).shape() == Shape({1, 1, 1, 1}));
}

TEST_CASE("arange counts as integers do, to their ends") {
  CHECK_THROWS_WITH(arange(int64_t{0}, int64_t{1} << 33, int64_t{1} << 31), Contains("arange") && Contains("int32"));
  CHECK(arange(int64_t{0}, int64_t{1} << 33, int64_t{1} << 31, int64).size() == 4);
  CHECK(arange(most - 1, most, 1, int64).to_vector<int64_t>() == std::vector<int64_t>{most - 1});
  CHECK(arange(0, 10, most).to_vector<int32_t>() == std::vector<int32_t>{0});
  CHECK(arange(least, most, int64_t{1} << 62, int64).to_vector<int64_t>() ==
        std::vector<int64_t>{least, -(int64_t{1} << 62), 0, int64_t{1} << 62});
  CHECK(arange(most, least, least, int64).to_vector<int64_t>() == std::vector<int64_t>{most, -1});
  CHECK(arange(5, 0, -2).to_vector<int32_t>() == std::vector<int32_t>{5, 3, 1});
  CHECK(arange(5, 0).size() == 0);
  CHECK_THROWS_AS(arange(0, 300, 1, uint8), ValueError);
  CHECK_THROWS_AS(arange(least, most, 1, int64), ValueError);
  CHECK_THROWS_AS(arange(0., 4e9, 1e9, int32), ValueError);
  CHECK_THROWS_AS(linspace(0, 1e30, 3, int32), ValueError);
}

TEST_CASE("triangles of any diagonal") {
  const Tensor x = ones({3, 3}), none = zeros({3, 3});
  for (const int64_t far : {most, int64_t{3}}) {
    CHECK(tril(x, far).to_vector<float>() == x.to_vector<float>());
    CHECK(triu(x, far).to_vector<float>() == none.to_vector<float>());
  }
  for (const int64_t far : {least, int64_t{-3}}) {
    CHECK(tril(x, far).to_vector<float>() == none.to_vector<float>());
    CHECK(triu(x, far).to_vector<float>() == x.to_vector<float>());
  }
}

TEST_CASE("the logarithm of a sum of nothing is minus infinity") {
  CHECK(reduce_logsumexp(zeros({0})).item<float>() == -std::numeric_limits<float>::infinity());
  CHECK(reduce_logsumexp(zeros({2, 0}), 1, {.keepdims = true}).shape() == Shape({2, 1}));
}

TEST_CASE("messages name the operation that was called") {
  CHECK_THROWS_WITH(stack({ones({2}), ones({2})}, -3), Contains("stack: axis -3"));
  CHECK_THROWS_WITH(gather(ones({2}), ones({1})), Contains("uint8, int32 or int64"));
  CHECK_THROWS_WITH(conv2d(ones({1, 4, 4, 1}), ones({2, 2, 1, 1}), {.strides = -1}), Contains("(-1, -1)"));
}
