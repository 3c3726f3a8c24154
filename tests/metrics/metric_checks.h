#pragma once
// A check that the tests of metrics share.
#include <catch2/catch.hpp>

#include <cornu/core/tensor/tensor.h>

namespace cornu {

/// Compares the result of one batch with `expected`, and with `weighted` when its samples have `weights`.
template <class M>
void check_result(M metric, const Tensor& y_true, const Tensor& y_pred, double expected, const Tensor& weights,
                  double weighted) {
  INFO(metric.name());
  CHECK(metric(y_true, y_pred).template item<float>() == Approx(expected).epsilon(1e-5));
  metric.reset_state();
  CHECK(metric(y_true, y_pred, weights).template item<float>() == Approx(weighted).epsilon(1e-5));
}

}  // namespace cornu
