#include <algorithm>

#include <cornu/core/ops/shape_ops.h>
#include <cornu/losses/internal/arguments.h>
#include <cornu/losses/internal/weighting.h>

namespace cornu::losses {

bool agree(const Shape& a, const Shape& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](int64_t x, int64_t y) { return x == y || x < 0 || y < 0; });
}

namespace {

bool broadcast(const Shape& a, const Shape& b) {
  const int common = std::min(a.rank(), b.rank());
  for (int i = 1; i <= common; ++i) {
    const int64_t x = a[a.rank() - i], y = b[b.rank() - i];
    if (x != y && x != 1 && y != 1 && x >= 0 && y >= 0) return false;
  }
  return true;
}

}  // namespace

Arguments align(const Tensor& y_true, const Tensor& y_pred, Shapes shapes) {
  auto [truth, predictions] = squeeze_or_expand_to_same_rank(y_true, y_pred);
  const Shape &a = truth.shape(), &b = predictions.shape();
  if (!(shapes == Shapes::equal ? agree(a, b) : broadcast(a, b)))
    throw ShapeError("y_true of shape " + y_true.shape().to_string() + " does not fit y_pred of shape " +
                     y_pred.shape().to_string() +
                     (shapes == Shapes::equal ? "; both must have the same shape" : "; they do not broadcast"));
  return {std::move(truth), std::move(predictions)};
}

Arguments prepare(const Tensor& y_true, const Tensor& y_pred, Shapes shapes) {
  const DType dtype = is_floating(y_pred.dtype()) ? y_pred.dtype() : float32;
  return align(to_dtype(y_true, dtype), to_dtype(y_pred, dtype), shapes);
}

Tensor align_labels(const Tensor& y_true, const Tensor& y_pred) {
  Tensor labels = y_true;
  if (labels.rank() == y_pred.rank() && labels.rank() > 0 && labels.shape().back() == 1) labels = squeeze(labels, -1);
  if (y_pred.rank() == 0 || !agree(labels.shape(), y_pred.shape().slice(0, y_pred.rank() - 1)))
    throw ShapeError("y_true of shape " + y_true.shape().to_string() + " does not fit y_pred of shape " +
                     y_pred.shape().to_string() + "; expected the same shape without the classes");
  return labels;
}

}  // namespace cornu::losses
