#include <algorithm>

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

void AUCOptions::describe(Fields& fields) {
  fields("num_thresholds", num_thresholds, between(2, most_thresholds));
  fields("curve", curve, one_of({"ROC", "roc", "PR", "pr", "PRGAIN", "prgain"}));
  fields("summation_method", summation_method,
         one_of({"interpolation", "Interpolation", "minoring", "Minoring", "majoring", "Majoring"}));
  fields("name", name);
  fields("dtype", dtype);
  fields("thresholds", thresholds);
  fields("multi_label", multi_label);
  fields("num_labels", num_labels, at_least(1));
  fields("label_weights", label_weights, finite_at_least(0));
  fields("from_logits", from_logits);
}

namespace {

/// The thresholds, of which the outer ones are beyond 0 and 1 so that predictions of exactly 0 and 1 count.
std::vector<double> curve_thresholds(const AUCOptions& unchecked) {
  const AUCOptions options = checked_options("AUC", unchecked);
  if (options.num_labels && !options.multi_label) throw ValueError("AUC: num_labels: is for multi_label = true only");
  std::vector<double> thresholds = even_thresholds(options.num_thresholds);
  if (!options.thresholds.empty()) {
    thresholds = parse_thresholds("AUC", options.thresholds, 0);
    std::sort(thresholds.begin(), thresholds.end());
    thresholds.insert(thresholds.begin(), 0.0);
    thresholds.push_back(1.0);
  }
  thresholds.front() = -losses::epsilon;
  thresholds.back() = 1 + losses::epsilon;
  return thresholds;
}

bool is_one_of(const std::string& value, const char* lower, const char* upper) {
  return value == lower || value == upper;
}

/// Values at each threshold but the last, and at each but the first.
std::pair<Tensor, Tensor> neighbours(const Tensor& values) { return {values.slice({{{}, -1}}), values.slice({{1}})}; }

/// Precision and recall relative to those of a random decision (Flach and Kull 2015), where there are true positives.
Tensor gain(const Tensor& errors, const Tensor& hits, const Tensor& scale, double without_hits) {
  return where(equal(hits, 0), without_hits, 1 - scale * divide_no_nan(errors, hits));
}

}  // namespace

AUC::AUC(const Options& options)
    : ConfiguredMetric("AUC", options, curve_thresholds(options), std::optional<int64_t>()) {
  if (!options.multi_label)
    count_all();
  else if (options.num_labels)
    count_labels(*options.num_labels);
}

Tensor AUC::label_weights() const {
  if (options_.label_weights.empty()) return {};
  const std::vector<double>& weights = options_.label_weights.values;
  return cast(Tensor::from_span<double>(weights, {static_cast<int64_t>(weights.size())}), dtype());
}

void AUC::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update(*this, [&] {
    const Tensor weights = label_weights();
    if (weights.defined() && (y_pred.rank() == 0 || y_pred.shape().back() != weights.size()))
      throw ShapeError("there are " + std::to_string(weights.size()) + " label_weights for predictions of shape " +
                       y_pred.shape().to_string() + "; expected one for each label");
    add(y_true, options_.from_logits ? sigmoid(y_pred) : y_pred, sample_weight,
        options_.multi_label ? Tensor() : weights, options_.multi_label);
  });
}

/// The points of the curve: x and y at each threshold.
std::pair<Tensor, Tensor> AUC::curve() const {
  if (is_one_of(options_.curve, "roc", "ROC")) return {false_positive_rate(), recall()};
  if (is_one_of(options_.curve, "pr", "PR")) return {recall(), precision()};
  const Tensor scale = divide_no_nan(true_positives_ + false_negatives_, true_negatives_ + false_positives_);
  return {maximum(gain(false_negatives_, true_positives_, scale, 0), 0),
          gain(false_positives_, true_positives_, scale, 1)};
}

/// Between thresholds true positives tp and positives p = tp + fp vary linearly, precision tp / p does not: with the
/// slope s = dtp / dp and the intercept i = tp - s p, its integral over tp is s (dtp + i log(p_A / p_B)).
Tensor AUC::interpolated_precision_terms() const {
  const auto [tp, next_tp] = neighbours(true_positives_);
  const auto [p, next_p] = neighbours(true_positives_ + false_positives_);
  const Tensor step = tp - next_tp, slope = divide_no_nan(step, maximum(p - next_p, 0));
  const Tensor intercept = next_tp - slope * next_p;
  const Tensor both = logical_and(greater(p, 0), greater(next_p, 0));
  const Tensor ratio = where(both, divide_no_nan(p, maximum(next_p, 0)), 1);
  const Tensor all_true = neighbours(true_positives_ + false_negatives_).second;
  return divide_no_nan(slope * (step + intercept * log(ratio)), maximum(all_true, 0));
}

Tensor AUC::result() {
  if (!has_state())
    throw StateError(name() + ": there is no result before the first update, which tells the number of labels");
  Tensor terms;
  const bool interpolates = is_one_of(options_.summation_method, "interpolation", "Interpolation");
  if (interpolates && is_one_of(options_.curve, "pr", "PR")) {
    terms = interpolated_precision_terms();
  } else {
    const auto [x, y] = curve();
    const auto [left_x, right_x] = neighbours(x);
    const auto [left, right] = neighbours(y);
    const bool minoring = is_one_of(options_.summation_method, "minoring", "Minoring");
    terms = (left_x - right_x) * (interpolates ? (left + right) / 2
                                  : minoring   ? minimum(left, right)
                                               : maximum(left, right));
  }
  if (!options_.multi_label) return reduce_sum(terms);
  const Tensor areas = reduce_sum(terms, 0), weights = label_weights();
  return weights.defined() ? divide_no_nan(reduce_sum(areas * weights), reduce_sum(weights)) : reduce_mean(areas);
}

}  // namespace cornu::metrics
