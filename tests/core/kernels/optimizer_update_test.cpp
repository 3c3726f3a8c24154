#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "core/kernels/first_failure.h"
#include "core/kernels/for_each_isa.h"
#include <cornu/core/kernels/optimizer_update.h>
#include <cornu/core/kernels/parallel.h>

using namespace cornu;
using namespace cornu::kernels;

namespace {

template <class T>
struct Data {
  std::vector<T> x, g, a, b, c;
  explicit Data(int64_t n) : x(n), g(n), a(n), b(n), c(n) {
    for (int64_t i = 0; i < n; ++i) {
      const double t = static_cast<double>(i);
      x[i] = static_cast<T>(std::sin(t));
      g[i] = static_cast<T>(std::cos(3 * t));
    }
  }
};

template <class T, class F>
void check_close(const std::vector<T>& got, const std::vector<T>& start, F expected) {
  const size_t i = first_failure(got.size(), [&](size_t at) {
    const double want = expected(at), tolerance = 16 * std::numeric_limits<T>::epsilon() * (1 + std::fabs(want));
    return std::fabs(got[at] - want) <= tolerance;
  });
  if (i < got.size()) FAIL("element " << i << ", from " << start[i] << ": " << got[i] << ", expected " << expected(i));
}

constexpr int steps = 3;

template <class T>
void check_sgd(int64_t n, double momentum, bool nesterov) {
  Data<T> d(n);
  const Data<T> start = d;
  const SgdUpdate options{.learning_rate = 0.1,
                          .momentum = momentum,
                          .nesterov = nesterov,
                          .preparation = {.decay = 0.01, .gradient_scale = 0.5}};
  for (int i = 0; i < steps; ++i)
    update_sgd(dtype_of<T>, options, n, d.x.data(), d.g.data(), momentum == 0 ? nullptr : d.a.data());
  check_close<T>(d.x, start.x, [&](size_t i) {
    double x = start.x[i], m = 0;
    const double g = 0.5 * start.g[i];
    for (int step = 0; step < steps; ++step) {
      x -= x * 0.01;
      m = momentum * m - 0.1 * g;
      x += nesterov ? momentum * m - 0.1 * g : m;
    }
    return x;
  });
}

template <class T>
void check_adam(int64_t n, bool amsgrad) {
  Data<T> d(n);
  const Data<T> start = d;
  for (int step = 1; step <= steps; ++step)
    update_adam(dtype_of<T>,
                {.alpha = adam_alpha(0.01, 0.9, 0.99, step),
                 .beta_1 = 0.9,
                 .beta_2 = 0.99,
                 .epsilon = 1e-3,
                 .preparation = {.decay = 0.02}},
                n, d.x.data(), d.g.data(), d.a.data(), d.b.data(), amsgrad ? d.c.data() : nullptr);
  double alphas[steps + 1];
  for (int step = 1; step <= steps; ++step)
    alphas[step] = 0.01 * std::sqrt(1 - std::pow(0.99, step)) / (1 - std::pow(0.9, step));
  check_close<T>(d.x, start.x, [&](size_t i) {
    double x = start.x[i], m = 0, v = 0, highest = 0;
    const double g = start.g[i];
    for (int step = 1; step <= steps; ++step) {
      x -= x * 0.02;
      m += (g - m) * 0.1;
      v += (g * g - v) * 0.01;
      highest = std::max(highest, v);
      x -= m * alphas[step] / (std::sqrt(amsgrad ? highest : v) + 1e-3);
    }
    return x;
  });
}

template <class T>
void check_rmsprop(int64_t n, double momentum, bool centered) {
  Data<T> d(n);
  const Data<T> start = d;
  const RmspropUpdate options{.learning_rate = 0.01, .rho = 0.8, .momentum = momentum, .epsilon = 1e-3};
  for (int i = 0; i < steps; ++i)
    update_rmsprop(dtype_of<T>, options, n, d.x.data(), d.g.data(), d.a.data(), momentum == 0 ? nullptr : d.b.data(),
                   centered ? d.c.data() : nullptr);
  check_close<T>(d.x, start.x, [&](size_t i) {
    double x = start.x[i], v = 0, a = 0, b = 0;
    const double g = start.g[i];
    for (int step = 0; step < steps; ++step) {
      v = 0.8 * v + 0.2 * g * g;
      a = 0.8 * a + 0.2 * g;
      const double increment = 0.01 * g / std::sqrt(v - (centered ? a * a : 0) + 1e-3);
      b = momentum * b + increment;
      x -= b;
    }
    return x;
  });
}

template <class T>
void check_adagrad(int64_t n) {
  Data<T> d(n);
  d.a.assign(n, T(0.1));
  const Data<T> start = d;
  for (int i = 0; i < steps; ++i)
    update_adagrad(dtype_of<T>, {.learning_rate = 0.05, .epsilon = 1e-5}, n, d.x.data(), d.g.data(), d.a.data());
  check_close<T>(d.x, start.x, [&](size_t i) {
    double x = start.x[i], sum = 0.1;
    const double g = start.g[i];
    for (int step = 0; step < steps; ++step) {
      sum += g * g;
      x -= 0.05 * g / std::sqrt(sum + 1e-5);
    }
    return x;
  });
}

template <class T>
void check_all(int64_t n) {
  check_sgd<T>(n, 0, false);
  check_sgd<T>(n, 0.9, false);
  check_sgd<T>(n, 0.9, true);
  check_adam<T>(n, false);
  check_adam<T>(n, true);
  check_rmsprop<T>(n, 0, false);
  check_rmsprop<T>(n, 0, true);
  check_rmsprop<T>(n, 0.9, true);
  check_adagrad<T>(n);
}

}  // namespace

