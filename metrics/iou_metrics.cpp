#include <algorithm>
#include <numeric>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/losses/internal/weighting.h>
#include <cornu/metrics/internal/updating.h>
#include <cornu/metrics/iou_metrics.h>

namespace cornu::metrics {

namespace {

/// The matrix of so many classes takes 40 GB.
constexpr int64_t most_classes = 100'000;

std::vector<int64_t> all_classes(int64_t count) {
  std::vector<int64_t> classes(std::clamp<int64_t>(count, 0, most_classes + 1));
  std::iota(classes.begin(), classes.end(), 0);
  return classes;
}

Tensor flat_class_numbers(const Tensor& x, bool are_class_numbers, int64_t axis) {
  return reshape(are_class_numbers ? cast(x, int32) : argmax(x, axis, int32), {-1});
}

}  // namespace

ConfusionMatrixMetric::ConfusionMatrixMetric(const char* class_name, const Settings& settings,
                                             const MetricOptions& options)
    : Metric(options), settings_(settings) {
  const int64_t count = settings.num_classes;
  if (count < 1 || count > most_classes)
    throw ValueError(std::string(class_name) + ": num_classes: must be at least 1 and at most " +
                     std::to_string(most_classes) + "; received " + std::to_string(count));
  if (settings.target_class_ids.empty())
    throw ValueError(std::string(class_name) + ": target_class_ids: name at least one class");
  for (int64_t id : settings.target_class_ids)
    if (id < 0 || id >= count)
      throw ValueError(std::string(class_name) + ": target_class_ids: class " + std::to_string(id) +
                       " is out of range for " + std::to_string(count) + " classes");
  total_ = add_weight({.name = "total_confusion_matrix", .shape = {count, count}});
}

void ConfusionMatrixMetric::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update(*this, [&] {
    Tensor truth = flat_class_numbers(y_true, settings_.sparse_y_true, settings_.axis);
    Tensor predicted = flat_class_numbers(y_pred, settings_.sparse_y_pred, settings_.axis);
    if (!losses::agree(truth.shape(), predicted.shape()))
      throw ShapeError("y_true of shape " + y_true.shape().to_string() + " does not fit y_pred of shape " +
                       y_pred.shape().to_string() + "; both must have as many class numbers");
    Tensor weights = ones_like(cast(truth, dtype()));
    if (sample_weight.defined()) {
      Tensor given = losses::to_dtype(sample_weight, dtype());
      if (given.rank() > 1) given = reshape(given, {-1});
      losses::require_fitting_weights(truth, given);
      weights = weights * given;
    }
    if (settings_.ignore_class) {
      const Tensor valid = not_equal(truth, *settings_.ignore_class);
      truth = where(valid, truth, 0);
      predicted = where(valid, predicted, 0);
      weights = where(valid, weights, 0);
    }
    total_.assign_add(scatter_nd(stack({truth, predicted}, 1), weights, total_.shape()));
  });
}

Tensor ConfusionMatrixMetric::result() {
  const Tensor matrix = total_;
  const Tensor hits = reduce_sum(matrix * eye(settings_.num_classes, {}, dtype()), 0);
  const Tensor all = reduce_sum(matrix, 0) + reduce_sum(matrix, 1) - hits;
  const Tensor targets = cast(
      Tensor::from_span<int64_t>(settings_.target_class_ids, {static_cast<int64_t>(settings_.target_class_ids.size())}),
      int32);
  const Tensor target_all = gather(all, targets);
  const Tensor overlaps = gather(hits, targets) / (target_all + losses::epsilon);
  return reduce_sum(overlaps) / (reduce_sum(cast(greater(target_all, 1e-9), dtype())) + losses::epsilon);
}

namespace {

template <class Options>
void describe_iou(Fields& fields, Options& options) {
  fields("num_classes", options.num_classes, between(1, static_cast<double>(most_classes)));
  if constexpr (requires { options.target_class_ids; }) fields("target_class_ids", options.target_class_ids);
  fields("name", options.name);
  fields("dtype", options.dtype);
  fields("ignore_class", options.ignore_class);
  if constexpr (requires { options.sparse_y_true; }) fields("sparse_y_true", options.sparse_y_true);
  fields("sparse_y_pred", options.sparse_y_pred);
  fields("axis", options.axis);
}

}  // namespace

void IoUOptions::describe(Fields& fields) { describe_iou(fields, *this); }
IoU::IoU(const Options& options)
    : ConfiguredMetric("IoU", options, "IoU",
                       Settings{options.num_classes, options.target_class_ids, options.ignore_class,
                                options.sparse_y_true, options.sparse_y_pred, options.axis}) {}

void BinaryIoUOptions::describe(Fields& fields) {
  fields("target_class_ids", target_class_ids);
  fields("threshold", threshold);
  fields("name", name);
  fields("dtype", dtype);
}
BinaryIoU::BinaryIoU(const Options& options)
    : ConfiguredMetric("BinaryIoU", options, "BinaryIoU", Settings{2, options.target_class_ids}) {}
void BinaryIoU::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update(*this, [&] {
    const Tensor decisions = greater_equal(losses::to_dtype(y_pred, dtype()), options_.threshold);
    ConfusionMatrixMetric::update_state(y_true, cast(decisions, int32), sample_weight);
  });
}

void MeanIoUOptions::describe(Fields& fields) { describe_iou(fields, *this); }
MeanIoU::MeanIoU(const Options& options)
    : ConfiguredMetric("MeanIoU", options, "MeanIoU",
                       Settings{options.num_classes, all_classes(options.num_classes), options.ignore_class,
                                options.sparse_y_true, options.sparse_y_pred, options.axis}) {}

void OneHotIoUOptions::describe(Fields& fields) { describe_iou(fields, *this); }
OneHotIoU::OneHotIoU(const Options& options)
    : ConfiguredMetric("OneHotIoU", options, "OneHotIoU",
                       Settings{options.num_classes, options.target_class_ids, options.ignore_class, false,
                                options.sparse_y_pred, options.axis}) {}

void OneHotMeanIoUOptions::describe(Fields& fields) { describe_iou(fields, *this); }
OneHotMeanIoU::OneHotMeanIoU(const Options& options)
    : ConfiguredMetric("OneHotMeanIoU", options, "OneHotMeanIoU",
                       Settings{options.num_classes, all_classes(options.num_classes), options.ignore_class, false,
                                options.sparse_y_pred, options.axis}) {}

}  // namespace cornu::metrics
