#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "core/kernels/first_failure.h"
#include "core/kernels/for_each_isa.h"
#include "core/kernels/threads.h"
#include <cornu/core/kernels/pooling.h>

using namespace cornu;
using kernels::Pooling;

namespace {

std::vector<Pooling> cases() {
  const auto make = [](int64_t batch, int64_t channels, IntegerPair image, IntegerPair extents, IntegerPair strides,
                       IntegerPair before, IntegerPair places) {
    return Pooling{
        batch, channels, {.image = image, .places = places, .extents = extents, .strides = strides, .before = before}};
  };
  return {make(2, 3, {4, 6}, 2, 2, 0, {2, 3}), make(1, 17, {5, 5}, 3, 1, 1, {5, 5}),
          make(3, 1, {7, 5}, {2, 3}, {3, 2}, {0, 1}, {3, 3}), make(70, 32, {26, 26}, 2, 2, 0, {13, 13}),
          make(2, 4, {5, 5}, 2, 2, 0, {2, 2})};
}

template <class T>
std::vector<T> random_values(int64_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<T> values(-1, 1);
  std::vector<T> result(static_cast<size_t>(count));
  for (T& value : result) value = values(generator);
  return result;
}

/// The definition: the elements of x in the window of each result, and where each lies in it.
struct Window {
  std::vector<size_t> elements;
  std::vector<int32_t> positions;
};
std::vector<Window> windows_of(const Pooling& p) {
  const auto& w = p.windows;
  std::vector<Window> windows;
  for (int64_t b = 0; b < p.batch; ++b)
    for (int64_t place = 0; place < w.places.product(); ++place)
      for (int64_t channel = 0; channel < p.channels; ++channel) {
        Window& window = windows.emplace_back();
        for (int64_t position = 0; position < w.extents.product(); ++position) {
          const int64_t i =
              place / w.places.columns() * w.strides.rows() - w.before.rows() + position / w.extents.columns();
          const int64_t j =
              place % w.places.columns() * w.strides.columns() - w.before.columns() + position % w.extents.columns();
          if (i < 0 || j < 0 || i >= w.image.rows() || j >= w.image.columns()) continue;
          window.elements.push_back(
              static_cast<size_t>(((b * w.image.rows() + i) * w.image.columns() + j) * p.channels + channel));
          window.positions.push_back(static_cast<int32_t>(position));
        }
      }
  return windows;
}

template <class T>
void check_close(const std::vector<T>& actual, const std::vector<T>& expected) {
  REQUIRE(actual.size() == expected.size());
  CHECK(first_failure(actual.size(), [&](size_t i) { return std::fabs(actual[i] - expected[i]) < 1e-5; }) ==
        actual.size());
}

/// Inputs of a pooling, and what its kernels make of them by definition.
template <class T>
struct Expected {
  explicit Expected(const Pooling& p);

  std::vector<Window> windows;
  std::vector<T> x, dy, other;
  std::vector<T> maxima, picked, means, to_maxima, spread;
  std::vector<int32_t> positions;
};

template <class T>
Expected<T>::Expected(const Pooling& p)
    : windows(windows_of(p)),
      x(random_values<T>(p.batch * p.windows.image.product() * p.channels, 1)),
      dy(random_values<T>(static_cast<int64_t>(windows.size()), 2)),
      other(random_values<T>(static_cast<int64_t>(x.size()), 3)),
      means(windows.size()),
      to_maxima(x.size()),
      spread(x.size()) {
  for (size_t o = 0; o < windows.size(); ++o) {
    const auto& [elements, places] = windows[o];
    size_t best = 0;
    for (size_t i = 0; i < elements.size(); ++i) {
      if (x[elements[i]] > x[elements[best]]) best = i;
      means[o] += x[elements[i]] / static_cast<T>(elements.size());
      spread[elements[i]] += dy[o] / static_cast<T>(elements.size());
    }
    maxima.push_back(x[elements[best]]);
    positions.push_back(places[best]);
    picked.push_back(other[elements[best]]);
    to_maxima[elements[best]] += dy[o];
  }
}

template <class T>
void check_case(const Pooling& p, const Expected<T>& expected) {
  const DType dtype = std::is_same_v<T, float> ? DType::float32 : DType::float64;
  std::vector<T> y(expected.windows.size()), dx(expected.x.size(), 99);
  std::vector<int32_t> found(expected.windows.size());
  kernels::max_pool(dtype, p, expected.x.data(), y.data(), found.data());
  CHECK(y == expected.maxima);
  CHECK(found == expected.positions);
  kernels::max_pool_gradient(dtype, p, expected.dy.data(), found.data(), dx.data());
  check_close(dx, expected.to_maxima);
  kernels::max_pool_pick(dtype, p, expected.other.data(), found.data(), y.data());
  CHECK(y == expected.picked);
  kernels::average_pool(dtype, p, expected.x.data(), y.data());
  check_close(y, expected.means);
  kernels::average_pool_gradient(dtype, p, expected.dy.data(), dx.data());
  check_close(dx, expected.spread);
}

}  // namespace

TEMPLATE_TEST_CASE("pooling is the definition for every instruction set and number of threads", "[kernels]", float,
                   double) {
  for (const Pooling& p : cases()) {
    const Expected<TestType> expected(p);
    for_each_isa([&] {
      for (const int count : {1, 2}) {
        const Threads threads(count);
        CAPTURE(p.batch, p.channels, p.windows.extents.rows(), p.windows.strides.rows());
        check_case<TestType>(p, expected);
      }
    });
  }
}

TEST_CASE("NaN is the largest, and infinities are numbers", "[kernels]") {
  const Pooling p{1, 1, {.image = {1, 6}, .places = {1, 3}, .extents = {1, 2}, .strides = 2}};
  const float nan = std::nanf(""), infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x = {nan, 1, 1, nan, -infinity, -infinity};
  std::vector<float> y(3);
  std::vector<int32_t> positions(3);
  kernels::max_pool(DType::float32, p, x.data(), y.data(), positions.data());
  CHECK(std::isnan(y[0]));
  CHECK(std::isnan(y[1]));
  CHECK(y[2] == -infinity);
  CHECK(positions == std::vector<int32_t>{0, 1, 0});
}
