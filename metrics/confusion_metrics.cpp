#include <algorithm>
#include <cctype>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/losses/internal/weighting.h>
#include <cornu/metrics/confusion_metrics.h>
#include <cornu/metrics/internal/confusion.h>
#include <cornu/metrics/internal/updating.h>

namespace cornu::metrics {

using losses::divide_no_nan;

namespace {

/// A scalar where there is one threshold.
Tensor one_or_all(const Tensor& values) { return values.shape()[0] == 1 ? values[0] : values; }

Shape shape_of(const std::vector<double>& thresholds) { return {static_cast<int64_t>(thresholds.size())}; }

std::vector<double> precision_thresholds(const char* class_name, const PrecisionOptions& options) {
  return parse_thresholds(class_name, options.thresholds, options.top_k ? below_all : 0.5);
}

ConfusionOptions confusion_options(const PrecisionOptions& options, const std::vector<double>& thresholds,
                                   DType dtype) {
  return {.thresholds = thresholds, .top_k = options.top_k, .class_id = options.class_id, .dtype = dtype};
}

}  // namespace

ConfusionCount::ConfusionCount(const char* class_name, const Options& options, Kind kind)
    : ConfiguredMetric(class_name, options),
      thresholds_(parse_thresholds(class_name, options.thresholds, 0.5)),
      kind_(kind),
      accumulator_(add_weight({.name = "accumulator", .shape = shape_of(thresholds_)})) {}

void ConfusionCountOptions::describe(Fields& fields) {
  fields("thresholds", thresholds);
  fields("name", name);
  fields("dtype", dtype);
}
void ConfusionCount::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update(*this, [&] {
    const ConfusionCounts counts =
        count_confusion(y_true, y_pred, sample_weight, {.thresholds = thresholds_, .dtype = dtype()});
    accumulator_.assign_add(kind_ == Kind::true_positives    ? counts.true_positives
                            : kind_ == Kind::false_positives ? counts.false_positives
                            : kind_ == Kind::true_negatives  ? counts.true_negatives
                                                             : counts.false_negatives);
  });
}

Tensor ConfusionCount::result() { return one_or_all(accumulator_); }

TruePositives::TruePositives(const Options& options) : ConfusionCount("TruePositives", options, Kind::true_positives) {}
FalsePositives::FalsePositives(const Options& options)
    : ConfusionCount("FalsePositives", options, Kind::false_positives) {}
TrueNegatives::TrueNegatives(const Options& options) : ConfusionCount("TrueNegatives", options, Kind::true_negatives) {}
FalseNegatives::FalseNegatives(const Options& options)
    : ConfusionCount("FalseNegatives", options, Kind::false_negatives) {}

Precision::Precision(const Options& options)
    : ConfiguredMetric("Precision", options),
      thresholds_(precision_thresholds("Precision", options)),
      true_positives_(add_weight({.name = "true_positives", .shape = shape_of(thresholds_)})),
      false_positives_(add_weight({.name = "false_positives", .shape = shape_of(thresholds_)})) {}

void PrecisionOptions::describe(Fields& fields) {
  fields("thresholds", thresholds);
  fields("top_k", top_k, at_least(1));
  fields("class_id", class_id, at_least(0));
  fields("name", name);
  fields("dtype", dtype);
}
void Precision::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update(*this, [&] {
    const ConfusionCounts counts =
        count_confusion(y_true, y_pred, sample_weight, confusion_options(options_, thresholds_, dtype()));
    true_positives_.assign_add(counts.true_positives);
    false_positives_.assign_add(counts.false_positives);
  });
}

Tensor Precision::result() { return one_or_all(divide_no_nan(true_positives_, true_positives_ + false_positives_)); }

Recall::Recall(const Options& options)
    : ConfiguredMetric("Recall", options),
      thresholds_(precision_thresholds("Recall", options)),
      true_positives_(add_weight({.name = "true_positives", .shape = shape_of(thresholds_)})),
      false_negatives_(add_weight({.name = "false_negatives", .shape = shape_of(thresholds_)})) {}

void Recall::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update(*this, [&] {
    const ConfusionCounts counts =
        count_confusion(y_true, y_pred, sample_weight, confusion_options(options_, thresholds_, dtype()));
    true_positives_.assign_add(counts.true_positives);
    false_negatives_.assign_add(counts.false_negatives);
  });
}

Tensor Recall::result() { return one_or_all(divide_no_nan(true_positives_, true_positives_ + false_negatives_)); }

ConfusionCurve::ConfusionCurve(std::vector<double> thresholds, std::optional<int64_t> class_id,
                               const MetricOptions& options)
    : Metric(options), thresholds_(std::move(thresholds)), class_id_(class_id) {}

