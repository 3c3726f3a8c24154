#include <algorithm>
#include <cmath>
#include <string>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/ops/sorting.h>
#include <cornu/losses/internal/arguments.h>
#include <cornu/losses/internal/weighting.h>
#include <cornu/metrics/internal/confusion.h>

namespace cornu::metrics {

namespace {

Tensor keep_top_k(const Tensor& y_pred, int64_t k) {
  const Tensor kept = reduce_sum(one_hot(top_k(y_pred, k).indices, y_pred.shape().back(), -1, y_pred.dtype()), -2);
  return where(greater(kept, 0), y_pred, below_all);
}

Tensor only_class(const Tensor& x, int64_t class_id) {
  if (x.rank() < 2 || class_id < 0 || class_id >= x.shape().back())
    throw ValueError("class_id " + std::to_string(class_id) + " is not a class of predictions of shape " +
                     x.shape().to_string());
  std::vector<Slice> slices(x.rank());
  slices.back() = {class_id, class_id + 1};
  return x.slice(slices);
}

/// A weight for each prediction.
Tensor spread_weights(const Tensor& y_pred, const Tensor& sample_weight, const ConfusionOptions& options) {
  Tensor weights = ones_like(y_pred);
  if (sample_weight.defined()) {
    Tensor given = losses::to_dtype(sample_weight, options.dtype);
    if (given.rank() > 0 && given.rank() + 1 == y_pred.rank()) given = expand_dims(given, -1);
    losses::require_fitting_weights(y_pred, given);
    weights = weights * given;
  }
  return options.label_weights.defined() ? weights * options.label_weights : weights;
}

/// Thresholds 0, 1 / (n - 1), .. 1, perhaps with the outer ones a bit further out.
bool are_even(const std::vector<double>& thresholds) {
  const auto count = static_cast<double>(thresholds.size());
  if (count < 3) return false;
  for (size_t i = 0; i < thresholds.size(); ++i) {
    const double even = static_cast<double>(i) / (count - 1);
    if (std::fabs(thresholds[i] - even) > 1.001e-7 + 1e-5 * even) return false;  // NumPy's allclose
  }
  return true;
}

/// The sums of `values` [batch] or [batch, labels] over the predictions above each even threshold: one pass puts the
/// values in buckets between thresholds, and a running sum does the rest.
class Buckets {
 public:
  Buckets(const Tensor& y_pred, const std::vector<double>& thresholds)
      : count_(static_cast<int64_t>(thresholds.size())) {
    Tensor bucket = ceil(clip_by_value(y_pred, 0, 1) * static_cast<double>(count_ - 1));
    // With a threshold below 0, every prediction is above it.
    if (thresholds.front() < 0) bucket = maximum(bucket, 1);
    indices_ = expand_dims(cast(bucket, int32), -1);
    if (y_pred.rank() < 2) return;
    labels_ = y_pred.shape()[1];
    const Tensor label = broadcast_to(reshape(arange(labels_), {1, labels_, 1}), indices_.shape());
    indices_ = concat({indices_, label}, -1);
  }
  Tensor sum_above(const Tensor& values) const {
    Shape shape({count_ + 1});
    if (labels_ >= 0) shape.push_back(labels_);
    return cumsum(scatter_nd(indices_, values, shape), 0, {.reverse = true}).slice({{1}});
  }

 private:
  int64_t count_, labels_ = -1;
  Tensor indices_;
};

/// The same for any thresholds, which each prediction is compared with.
class Comparisons {
 public:
  Comparisons(const Tensor& y_pred, const std::vector<double>& thresholds) {
    Shape shape({static_cast<int64_t>(thresholds.size())});
    for (int i = 0; i < y_pred.rank(); ++i) shape.push_back(1);
    above_ = greater(expand_dims(y_pred, 0), cast(Tensor::from_span<double>(thresholds, shape), y_pred.dtype()));
  }
  Tensor sum_above(const Tensor& values) const { return reduce_sum(where(above_, values, 0), 1); }

 private:
  Tensor above_;
};

template <class Method>
ConfusionCounts count(const Method& method, const Tensor& positives, const Tensor& negatives) {
  ConfusionCounts counts;
  counts.true_positives = method.sum_above(positives);
  counts.false_positives = method.sum_above(negatives);
  counts.false_negatives = reduce_sum(positives, 0) - counts.true_positives;
  counts.true_negatives = reduce_sum(negatives, 0) - counts.false_positives;
  return counts;
}

}  // namespace

ConfusionCounts count_confusion(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight,
                                const ConfusionOptions& options) {
  auto [labels, predictions] = losses::align(y_true, losses::to_dtype(y_pred, options.dtype), losses::Shapes::equal);
  if (options.multi_label && predictions.rank() != 2)
    throw ShapeError("predictions of several labels are [batch, labels]; received " + y_pred.shape().to_string());
  if (options.top_k) predictions = keep_top_k(predictions, *options.top_k);
  if (options.class_id) {
    labels = only_class(labels, *options.class_id);
    predictions = only_class(predictions, *options.class_id);
  }
  Tensor weights = spread_weights(predictions, sample_weight, options);
  Tensor truth = cast(cast(labels, boolean), options.dtype);
  if (!options.multi_label) {
    for (Tensor* x : {&weights, &truth, &predictions}) *x = reshape(*x, {-1});
  }
  const Tensor positives = truth * weights, negatives = (1 - truth) * weights;
  return are_even(options.thresholds) ? count(Buckets(predictions, options.thresholds), positives, negatives)
                                      : count(Comparisons(predictions, options.thresholds), positives, negatives);
}

std::vector<double> parse_thresholds(const char* class_name, const Numbers& thresholds, double standard) {
  for (double threshold : thresholds.values)
    if (!(threshold >= 0 && threshold <= 1))
      throw ValueError(std::string(class_name) + ": thresholds: must be in [0, 1]; received " +
                       std::to_string(threshold));
  return thresholds.empty() ? std::vector<double>{standard} : thresholds.values;
}

std::vector<double> even_thresholds(int64_t count) {
  std::vector<double> thresholds(count);
  for (int64_t i = 0; i < count; ++i) thresholds[i] = static_cast<double>(i) / static_cast<double>(count - 1);
  return thresholds;
}

}  // namespace cornu::metrics
