#include <cmath>
#include <random>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "core/kernels/first_failure.h"
#include "core/kernels/threads.h"
#include <cornu/core/kernels/convolution.h>

using namespace cornu;
using kernels::Convolution;

namespace {

/// Multiples of 1/4, so that sums are exact in any order.
template <class T>
std::vector<T> random_values(int64_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::uniform_int_distribution<int> values(-8, 8);
  std::vector<T> result(static_cast<size_t>(count));
  for (T& value : result) value = static_cast<T>(values(generator)) / T(4);
  return result;
}

Convolution make(int64_t batch, IntegerPair image, int64_t channels, int64_t filters, IntegerPair extents,
                 IntegerPair strides, IntegerPair dilations, IntegerPair before, IntegerPair places,
                 int64_t groups = 1) {
  return {.batch = batch,
          .channels = channels,
          .filters = filters,
          .groups = groups,
          .windows = {.image = image,
                      .places = places,
                      .extents = extents,
                      .strides = strides,
                      .dilations = dilations,
                      .before = before}};
}

std::vector<Convolution> cases() {
  return {make(2, {5, 4}, 3, 4, {3, 2}, 1, 1, 0, {3, 3}),
          make(3, {7, 6}, 2, 5, 3, 2, 1, {1, 0}, {4, 3}),
          make(1, {6, 9}, 1, 2, {2, 3}, {1, 2}, 1, 0, {5, 4}),
          make(2, {8, 7}, 2, 3, 2, 1, {2, 3}, 0, {6, 4}),
          make(2, {6, 6}, 6, 4, 3, 1, 1, 1, {6, 6}, 2),
          make(2, {5, 5}, 4, 8, 3, 2, 1, 1, {3, 3}, 4),
          make(2, {4, 5}, 16, 16, 1, 1, 1, 0, {4, 5}),
          make(2, {5, 5}, 2, 3, 2, 3, 1, 0, {2, 2}),        // windows leave out elements, the last ones too
          make(7, {13, 13}, 32, 64, 3, 1, 1, 0, {11, 11}),  // pieces of several images and a rest
          make(50, {14, 14}, 1, 16, 5, 1, 1, 2, {14, 14})};
}

/// Calls visit(pixel of x, element of the filter, element of y) for all products of the definition.
template <class Visit>
void for_each_product(const Convolution& c, const Visit& visit) {
  const auto& w = c.windows;
  const int64_t group_channels = c.channels / c.groups, group_filters = c.filters / c.groups;
  for (int64_t b = 0; b < c.batch; ++b)
    for (int64_t place = 0; place < w.places.product(); ++place)
      for (int64_t element = 0; element < w.extents.product(); ++element) {
        const int64_t i = place / w.places.columns() * w.strides.rows() - w.before.rows() +
                          element / w.extents.columns() * w.dilations.rows();
        const int64_t j = place % w.places.columns() * w.strides.columns() - w.before.columns() +
                          element % w.extents.columns() * w.dilations.columns();
        if (i < 0 || j < 0 || i >= w.image.rows() || j >= w.image.columns()) continue;
        const int64_t pixel = (b * w.image.rows() + i) * w.image.columns() + j;
        for (int64_t f = 0; f < c.filters; ++f)
          for (int64_t k = 0; k < group_channels; ++k)
            visit(static_cast<size_t>(pixel * c.channels + f / group_filters * group_channels + k),
                  static_cast<size_t>((element * group_channels + k) * c.filters + f),
                  static_cast<size_t>((b * w.places.product() + place) * c.filters + f));
      }
}

template <class T>
constexpr DType dtype_of = std::is_same_v<T, float> ? DType::float32 : DType::float64;

/// The arrays of a convolution, and what the definition makes of them.
template <class T>
struct Arrays {
  explicit Arrays(const Convolution& c)
      : x(random_values<T>(c.batch * c.image_size(), 1)),
        filter(random_values<T>(c.filter_size(), 2)),
        dy(random_values<T>(c.batch * c.result_size(), 3)),
        bias(random_values<T>(c.filters, 4)),
        y(dy.size()),
        dx(x.size()),
        dfilter(filter.size()) {
    for_each_product(c, [&](size_t i, size_t k, size_t o) {
      y[o] += x[i] * filter[k];
      dx[i] += dy[o] * filter[k];
      dfilter[k] += dy[o] * x[i];
    });
  }
  std::vector<T> rectified() const {
    std::vector<T> result = y;
    for (size_t i = 0; i < y.size(); ++i) result[i] = std::max(T(0), y[i] + bias[i % bias.size()]);
    return result;
  }
  std::vector<T> x, filter, dy, bias, y, dx, dfilter;
};

template <class T>
void check_equal(const std::vector<T>& actual, const std::vector<T>& expected) {
  REQUIRE(actual.size() == expected.size());
  CHECK(first_failure(actual.size(), [&](size_t i) { return actual[i] == expected[i]; }) == actual.size());
}

template <class T>
void check_case(const Convolution& c) {
  const Arrays<T> arrays(c);
  const DType dtype = dtype_of<T>;
  const kernels::Epilogue epilogue{arrays.bias.data(), kernels::Activation::relu};
  std::vector<T> y(arrays.y.size(), 99), dx(arrays.dx.size(), 99), dfilter(arrays.dfilter.size(), 99);

  kernels::convolve(dtype, c, arrays.x.data(), arrays.filter.data(), y.data());
  check_equal(y, arrays.y);
  kernels::convolve(dtype, c, arrays.x.data(), arrays.filter.data(), y.data(), &epilogue);
  check_equal(y, arrays.rectified());
  kernels::convolution_input_gradient(dtype, c, arrays.dy.data(), arrays.filter.data(), dx.data());
  check_equal(dx, arrays.dx);
  kernels::convolution_filter_gradient(dtype, c, arrays.x.data(), arrays.dy.data(), dfilter.data());
  check_equal(dfilter, arrays.dfilter);

  kernels::unfolded::convolve(dtype, c, arrays.x.data(), arrays.filter.data(), y.data());
  check_equal(y, arrays.y);
  kernels::unfolded::convolve(dtype, c, arrays.x.data(), arrays.filter.data(), y.data(), &epilogue);
  check_equal(y, arrays.rectified());
  kernels::unfolded::input_gradient(dtype, c, arrays.dy.data(), arrays.filter.data(), dx.data());
  check_equal(dx, arrays.dx);
  kernels::unfolded::filter_gradient(dtype, c, arrays.x.data(), arrays.dy.data(), dfilter.data());
  check_equal(dfilter, arrays.dfilter);
}

/// Results whose sums are rounded, so that another order shows.
struct Results {
  explicit Results(const Convolution& c) {
    const auto uneven = [](int64_t count, uint32_t seed) {
      std::mt19937 generator(seed);
      std::uniform_real_distribution<float> values(-1, 1);
      std::vector<float> result(static_cast<size_t>(count));
      for (float& value : result) value = values(generator);
      return result;
    };
    const auto x = uneven(c.batch * c.image_size(), 1), filter = uneven(c.filter_size(), 2);
    const auto dy = uneven(c.batch * c.result_size(), 3);
    y.resize(dy.size());
    dx.resize(x.size());
    dfilter.resize(filter.size());
    kernels::convolve(DType::float32, c, x.data(), filter.data(), y.data());
    kernels::convolution_input_gradient(DType::float32, c, dy.data(), filter.data(), dx.data());
    kernels::convolution_filter_gradient(DType::float32, c, x.data(), dy.data(), dfilter.data());
  }
  bool operator==(const Results&) const = default;
  std::vector<float> y, dx, dfilter;
};

}  // namespace

