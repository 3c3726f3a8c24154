#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/kernels/first_failure.h"
#include "core/kernels/for_each_isa.h"
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/softmax.h>

using namespace cornu;

namespace {

template <class T>
std::vector<T> wave(int64_t n, double scale, double phase = 0) {
  std::vector<T> x(n);
  for (int64_t i = 0; i < n; ++i) x[i] = static_cast<T>(scale * std::sin(1.7 * static_cast<double>(i) + phase));
  return x;
}

template <class T>
void check_close(const std::vector<T>& got, const std::vector<long double>& expected, double scale = 1) {
  REQUIRE(got.size() == expected.size());
  const size_t i = first_failure(got.size(), [&](size_t at) {
    const long double tolerance = 8 * std::numeric_limits<T>::epsilon() * (scale + std::fabs(expected[at]));
    return std::fabs(got[at] - expected[at]) <= tolerance;
  });
  if (i < got.size()) FAIL(i << ": " << got[i] << ", expected " << expected[i]);
}

// Softmax by its definition, in long double.
template <class T>
std::vector<long double> expected_log_softmax(const std::vector<T>& x, int64_t outer, int64_t extent, int64_t inner) {
  std::vector<long double> y(x.size());
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t j = 0; j < inner; ++j) {
      const int64_t start = o * extent * inner + j;
      long double sum = 0;
      for (int64_t i = 0; i < extent; ++i) sum += std::exp(static_cast<long double>(x[start + i * inner]));
      for (int64_t i = 0; i < extent; ++i) y[start + i * inner] = x[start + i * inner] - std::log(sum);
    }
  }
  return y;
}

template <class T>
void check_softmax(int64_t outer, int64_t extent, int64_t inner) {
  const int64_t n = outer * extent * inner;
  const std::vector<T> x = wave<T>(n, 20), dy = wave<T>(n, 2, 0.3);
  const std::vector<long double> log_y = expected_log_softmax(x, outer, extent, inner);
  std::vector<long double> y(n), dx(n), log_dx(n);
  for (int64_t i = 0; i < n; ++i) y[i] = std::exp(log_y[i]);
  std::vector<T> out(n), log_out(n), got(n);
  kernels::softmax(dtype_of<T>, x.data(), outer, extent, inner, out.data());
  check_close(out, y, 0.5);
  kernels::log_softmax(dtype_of<T>, x.data(), outer, extent, inner, log_out.data());
  check_close(log_out, log_y, 5);
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t j = 0; j < inner; ++j) {
      long double product = 0, sum = 0;
      for (int64_t i = 0; i < extent; ++i) {
        const int64_t at = (o * extent + i) * inner + j;
        product += y[at] * dy[at];
        sum += dy[at];
      }
      for (int64_t i = 0; i < extent; ++i) {
        const int64_t at = (o * extent + i) * inner + j;
        dx[at] = y[at] * (dy[at] - product);
        log_dx[at] = dy[at] - y[at] * sum;
      }
    }
  }
  kernels::softmax_gradient(dtype_of<T>, out.data(), dy.data(), outer, extent, inner, got.data());
  check_close(got, dx, 2);
  kernels::log_softmax_gradient(dtype_of<T>, log_out.data(), dy.data(), outer, extent, inner, got.data());
  check_close(got, log_dx, 8 + static_cast<double>(extent) / 4);
  std::vector<T> in_place = x;
  kernels::softmax(dtype_of<T>, in_place.data(), outer, extent, inner, in_place.data());
  CHECK(in_place == out);
}

}  // namespace

TEST_CASE("softmax, its logarithm and their gradients along any axis") {
  for_each_isa([] {
    for (const int64_t extent : {1, 2, 7, 10, 16, 33, 100, 1000}) {
      for (const int64_t inner : {1, 3, 17}) {
        check_softmax<float>(3, extent, inner);
        check_softmax<double>(3, extent, inner);
      }
    }
    check_softmax<float>(2000, 50, 1);
  });
}

