#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/kernels/dispatch.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/philox.h>

using namespace cornu;
namespace philox = kernels::philox;

namespace {

template <class T>
struct Moments {
  double mean = 0, variance = 0, skewness = 0, kurtosis = 0;
  explicit Moments(const std::vector<T>& values) {
    const auto n = static_cast<double>(values.size());
    for (T value : values) mean += value / n;
    for (T value : values) variance += std::pow(value - mean, 2) / n;
    for (T value : values) skewness += std::pow((value - mean) / std::sqrt(variance), 3) / n;
    for (T value : values) kurtosis += std::pow((value - mean) / std::sqrt(variance), 4) / n;
  }
};

template <class T>
std::vector<T> uniform(const philox::Stream& stream, int64_t n, double minval = 0, double maxval = 1) {
  std::vector<T> out(static_cast<size_t>(n));
  philox::fill_uniform(dtype_of<T>, stream, minval, maxval, n, out.data());
  return out;
}
template <class T>
std::vector<T> normal(const philox::Stream& stream, int64_t n, double mean = 0, double stddev = 1) {
  std::vector<T> out(static_cast<size_t>(n));
  philox::fill_normal(dtype_of<T>, stream, mean, stddev, n, out.data());
  return out;
}
template <class T>
std::vector<T> integers(const philox::Stream& stream, int64_t n, int64_t minval, int64_t maxval) {
  std::vector<T> out(static_cast<size_t>(n));
  philox::fill_integers(dtype_of<T>, stream, minval, maxval, n, out.data());
  return out;
}

}  // namespace

TEST_CASE("Philox4x32-10 gives the published answers", "[kernels][philox]") {
  CHECK(philox::block({0, 0, 0, 0}, 0, 0) == philox::Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox::block({~0u, ~0u, ~0u, ~0u}, ~0u, ~0u) == philox::Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox::block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0) ==
        philox::Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("uniform numbers are the words of consecutive blocks", "[kernels][philox]") {
  const uint64_t seed = 0x123456789abcdef0, counter = 0xffffffff;  // the counter carries into its second word
  const auto out = uniform<float>({seed, counter}, 10);
  for (uint32_t i = 0; i < 10; ++i) {
    const uint64_t number = counter + i / 4;
    const auto words = philox::block({static_cast<uint32_t>(number), static_cast<uint32_t>(number >> 32), 0, 0},
                                     0x9abcdef0, 0x12345678);
    CHECK(out[i] == static_cast<float>(words[i % 4] >> 8) / 16777216.f);
  }
  const auto doubles = uniform<double>({0, 0}, 2);
  CHECK(doubles[0] == std::ldexp(static_cast<double>(0xe169c58d6627e8d5 >> 11), -53));
  CHECK(doubles[1] == std::ldexp(static_cast<double>(0x9b00dbd8bc57ac4c >> 11), -53));
}

TEMPLATE_TEST_CASE("numbers depend on seed and counter alone: not on threads, instruction set or length",
                   "[kernels][philox]", float, double) {
  const int64_t n = 70001;
  const philox::Stream stream{42, 7};
  const auto uniforms = uniform<TestType>(stream, n), normals = normal<TestType>(stream, n);
  const int threads = kernels::num_threads();
  const kernels::Isa isa = kernels::active_isa();
  for (int count : {1, 3})
    for (auto other : {kernels::Isa::baseline, kernels::Isa::avx2, kernels::Isa::avx512}) {
      kernels::set_num_threads(count);
      kernels::set_isa(other);
      CHECK(uniform<TestType>(stream, n) == uniforms);
      CHECK(normal<TestType>(stream, n) == normals);
    }
  kernels::set_num_threads(threads);
  kernels::set_isa(isa);
  const auto shorter = uniform<TestType>(stream, 1001);
  CHECK(std::equal(shorter.begin(), shorter.end(), uniforms.begin()));
  const auto blocks = philox::blocks(dtype_of<TestType>, 1000);
  const auto later = uniform<TestType>({42, 7 + blocks}, 100);
  CHECK(std::equal(later.begin(), later.end(), uniforms.begin() + 1000));
  CHECK(uniform<TestType>({43, 7}, n) != uniforms);
}

TEMPLATE_TEST_CASE("uniform numbers: moments and borders", "[kernels][philox]", float, double) {
  const auto out = uniform<TestType>({1, 0}, 400000);
  const Moments<TestType> moments(out);
  CHECK(moments.mean == Approx(0.5).margin(0.002));
  CHECK(moments.variance == Approx(1.0 / 12).margin(0.001));
  CHECK(*std::min_element(out.begin(), out.end()) >= 0);
  CHECK(*std::max_element(out.begin(), out.end()) < 1);
  const auto narrow = uniform<TestType>({1, 0}, 400000, 1000, 1000.0001);  // float32: 1000 and its neighbour
  CHECK(*std::max_element(narrow.begin(), narrow.end()) < static_cast<TestType>(1000.0001));
  CHECK(*std::min_element(narrow.begin(), narrow.end()) >= 1000);
  const auto constant = uniform<TestType>({1, 0}, 10, 3, 3);
  CHECK(constant == std::vector<TestType>(10, 3));
}

TEMPLATE_TEST_CASE("normal numbers: moments and quantiles", "[kernels][philox]", float, double) {
  auto out = normal<TestType>({2, 0}, 400000, 3, 2);
  const Moments<TestType> moments(out);
  CHECK(moments.mean == Approx(3).margin(0.015));
  CHECK(moments.variance == Approx(4).margin(0.04));
  CHECK(moments.skewness == Approx(0).margin(0.02));
  CHECK(moments.kurtosis == Approx(3).margin(0.05));
  // The inverse of each number's distribution function is uniform: compare with a uniform grid (Kolmogorov-Smirnov).
  std::sort(out.begin(), out.end());
  double distance = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    const double probability = 0.5 * std::erfc(-(out[i] - 3.0) / 2 / std::sqrt(2.0));
    distance = std::max(distance, std::fabs(probability - (static_cast<double>(i) + 0.5) / 400000));
  }
  CHECK(distance < 1.95 / std::sqrt(400000.0));  // exceeded by chance once in a thousand seeds
}