TEMPLATE_TEST_CASE("convolutions and their gradients are the definition, with oneDNN and without", "[kernels]", float,
                   double) {
  for (const Convolution& c : cases()) {
    CAPTURE(c.batch, c.channels, c.filters, c.groups, c.windows.extents.rows(), c.windows.strides.rows());
    check_case<TestType>(c);
  }
}

TEST_CASE("the bits of convolutions do not depend on the number of threads", "[kernels]") {
  for (const Convolution& c :
       {make(64, {13, 13}, 32, 64, 3, 1, 1, 0, {11, 11}), make(17, {28, 28}, 3, 16, 3, 2, 1, 0, {13, 13}),
        make(4, {20, 20}, 8, 8, 3, 1, 1, 1, {20, 20}, 4)}) {
    const Results one = [&] {
      const Threads threads(1);
      return Results(c);
    }();
    for (const int count : {2, 3}) {
      const Threads threads(count);
      CHECK(Results(c) == one);
    }
  }
}

TEST_CASE("several threads may compute one convolution at once", "[kernels]") {
  const Convolution c = make(8, {13, 13}, 16, 16, 3, 1, 1, 0, {11, 11});
  const Results expected(c);
  std::vector<int> equal(4);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < equal.size(); ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 5; ++round) equal[i] += Results(c) == expected;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(equal == std::vector<int>{5, 5, 5, 5});
}

TEST_CASE("NaN goes through a rectifier, and a batch of none is no error", "[kernels]") {
  const Convolution c = make(1, {3, 3}, 1, 2, 2, 1, 1, 0, {2, 2});
  std::vector<float> x(9, 1), filter(8, 1), y(8);
  x[0] = std::nanf("");
  const kernels::Epilogue epilogue{nullptr, kernels::Activation::relu};
  kernels::convolve(DType::float32, c, x.data(), filter.data(), y.data(), &epilogue);
  CHECK(std::isnan(y[0]));
  CHECK(y[2] == 4);
  Convolution none = c;
  none.batch = 0;
  std::vector<float> dfilter(8, 99);
  kernels::convolution_filter_gradient(DType::float32, none, x.data(), y.data(), dfilter.data());
  check_equal(dfilter, std::vector<float>(8, 0));
}
