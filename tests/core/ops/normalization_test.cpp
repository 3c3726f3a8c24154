#include <cmath>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/normalization.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/random/random.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

void check(const Tensor& tensor, const std::vector<double>& expected, double tolerance = 1e-6) {
  const std::vector<double> values = cast(tensor, float64).to_vector<double>();
  REQUIRE(values.size() == expected.size());
  for (size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).margin(tolerance));
}

void check_close(const Tensor& actual, const Tensor& expected, double tolerance) {
  REQUIRE(actual.shape() == expected.shape());
  const double difference = reduce_max(abs(cast(actual, float64) - cast(expected, float64))).item<double>();
  CHECK(difference <= tolerance);
}

/// A vector of channels in a shape that broadcasts along `axis` of rank 3.
Tensor spread(const Tensor& vector, int64_t axis) {
  Shape shape = {1, 1, 1};
  shape[static_cast<int>(axis)] = vector.size();
  return reshape(vector, shape);
}

}  // namespace

TEST_CASE("normalize gives unit vectors") {
  check(normalize(constant({{3.f, 4.f}, {0.f, 2.f}})), {0.6, 0.8, 0, 1});
  check(normalize(constant({{3.f, 0.f}, {4.f, 2.f}}), 0), {0.6, 0, 0.8, 1});
  check(normalize(zeros({2})), {0, 0});
}

TEST_CASE("channel operations compute their formulas") {
  const Tensor x = constant({{1.f, 2.f}, {3.f, 4.f}}), y = constant({{2.f, -1.f}, {0.f, 5.f}});
  const Tensor center = constant({1.f, 2.f}), scale = constant({10.f, 100.f}), shift = constant({0.5f, 0.25f});
  check(channel_affine(x, center, scale, shift), {0.5, 0.25, 20.5, 200.25});
  check(channel_affine(x, center, scale, shift, 0), {0.5, 10.5, 100.25, 200.25});
  check(channel_combine(x, y, center, scale, shift, center), {11.5, 201.25, 30.5, 402.75});
  check(channel_sums(x, y, center), {4, 6, 1 - 3, -6 + 12});
  check(channel_sums(x, y, center, 0), {3, 7, 1 - 4, -6 + 12});
}

TEST_CASE("channel operations of large arrays agree with plain operations in any layout") {
  for (const DType dtype : {float32, float64}) {
    const Tensor x = random::normal({130, 37, 50}, {.mean = 2, .dtype = dtype, .seed = 1});
    const Tensor y = random::normal({130, 37, 50}, {.dtype = dtype, .seed = 2});
    for (const int64_t axis : {0, 1, 2}) {
      INFO("axis " << axis << " of " << dtype);
      const Shape channels = {x.shape()[static_cast<int>(axis)]};
      const auto vector = [&](int64_t seed) { return random::normal(channels, {.dtype = dtype, .seed = seed}); };
      const Tensor a = vector(3), b = vector(4), c = vector(5), d = vector(6);
      const auto wide = [&](const Tensor& v) { return spread(cast(v, float64), axis); };
      const Tensor wide_x = cast(x, float64), wide_y = cast(y, float64);
      const double tolerance = dtype == float32 ? 1e-5 : 1e-13;
      check_close(channel_affine(x, a, b, c, axis), (wide_x - wide(a)) * wide(b) + wide(c), tolerance);
      check_close(channel_combine(x, y, a, b, c, d, axis), wide_x * wide(b) + (wide_y - wide(a)) * wide(c) + wide(d),
                  tolerance);
      std::vector<int64_t> others = {0, 1, 2};
      others.erase(others.begin() + axis);
      const Tensor sums = channel_sums(x, y, a, axis);
      check_close(sums[0] / 6500, reduce_sum(wide_x, others) / 6500, tolerance);
      check_close(sums[1] / 6500, reduce_sum(wide_x * (wide_y - wide(a)), others) / 6500, tolerance);
      const Normalized n = batch_normalization(x, b, c, axis, 1e-3);
      check_close(n.mean, reduce_mean(wide_x, others), tolerance);
      check_close(n.variance, reduce_variance(wide_x, others), tolerance);
    }
  }
}

TEST_CASE("batch_normalization normalizes each channel") {
  const Normalized n =
      batch_normalization(constant({{1.f, 2.f}, {3.f, 8.f}}), constant({2.f, 1.f}), constant({0.5f, 0.f}), -1, 0);
  check(n.y, {-1.5, -1, 2.5, 1});
  check(n.mean, {2, 5});
  check(n.variance, {1, 9});
}

TEST_CASE("layer_normalization normalizes each row") {
  const Normalized n =
      layer_normalization(constant({{1.f, 3.f}, {2.f, 8.f}}), constant({2.f, 1.f}), constant({0.5f, 0.f}), 0);
  check(n.y, {-1.5, 1, -1.5, 1});
  check(n.mean, {2, 5});
  check(n.variance, {1, 9});
  const Tensor x = random::normal({3, 40000}, {.mean = 100, .seed = 1});
  const Normalized wide = layer_normalization(x, ones({40000}), zeros({40000}), 0);
  check_close(wide.mean, reduce_mean(cast(x, float64), 1), 1e-4);
  check_close(wide.variance, reduce_variance(cast(x, float64), 1), 1e-4);
}

TEST_CASE("normalizations refuse what does not fit") {
  const Tensor x = zeros({2, 3}), v = ones({3});
  CHECK_THROWS_AS(batch_normalization(x, ones({2}), v), ShapeError);
  CHECK_THROWS_WITH(batch_normalization(x, ones({2}), v), Contains("(2,)") && Contains("(3,)"));
  CHECK_THROWS_AS(batch_normalization(x, v, v, 2), ValueError);
  CHECK_THROWS_AS(batch_normalization(zeros({0, 3}), v, v), ValueError);
  CHECK_THROWS_AS(batch_normalization(zeros({2, 3}, int32), v, v), DTypeError);
  CHECK_THROWS_AS(batch_normalization(x, cast(v, float64), v), DTypeError);
  CHECK_THROWS_AS(layer_normalization(zeros({2, 3, 3}), v, v), ShapeError);
  CHECK_THROWS_AS(layer_normalization(zeros({2, 0}), zeros({0}), zeros({0})), ValueError);
  CHECK_THROWS_AS(channel_affine(x, v, v, ones({4})), ShapeError);
  CHECK_THROWS_AS(channel_sums(x, zeros({3, 2}), v), ShapeError);
  CHECK_THROWS_AS(channel_combine(x, x, v, v, v, v, 5), ValueError);
}