TEST_CASE("a normal number is the quantile of its uniform number, tails included", "[kernels][philox]") {
  const auto out = normal<double>({5, 0}, 200000);
  const auto uniforms = uniform<double>({5, 0}, 200000);
  double largest = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    // Both come from the same bits, the normal one from signed ones: q = u - 0.5 with the sign bit turned.
    const double q = uniforms[i] < 0.5 ? uniforms[i] : uniforms[i] - 1;
    const double probability =
        out[i] < 0 ? 0.5 * std::erfc(-out[i] / std::sqrt(2.0)) : 0.5 * std::erfc(out[i] / std::sqrt(2.0));
    largest = std::max(largest, std::fabs(probability / (0.5 - std::fabs(q)) - 1));
  }
  CHECK(largest < 1e-9);
  CHECK(*std::max_element(out.begin(), out.end()) > 4);
}

TEMPLATE_TEST_CASE("truncated normal numbers stay within two standard deviations", "[kernels][philox]", float, double) {
  std::vector<TestType> out(200000);
  philox::fill_truncated_normal(dtype_of<TestType>, {3, 0}, 1, 0.5, 200000, out.data());
  CHECK(*std::min_element(out.begin(), out.end()) >= 0);
  CHECK(*std::max_element(out.begin(), out.end()) <= 2);
  const Moments<TestType> moments(out);
  CHECK(moments.mean == Approx(1).margin(0.01));
  // Of a standard normal cut at 2: 1 - 4 phi(2) / (2 Phi(2) - 1) = 0.7737413.
  CHECK(moments.variance == Approx(0.25 * 0.7737413).margin(0.003));
}

TEMPLATE_TEST_CASE("integers cover their range evenly", "[kernels][philox]", uint8_t, int32_t, int64_t) {
  const auto out = integers<TestType>({9, 0}, 70000, 3, 10);
  std::vector<int> counts(7);
  for (TestType value : out) {
    REQUIRE(value >= 3);
    REQUIRE(value < 10);
    ++counts[static_cast<size_t>(value - 3)];
  }
  double chi_squared = 0;
  for (int count : counts) chi_squared += std::pow(count - 10000, 2) / 10000;
  CHECK(chi_squared < 22.5);  // exceeded by chance once in a thousand seeds
  CHECK(integers<TestType>({9, 0}, 5, 4, 5) == std::vector<TestType>(5, 4));
}

TEST_CASE("integers of the widest ranges", "[kernels][philox]") {
  const auto wide = integers<int64_t>({9, 0}, 10000, INT64_MIN, INT64_MAX);
  CHECK(std::count_if(wide.begin(), wide.end(), [](int64_t value) { return value < 0; }) == Approx(5000).margin(200));
  const auto negative = integers<int32_t>({9, 0}, 1000, INT32_MIN, INT32_MIN + 2);
  CHECK(std::all_of(negative.begin(), negative.end(), [](int32_t value) { return value <= INT32_MIN + 1; }));
}

TEST_CASE("bernoulli", "[kernels][philox]") {
  std::vector<float> out(100000);
  philox::fill_bernoulli(float32, {4, 0}, 0.3, 100000, out.data());
  CHECK(std::accumulate(out.begin(), out.end(), 0.0) == Approx(30000).margin(600));
  philox::fill_bernoulli(float32, {4, 0}, 1, 100, out.data());
  CHECK(std::count(out.begin(), out.begin() + 100, 1.f) == 100);
  philox::fill_bernoulli(float32, {4, 0}, 0, 100, out.data());
  CHECK(std::count(out.begin(), out.begin() + 100, 0.f) == 100);
  std::vector<uint8_t> truth(100);
  philox::fill_bernoulli(boolean, {4, 0}, 0.5, 100, truth.data());
  CHECK(*std::max_element(truth.begin(), truth.end()) == 1);
}

TEST_CASE("random numbers refuse dtypes that they do not have", "[kernels][philox]") {
  int32_t value = 0;
  CHECK_THROWS_WITH(philox::fill_uniform(int32, {}, 0, 1, 1, &value), Catch::Contains("int32"));
  CHECK_THROWS_AS(philox::fill_normal(int32, {}, 0, 1, 1, &value), DTypeError);
  CHECK_THROWS_AS(philox::fill_truncated_normal(int32, {}, 0, 1, 1, &value), DTypeError);
  CHECK_THROWS_AS(philox::fill_integers(float32, {}, 0, 1, 1, &value), DTypeError);
}
