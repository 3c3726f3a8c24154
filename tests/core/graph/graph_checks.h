#pragma once
#include <cmath>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

namespace cornu {

/// Equal specs and equal bits; NaN equals NaN.
inline void check_equal(const TensorList& received, const TensorList& expected) {
  REQUIRE(received.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    INFO("tensor " << i << ": received " << received[i] << ", expected " << expected[i]);
    REQUIRE(received[i].shape() == expected[i].shape());
    REQUIRE(received[i].dtype() == expected[i].dtype());
    bool same = true;
    visit_dtype(expected[i].dtype(), [&]<class T>() {
      const auto a = received[i].data<T>(), b = expected[i].data<T>();
      for (size_t k = 0; k < a.size(); ++k) same = same && (a[k] == b[k] || (a[k] != a[k] && b[k] != b[k]));
    });
    CHECK(same);
  }
}

/// Equal specs, and elements that differ by rounding at most.
inline void check_close(const TensorList& received, const TensorList& expected, double tolerance = 1e-10) {
  REQUIRE(received.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    INFO("tensor " << i << ": received " << received[i] << ", expected " << expected[i]);
    REQUIRE(received[i].shape() == expected[i].shape());
    REQUIRE(received[i].dtype() == expected[i].dtype());
    double worst = 0;
    visit_dtype(expected[i].dtype(), [&]<class T>() {
      const auto a = received[i].data<T>(), b = expected[i].data<T>();
      for (size_t k = 0; k < a.size(); ++k) {
        const auto x = static_cast<double>(a[k]), y = static_cast<double>(b[k]);
        if (!(std::isnan(x) && std::isnan(y)) && x != y)
          worst = std::max(worst, std::isnan(x - y) ? HUGE_VAL : std::abs(x - y) / std::max(1.0, std::abs(y)));
      }
    });
    CHECK(worst <= tolerance);
  }
}

}  // namespace cornu