TEST_CASE("each update follows its formula step by step") {
  for_each_isa([] {
    for (const int64_t n : {0, 1, 7, 16, 100, 300001}) {
      check_all<float>(n);
      check_all<double>(n);
    }
  });
}

TEST_CASE("Adam's first step is Keras's") {
  // By hand: g = 2, t = 1: m = 0.2, v = 0.004, alpha = 0.001 * sqrt(0.001) / 0.1; m alpha / sqrt(v) = 0.001.
  for_each_isa([] {
    double x = 1, g = 2, m = 0, v = 0;
    update_adam(float64, {.alpha = adam_alpha(0.001, 0.9, 0.999, 1), .epsilon = 0}, 1, &x, &g, &m, &v, nullptr);
    CHECK(x == Approx(0.999).epsilon(1e-12));
    CHECK(m == Approx(0.2));
    CHECK(v == Approx(0.004));
  });
}

TEST_CASE("sum of squares, blends, and the same bits on any number of threads") {
  const int threads = num_threads();
  for_each_isa([&] {
    for (const int64_t n : {0, 1, 19, 300001}) {
      Data<float> d(n);
      const Data<double> wide(n);
      long double exact = 0, exact_wide = 0;
      for (const float g : d.g) exact += static_cast<long double>(g) * g;
      for (const double g : wide.g) exact_wide += static_cast<long double>(g) * g;
      set_num_threads(1);
      const double one = sum_of_squares(float32, d.g.data(), n);
      set_num_threads(3);
      CHECK(sum_of_squares(float32, d.g.data(), n) == one);
      set_num_threads(threads);
      CHECK(one == Approx(static_cast<double>(exact)).epsilon(1e-12));
      CHECK(sum_of_squares(float64, wide.g.data(), n) == Approx(static_cast<double>(exact_wide)).epsilon(1e-12));
      const std::vector<float> x = d.x;
      blend(float32, 0.25, d.x.data(), 0, nullptr, n);
      CHECK(first_failure(d.x.size(), [&](size_t i) { return d.x[i] == 0.25f * x[i]; }) == d.x.size());
      blend(float32, 1, d.x.data(), 2, d.g.data(), n);
      CHECK(first_failure(d.x.size(), [&](size_t i) {
              return std::fabs(d.x[i] - (0.25f * x[i] + 2 * d.g[i])) <= 1e-6f;
            }) == d.x.size());
    }
  });
}