void ConfusionCurve::make_state(const Shape& shape) {
  true_positives_ = add_weight({.name = "true_positives", .shape = shape});
  false_positives_ = add_weight({.name = "false_positives", .shape = shape});
  true_negatives_ = add_weight({.name = "true_negatives", .shape = shape});
  false_negatives_ = add_weight({.name = "false_negatives", .shape = shape});
}

void ConfusionCurve::count_all() { make_state(shape_of(thresholds_)); }
void ConfusionCurve::count_labels(int64_t labels) { make_state({static_cast<int64_t>(thresholds_.size()), labels}); }

void ConfusionCurve::add(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight,
                         const Tensor& label_weights, bool multi_label) {
  const ConfusionCounts counts = count_confusion(y_true, y_pred, sample_weight,
                                                 {.thresholds = thresholds_,
                                                  .class_id = class_id_,
                                                  .multi_label = multi_label,
                                                  .label_weights = label_weights,
                                                  .dtype = dtype()});
  if (!has_state()) count_labels(counts.true_positives.shape().back());
  if (counts.true_positives.shape() != true_positives_.shape())
    throw ShapeError("this metric counts " + std::to_string(true_positives_.shape().back()) +
                     " labels; received predictions of shape " + y_pred.shape().to_string());
  true_positives_.assign_add(counts.true_positives);
  false_positives_.assign_add(counts.false_positives);
  true_negatives_.assign_add(counts.true_negatives);
  false_negatives_.assign_add(counts.false_negatives);
}

void ConfusionCurve::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update(*this, [&] { add(y_true, y_pred, sample_weight, {}, false); });
}

Tensor ConfusionCurve::precision() const { return divide_no_nan(true_positives_, true_positives_ + false_positives_); }
Tensor ConfusionCurve::recall() const { return divide_no_nan(true_positives_, true_positives_ + false_negatives_); }
Tensor ConfusionCurve::specificity() const {
  return divide_no_nan(true_negatives_, true_negatives_ + false_positives_);
}
Tensor ConfusionCurve::false_positive_rate() const {
  return divide_no_nan(false_positives_, true_negatives_ + false_positives_);
}

Tensor ConfusionCurve::best_value(const Tensor& value, const Tensor& constrained, double bound) {
  return reduce_max(where(greater_equal(constrained, bound), value, 0));
}

namespace {

/// `bound` is what the other measure has to reach.
template <class Options>
void describe_curve(Fields& fields, const char* name, double& bound, Options& options) {
  fields(name, bound, between(0, 1));
  fields("num_thresholds", options.num_thresholds, between(1, most_thresholds));
  fields("class_id", options.class_id, at_least(0));
  fields("name", options.name);
  fields("dtype", options.dtype);
}

template <class Options>
std::vector<double> tried_thresholds(const char* class_name, const Options& options) {
  const int64_t count = checked_options(class_name, options).num_thresholds;
  return count == 1 ? std::vector<double>{0.5} : even_thresholds(count);
}

}  // namespace

SensitivityAtSpecificity::SensitivityAtSpecificity(const Options& options)
    : ConfiguredMetric("SensitivityAtSpecificity", options, tried_thresholds("SensitivityAtSpecificity", options),
                       options.class_id) {
  count_all();
}
void SensitivityAtSpecificityOptions::describe(Fields& fields) {
  describe_curve(fields, "specificity", specificity, *this);
}
Tensor SensitivityAtSpecificity::result() { return best_value(recall(), specificity(), options_.specificity); }

SpecificityAtSensitivity::SpecificityAtSensitivity(const Options& options)
    : ConfiguredMetric("SpecificityAtSensitivity", options, tried_thresholds("SpecificityAtSensitivity", options),
                       options.class_id) {
  count_all();
}
void SpecificityAtSensitivityOptions::describe(Fields& fields) {
  describe_curve(fields, "sensitivity", sensitivity, *this);
}
Tensor SpecificityAtSensitivity::result() { return best_value(specificity(), recall(), options_.sensitivity); }

PrecisionAtRecall::PrecisionAtRecall(const Options& options)
    : ConfiguredMetric("PrecisionAtRecall", options, tried_thresholds("PrecisionAtRecall", options), options.class_id) {
  count_all();
}
void PrecisionAtRecallOptions::describe(Fields& fields) { describe_curve(fields, "recall", recall, *this); }
Tensor PrecisionAtRecall::result() { return best_value(precision(), recall(), options_.recall); }

RecallAtPrecision::RecallAtPrecision(const Options& options)
    : ConfiguredMetric("RecallAtPrecision", options, tried_thresholds("RecallAtPrecision", options), options.class_id) {
  count_all();
}
void RecallAtPrecisionOptions::describe(Fields& fields) { describe_curve(fields, "precision", precision, *this); }
Tensor RecallAtPrecision::result() { return best_value(recall(), precision(), options_.precision); }

}  // namespace cornu::metrics