TEST_CASE("softmax is stable, and NaN spoils only its own row") {
  for_each_isa([] {
    const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> x = {1e4f, 1e4f, -1e4f, -inf, 0, 0, nan, 0, 1};
    std::vector<float> y(9);
    kernels::softmax(float32, x.data(), 3, 3, 1, y.data());
    CHECK(std::vector<float>(y.begin(), y.begin() + 6) == std::vector<float>{0.5f, 0.5f, 0, 0, 0.5f, 0.5f});
    for (int i = 6; i < 9; ++i) CHECK(std::isnan(y[i]));
    kernels::softmax(float32, x.data(), 1, 3, 3, y.data());
    CHECK(y[1] == 1.0f);
    CHECK(std::isnan(y[0]));
  });
}

namespace {

template <class T, class Label>
void check_sparse(int64_t rows, int64_t classes) {
  const std::vector<T> x = wave<T>(rows * classes, 5);
  std::vector<Label> labels(rows);
  for (int64_t row = 0; row < rows; ++row) labels[row] = static_cast<Label>(row * 7 % classes);
  const std::vector<long double> log_y = expected_log_softmax(x, rows, classes, 1);
  std::vector<long double> loss(rows), gradient(rows * classes);
  std::vector<T> one_hot(rows * classes);
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t label = row * classes + labels[row];
    loss[row] = -log_y[label];
    for (int64_t i = row * classes; i < (row + 1) * classes; ++i) gradient[i] = std::exp(log_y[i]) - (i == label);
    one_hot[label] = 1;
  }
  std::vector<T> got_loss(rows), got(rows * classes);
  CHECK(kernels::sparse_softmax_cross_entropy(dtype_of<T>, x.data(), dtype_of<Label>, labels.data(), rows, classes,
                                              got_loss.data(), got.data()) == -1);
  check_close(got_loss, loss, 2);
  check_close(got, gradient);
  std::vector<T> loss_alone(rows);
  CHECK(kernels::sparse_softmax_cross_entropy(dtype_of<T>, x.data(), dtype_of<Label>, labels.data(), rows, classes,
                                              loss_alone.data(), nullptr) == -1);
  CHECK(loss_alone == got_loss);
  kernels::softmax_cross_entropy(dtype_of<T>, x.data(), one_hot.data(), rows, classes, got_loss.data(), got.data());
  check_close(got_loss, loss, 2);
  check_close(got, gradient);
}

}  // namespace

TEST_CASE("cross-entropy of sparse and dense labels, with its gradient") {
  for_each_isa([] {
    for (const int64_t classes : {1, 2, 10, 16, 37}) {
      check_sparse<float, int64_t>(5, classes);
      check_sparse<float, uint8_t>(300, classes);
      check_sparse<double, int32_t>(11, classes);
    }
    check_sparse<float, int64_t>(5000, 10);
  });
}

TEST_CASE("dense labels need not sum to one, and a label of 0 forgives a logit of -infinity") {
  for_each_isa([] {
    const double inf = std::numeric_limits<double>::infinity();
    const std::vector<double> x = {0, 0, -inf}, labels = {0.5, 1.5, 0};
    double loss = 0, gradient[3];
    kernels::softmax_cross_entropy(float64, x.data(), labels.data(), 1, 3, &loss, gradient);
    CHECK(loss == Approx(2 * std::log(2.0)));
    // softmax is (1/2, 1/2, 0) and the labels sum to 2
    CHECK(gradient[0] == Approx(0.5));
    CHECK(gradient[1] == Approx(-0.5));
    CHECK(gradient[2] == 0);
  });
}

TEST_CASE("a label out of range is named by its row, and nothing is written") {
  const std::vector<float> x(6, 1.0f);
  float loss[3] = {7, 7, 7}, gradient[6] = {7, 7, 7, 7, 7, 7};
  const std::vector<int32_t> high = {0, 1, 2}, low = {0, -1, 0};
  CHECK(kernels::sparse_softmax_cross_entropy(float32, x.data(), int32, high.data(), 3, 2, loss, gradient) == 2);
  CHECK(kernels::sparse_softmax_cross_entropy(float32, x.data(), int32, low.data(), 3, 2, loss, gradient) == 1);
  CHECK(loss[0] == 7);
  CHECK(gradient[0] == 7);
}
