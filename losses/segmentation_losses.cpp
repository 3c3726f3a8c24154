#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/losses/internal/arguments.h>
#include <cornu/losses/segmentation_losses.h>

namespace cornu::losses {

namespace {

Axes to_axes(const std::vector<int64_t>& axis) { return axis.empty() ? Axes() : Axes(axis); }

}  // namespace

void describe_axes(Fields& fields, const char* name, std::vector<int64_t>& axes) {
  std::optional<std::vector<int64_t>> listed;
  if (!axes.empty()) listed = axes;
  fields(name, listed);
  axes = listed.value_or(std::vector<int64_t>());
}

Tensor dice(const Tensor& y_true, const Tensor& y_pred, const std::vector<int64_t>& axis) {
  return located("dice", [&] {
    const auto [truth, predictions] = prepare(y_true, y_pred, Shapes::broadcast);
    const Axes axes = to_axes(axis);
    const Tensor areas = reduce_sum(truth, axes) + reduce_sum(predictions, axes);
    return 1 - 2 * reduce_sum(truth * predictions, axes) / (areas + epsilon);
  });
}

Tensor tversky(const Tensor& y_true, const Tensor& y_pred, const TverskyArguments& arguments) {
  return located("tversky", [&] {
    if (!(arguments.alpha >= 0) || !(arguments.beta >= 0)) throw ValueError("alpha and beta must be at least 0");
    const auto [truth, predictions] = prepare(y_true, y_pred, Shapes::broadcast);
    const Axes axes = to_axes(arguments.axis);
    const Tensor common = reduce_sum(truth * predictions, axes);
    const Tensor missed = reduce_sum(truth * (1 - predictions), axes);
    const Tensor wrong = reduce_sum((1 - truth) * predictions, axes);
    return 1 - common / (common + arguments.alpha * wrong + arguments.beta * missed + epsilon);
  });
}

void DiceOptions::describe(Fields& fields) {
  describe_axes(fields, "axis", axis);
  describe_loss(fields, *this);
}
Dice::Dice(const Options& options) : ConfiguredLoss("Dice", options) {}
Tensor Dice::call(const Tensor& y_true, const Tensor& y_pred) { return dice(y_true, y_pred, options_.axis); }

void TverskyOptions::describe(Fields& fields) {
  fields("alpha", alpha, at_least(0));
  fields("beta", beta, at_least(0));
  describe_axes(fields, "axis", axis);
  describe_loss(fields, *this);
}
Tversky::Tversky(const Options& options) : ConfiguredLoss("Tversky", options) {}
Tensor Tversky::call(const Tensor& y_true, const Tensor& y_pred) {
  return tversky(y_true, y_pred, {.alpha = options_.alpha, .beta = options_.beta, .axis = options_.axis});
}

}  // namespace cornu::losses
