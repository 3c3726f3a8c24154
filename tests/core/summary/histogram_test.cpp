// The rule of TensorFlow 2's histograms, by hand.
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/ops/creation.h>
#include <cornu/core/summary/internal/histogram.h>

using namespace cornu;

namespace {

std::vector<double> buckets_of(const Tensor& data, int64_t count) {
  const Tensor buckets = summary::histogram_buckets(data, count);
  CHECK(buckets.shape() == Shape{count, 3});
  return buckets.to_vector<double>();
}

}  // namespace

TEST_CASE("buckets divide the range evenly, and the last one takes the largest element") {
  // Range 0 to 8 in four buckets of width 2.
  const Tensor data = constant({0.f, 1.f, 2.f, 2.5f, 6.f, 8.f});
  CHECK(buckets_of(data, 4) == std::vector<double>{0, 2, 2, 2, 4, 2, 4, 6, 0, 6, 8, 2});
  CHECK(buckets_of(data, 1) == std::vector<double>{0, 8, 6});
}

TEST_CASE("elements of any shape and dtype are counted") {
  CHECK(buckets_of(constant({{-2, 2}, {0, 0}}), 2) == std::vector<double>{-2, 0, 1, 0, 2, 3});
  CHECK(buckets_of(constant({true, false, true}), 2) == std::vector<double>{0, 0.5, 1, 0.5, 1, 2});
  CHECK(buckets_of(constant({1., 3.}), 2) == std::vector<double>{1, 2, 1, 2, 3, 1});
  CHECK(buckets_of(constant({int64_t{10}, int64_t{20}, int64_t{30}}), 2) == std::vector<double>{10, 20, 1, 20, 30, 2});
}

TEST_CASE("equal elements are all in the last bucket") {
  CHECK(buckets_of(constant({5.f, 5.f, 5.f}), 3) == std::vector<double>{5, 5, 0, 5, 5, 0, 5, 5, 3});
  CHECK(buckets_of(constant(7.f), 1) == std::vector<double>{7, 7, 1});
}

TEST_CASE("nothing gives zeros, and no buckets none") {
  CHECK(buckets_of(zeros({0}), 2) == std::vector<double>(6, 0.));
  CHECK(buckets_of(ones({4}), 0).empty());
}

TEST_CASE("elements that are not finite are left out") {
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(buckets_of(constant({0.f, nan, 1.f, infinity, 2.f, -infinity}), 2) == std::vector<double>{0, 1, 1, 1, 2, 2});
  CHECK(buckets_of(constant({nan, infinity}), 2) == std::vector<double>(6, 0.));
}

TEST_CASE("the widest and the narrowest ranges are counted") {
  const double most = std::numeric_limits<double>::max();
  const std::vector<double> wide = buckets_of(constant({-most, 0., most}), 2);
  CHECK(wide == std::vector<double>{-most, 0, 1, 0, most, 2});
  const double least = std::numeric_limits<double>::denorm_min();
  const std::vector<double> narrow = buckets_of(constant({0., least}), 30);
  double count = 0;
  for (size_t i = 2; i < narrow.size(); i += 3) count += narrow[i];
  CHECK(count == 2);
}

TEST_CASE("a normal distribution's counts add up, and edges meet") {
  std::vector<float> data;
  for (int i = 0; i < 100'000; ++i) data.push_back(static_cast<float>((i * 7919 % 100'003) / 1000.0 - 50));
  const std::vector<double> buckets =
      buckets_of(Tensor::from_span<float>(data, {static_cast<int64_t>(data.size())}), 30);
  double count = 0;
  for (size_t i = 0; i < 30; ++i) {
    count += buckets[3 * i + 2];
    if (i > 0) CHECK(buckets[3 * i] == buckets[3 * i - 2]);
    CHECK(buckets[3 * i + 2] == Approx(100'000 / 30.).margin(60));
  }
  CHECK(count == 100'000);
}
