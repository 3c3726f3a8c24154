#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;

namespace {

/// [1, rows, columns, 1]
Tensor picture(const std::vector<float>& pixels, int64_t rows) {
  return Tensor::from_span<float>(pixels, {1, rows, static_cast<int64_t>(pixels.size()) / rows, 1});
}

const Tensor nine = picture({1, 2, 3, 4, 5, 6, 7, 8, 9}, 3);
/// The upper left element minus the lower right one.
const Tensor diagonal = Tensor::from_span<float>(std::vector<float>{1, 0, 0, -1}, {2, 2, 1, 1});

}  // namespace

TEST_CASE("conv2d lays the kernel over the image without turning it") {
  const Tensor y = conv2d(nine, diagonal);
  CHECK(y.shape() == Shape({1, 2, 2, 1}));
  CHECK(y.to_vector<float>() == std::vector<float>{1 - 5, 2 - 6, 4 - 8, 5 - 9});
}

TEST_CASE("same padding puts the odd zero below and to the right, as TensorFlow does") {
  const Tensor y = conv2d(nine, diagonal, {.padding = "same"});
  CHECK(y.shape() == nine.shape());
  CHECK(y.to_vector<float>() == std::vector<float>{1 - 5, 2 - 6, 3, 4 - 8, 5 - 9, 6, 7, 8, 9});
  const Tensor strided = conv2d(nine, diagonal, {.strides = 2, .padding = "same"});
  CHECK(strided.to_vector<float>() == std::vector<float>{1 - 5, 3, 7, 9});
}

TEST_CASE("strides and dilations are of rows and of columns") {
  CHECK(conv2d(nine, diagonal, {.strides = {2, 1}}).to_vector<float>() == std::vector<float>{1 - 5, 2 - 6});
  CHECK(conv2d(nine, diagonal, {.dilation_rate = 2}).to_vector<float>() == std::vector<float>{1 - 9});
  CHECK(conv2d(nine, diagonal, {.dilation_rate = {1, 2}}).to_vector<float>() == std::vector<float>{1 - 6, 4 - 9});
}

TEST_CASE("a kernel of fewer channels makes groups") {
  const Tensor x = constant({1.f, 10.f, 100.f, 1000.f});
  const Tensor kernel = constant({{1.f, 2.f}, {3.f, 4.f}});  // two channels, one filter for each of two groups
  const Tensor y = conv2d(reshape(x, {1, 1, 1, 4}), reshape(kernel, {1, 1, 2, 2}));
  CHECK(y.to_vector<float>() == std::vector<float>{1 + 30, 200 + 4000});
}

TEST_CASE("bias and activation are part of a convolution") {
  const Tensor y = conv2d(nine, -diagonal, constant({-3.5f}));
  CHECK(y.to_vector<float>() == std::vector<float>{0.5f, 0.5f, 0.5f, 0.5f});
  const Tensor rectified = conv2d(nine, diagonal, constant({3.f}), {}, ProductActivation::relu);
  CHECK(rectified.to_vector<float>() == std::vector<float>{0, 0, 0, 0});
}

TEST_CASE("channels first is the same with other axes") {
  const Tensor x = random::normal({2, 5, 4, 3}, {.seed = 1}), kernel = random::normal({2, 3, 3, 4}, {.seed = 2});
  const Tensor last = conv2d(x, kernel);
  const Tensor first = conv2d(transpose(x, {0, 3, 1, 2}), kernel, {.data_format = "channels_first"});
  CHECK(first.shape() == Shape({2, 4, 4, 2}));
  CHECK(transpose(first, {0, 2, 3, 1}).to_vector<float>() == last.to_vector<float>());
}

TEST_CASE("numbers of other dtypes are promoted to a real one") {
  const Tensor y = conv2d(cast(nine, int32), cast(diagonal, float64));
  CHECK(y.dtype() == float64);
  CHECK(y.to_vector<double>() == std::vector<double>{-4, -4, -4, -4});
  CHECK(conv2d(cast(nine, int32), cast(diagonal, int32)).dtype() == float32);
}

TEST_CASE("a batch of none is convolved to none, and its gradient of the kernel is 0") {
  GradientTape tape;
  tape.watch(diagonal);
  const Tensor y = conv2d(zeros({0, 3, 3, 1}), diagonal);
  CHECK(y.shape() == Shape({0, 2, 2, 1}));
  CHECK(tape.gradient(reduce_sum(y), diagonal).to_vector<float>() == std::vector<float>{0, 0, 0, 0});
}

TEST_CASE("what does not fit is a shape error that says what does not") {
  CHECK_THROWS_WITH(conv2d(nine, ones({4, 1, 1, 1})), Contains("4 elements") && Contains("3 rows"));
  CHECK_THROWS_WITH(conv2d(nine, ones({1, 2, 1, 1}), {.dilation_rate = 3}), Contains("spans 4") && Contains("columns"));
  CHECK_THROWS_WITH(conv2d(nine, ones({1, 1, 2, 1})), Contains("(1, 1, 2, 1)") && Contains("groups of 2"));
  CHECK_THROWS_WITH(conv2d(ones({1, 3, 3, 4}), ones({1, 1, 2, 3})), Contains("3 filters") && Contains("2 groups"));
  CHECK_THROWS_WITH(conv2d(nine, ones({0, 1, 1, 1})), Contains("no element"));
  CHECK_THROWS_WITH(conv2d(nine, diagonal, ones({2})), Contains("bias") && Contains("(2,)"));
  CHECK_THROWS_WITH(conv2d(ones({3, 3}), diagonal, {.data_format = "channels_first"}), Contains("(3, 3)"));
}

TEST_CASE("options that cannot be are value errors") {
  CHECK_THROWS_WITH(conv2d(nine, diagonal, {.strides = 0}), Contains("strides") && Contains("at least 1"));
  CHECK_THROWS_WITH(conv2d(nine, diagonal, {.dilation_rate = {1, -1}}), Contains("dilation_rate"));
  CHECK_THROWS_WITH(conv2d(nine, diagonal, {.padding = "full"}), Contains("'full'") && Contains("'same'"));
  CHECK_THROWS_WITH(conv2d(nine, diagonal, {.data_format = "NHWC"}), Contains("'NHWC'"));
}
