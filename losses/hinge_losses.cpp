#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/losses/hinge_losses.h>
#include <cornu/losses/internal/arguments.h>

namespace cornu::losses {

namespace {

/// Labels of which all are 0 or 1 become -1 or 1; others stay.
Tensor to_signs(const Tensor& labels) {
  const Tensor all_binary = reduce_all(logical_or(equal(labels, 0), equal(labels, 1)));
  return where(all_binary, 2 * labels - 1, labels);
}

/// max(1 - y_true y_pred, 0)
Tensor margins(const Tensor& y_true, const Tensor& y_pred) {
  const Arguments arguments = prepare(y_true, y_pred, Shapes::broadcast);
  return maximum(1 - to_signs(arguments.y_true) * arguments.y_pred, 0);
}

}  // namespace

Tensor hinge(const Tensor& y_true, const Tensor& y_pred) {
  return located("hinge", [&] { return reduce_mean(margins(y_true, y_pred), -1); });
}

Tensor squared_hinge(const Tensor& y_true, const Tensor& y_pred) {
  return located("squared_hinge", [&] { return reduce_mean(square(margins(y_true, y_pred)), -1); });
}

Tensor categorical_hinge(const Tensor& y_true, const Tensor& y_pred) {
  return located("categorical_hinge", [&] {
    const auto [truth, predictions] = prepare(y_true, y_pred, Shapes::broadcast);
    const Tensor positive = reduce_sum(truth * predictions, -1);
    const Tensor negative = reduce_max((1 - truth) * predictions, -1);
    return maximum(negative - positive + 1, 0);
  });
}

Hinge::Hinge(const Options& options) : ConfiguredLoss("Hinge", options) {}
Tensor Hinge::call(const Tensor& y_true, const Tensor& y_pred) { return hinge(y_true, y_pred); }

SquaredHinge::SquaredHinge(const Options& options) : ConfiguredLoss("SquaredHinge", options) {}
Tensor SquaredHinge::call(const Tensor& y_true, const Tensor& y_pred) { return squared_hinge(y_true, y_pred); }

CategoricalHinge::CategoricalHinge(const Options& options) : ConfiguredLoss("CategoricalHinge", options) {}
Tensor CategoricalHinge::call(const Tensor& y_true, const Tensor& y_pred) { return categorical_hinge(y_true, y_pred); }

}  // namespace cornu::losses
