#include <cmath>

#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/losses/internal/arguments.h>
#include <cornu/metrics/accuracy_metrics.h>

namespace cornu::metrics {

using losses::located;
using losses::Shapes;

namespace {

Tensor to_float(const Tensor& matches) { return cast(matches, float32); }

/// Whether fewer than k predictions are above the label's.
Tensor in_top_k(const Tensor& labels, const Tensor& y_pred, int64_t k) {
  if (k < 1) throw ValueError("k must be at least 1; received " + std::to_string(k));
  const Tensor of_label = take_along_axis(y_pred, expand_dims(cast(labels, int32), -1), -1);
  // Counted so that a label whose prediction is NaN is not among them.
  const Tensor not_above = reduce_sum(cast(less_equal(y_pred, of_label), int32), -1);
  return to_float(greater(not_above, y_pred.shape().back() - k));
}

}  // namespace

Tensor accuracy(const Tensor& y_true, const Tensor& y_pred) {
  return located("accuracy", [&] {
    const auto [truth, predictions] = losses::align(y_true, y_pred, Shapes::broadcast);
    return reduce_mean(to_float(equal(truth, predictions)), -1);
  });
}

Tensor binary_accuracy(const Tensor& y_true, const Tensor& y_pred, double threshold) {
  return located("binary_accuracy", [&] {
    if (std::isnan(threshold)) throw ValueError("threshold must be a number; received nan");
    const auto [truth, predictions] = losses::align(y_true, y_pred, Shapes::broadcast);
    return reduce_mean(to_float(equal(truth, cast(greater(predictions, threshold), truth.dtype()))), -1);
  });
}

Tensor categorical_accuracy(const Tensor& y_true, const Tensor& y_pred) {
  return located("categorical_accuracy", [&] {
    const auto [truth, predictions] = losses::align(y_true, y_pred, Shapes::equal);
    return to_float(equal(argmax(truth, -1, int32), argmax(predictions, -1, int32)));
  });
}

Tensor sparse_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred) {
  return located("sparse_categorical_accuracy", [&] {
    const Tensor labels = losses::align_labels(y_true, y_pred);
    return to_float(equal(labels, argmax(y_pred, -1, int32)));
  });
}

Tensor top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int64_t k) {
  return located("top_k_categorical_accuracy", [&] {
    const auto [truth, predictions] = losses::align(y_true, y_pred, Shapes::equal);
    return in_top_k(argmax(truth, -1, int32), predictions, k);
  });
}

Tensor sparse_top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int64_t k) {
  return located("sparse_top_k_categorical_accuracy",
                 [&] { return in_top_k(losses::align_labels(y_true, y_pred), y_pred, k); });
}

Accuracy::Accuracy(const Options& options) : ConfiguredMetric("Accuracy", options, accuracy) {}

void BinaryAccuracyOptions::describe(Fields& fields) {
  fields("name", name);
  fields("dtype", dtype);
  fields("threshold", threshold, {.minimum = 0, .maximum = 1, .exclusive_minimum = true, .exclusive_maximum = true});
}
BinaryAccuracy::BinaryAccuracy(const Options& options)
    : ConfiguredMetric("BinaryAccuracy", options,
                       [threshold = options.threshold](const Tensor& y_true, const Tensor& y_pred) {
                         return binary_accuracy(y_true, y_pred, threshold);
                       }) {}

CategoricalAccuracy::CategoricalAccuracy(const Options& options)
    : ConfiguredMetric("CategoricalAccuracy", options, categorical_accuracy) {}

SparseCategoricalAccuracy::SparseCategoricalAccuracy(const Options& options)
    : ConfiguredMetric("SparseCategoricalAccuracy", options, sparse_categorical_accuracy) {}

void TopKCategoricalAccuracyOptions::describe(Fields& fields) {
  fields("k", k, at_least(1));
  fields("name", name);
  fields("dtype", dtype);
}
TopKCategoricalAccuracy::TopKCategoricalAccuracy(const Options& options)
    : ConfiguredMetric("TopKCategoricalAccuracy", options, [k = options.k](const Tensor& y_true, const Tensor& y_pred) {
        return top_k_categorical_accuracy(y_true, y_pred, k);
      }) {}

SparseTopKCategoricalAccuracy::SparseTopKCategoricalAccuracy(const Options& options)
    : ConfiguredMetric("SparseTopKCategoricalAccuracy", options,
                       [k = options.k](const Tensor& y_true, const Tensor& y_pred) {
                         return sparse_top_k_categorical_accuracy(y_true, y_pred, k);
                       }) {}

}  // namespace cornu::metrics
