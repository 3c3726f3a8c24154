#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/kernels/for_each_isa.h"
#include <cornu/core/kernels/cast.h>

using namespace cornu;

namespace {

template <class To, class From>
std::vector<To> cast(const std::vector<From>& x) {
  std::vector<To> out(x.size());
  kernels::cast(dtype_of<From>, x.data(), dtype_of<To>, out.data(), static_cast<int64_t>(x.size()));
  return out;
}
using Bytes = std::vector<uint8_t>;

Bytes to_boolean(DType from, const void* x, int64_t n) {
  Bytes out(n);
  kernels::cast(from, x, boolean, out.data(), n);
  return out;
}

template <class From, class To>
void check_small_numbers() {
  std::vector<From> x;
  for (int i = 0; i < 300; ++i) x.push_back(static_cast<From>(i % 100));
  const std::vector<To> out = cast<To>(x);
  for (size_t i = 0; i < x.size(); ++i) REQUIRE(out[i] == static_cast<To>(x[i]));
}
template <class From>
void check_from() {
  check_small_numbers<From, uint8_t>();
  check_small_numbers<From, int32_t>();
  check_small_numbers<From, int64_t>();
  check_small_numbers<From, float>();
  check_small_numbers<From, double>();
}

template <class T>
void check_saturation() {
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  const std::vector<T> x = {T(1.9),  T(-1.9), T(-0.0),  T(256), T(-1), T(3e9),
                            T(-3e9), T(1e19), T(-1e19), inf,    -inf,  nan};
  CHECK(cast<uint8_t>(x) == Bytes{1, 0, 0, 255, 0, 255, 0, 255, 0, 255, 0, 0});
  const int32_t high32 = std::numeric_limits<int32_t>::max(), low32 = std::numeric_limits<int32_t>::min();
  CHECK(cast<int32_t>(x) == std::vector<int32_t>{1, -1, 0, 256, -1, high32, low32, high32, low32, high32, low32, 0});
  const int64_t high64 = std::numeric_limits<int64_t>::max(), low64 = std::numeric_limits<int64_t>::min();
  CHECK(cast<int64_t>(x) ==
        std::vector<int64_t>{1, -1, 0, 256, -1, 3000000000, -3000000000, high64, low64, high64, low64, 0});
  CHECK(to_boolean(dtype_of<T>, x.data(), 12) == Bytes{1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1});
}

}  // namespace

TEST_CASE("numbers that fit keep their value through every conversion") {
  for_each_isa([] {
    check_from<uint8_t>();
    check_from<int32_t>();
    check_from<int64_t>();
    check_from<float>();
    check_from<double>();
  });
}

TEST_CASE("floating-point numbers are truncated; out of range they saturate, and NaN gives 0") {
  for_each_isa([] {
    check_saturation<float>();
    check_saturation<double>();
  });
  const double edge = 2147483647;
  CHECK(cast<int32_t>(std::vector<double>{edge, edge + 0.5, edge + 1, -edge - 1, -edge - 1.5}) ==
        std::vector<int32_t>{2147483647, 2147483647, 2147483647, -2147483647 - 1, -2147483647 - 1});
  CHECK(cast<uint8_t>(std::vector<float>{254.9f, 255.9f, -0.9f}) == Bytes{254, 255, 0});
}

TEST_CASE("booleans and integers") {
  for_each_isa([] {
    const Bytes flags = {0, 1, 1};
    std::vector<float> out(3);
    kernels::cast(boolean, flags.data(), float32, out.data(), 3);
    CHECK(out == std::vector<float>{0, 1, 1});
    Bytes copy(3);
    kernels::cast(boolean, flags.data(), boolean, copy.data(), 3);
    CHECK(copy == flags);
    const std::vector<int64_t> numbers = {0, 256, -1, int64_t{1} << 40};
    CHECK(to_boolean(int64, numbers.data(), 4) == Bytes{0, 1, 1, 1});
    CHECK(cast<uint8_t>(numbers) == Bytes{0, 0, 255, 0});
    CHECK(cast<int32_t>(numbers) == std::vector<int32_t>{0, 256, -1, 0});
  });
  kernels::cast(int32, nullptr, float32, nullptr, 0);
}
