#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/losses/internal/weighting.h>
#include <cornu/metrics/f_score_metrics.h>
#include <cornu/metrics/internal/updating.h>

namespace cornu::metrics {

namespace {

/// 1 for predictions above the threshold, or for the largest one of each sample (and those equal to it).
Tensor decide(const Tensor& y_pred, const std::optional<double>& threshold) {
  if (threshold) return cast(greater(y_pred, *threshold), y_pred.dtype());
  const Tensor largest = reduce_max(y_pred, -1, {.keepdims = true});
  return cast(logical_and(greater_equal(y_pred, largest), greater(abs(y_pred), 1e-9)), y_pred.dtype());
}

void require_classes(const Tensor& y_true, const Tensor& y_pred) {
  if (y_pred.rank() != 2 || !losses::agree(y_true.shape(), y_pred.shape()))
    throw ShapeError("y_true and y_pred must be [batch, classes]; received " + y_true.shape().to_string() + " and " +
                     y_pred.shape().to_string());
}

}  // namespace

void FScore::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update(*this, [&] {
    require_classes(y_true, y_pred);
    const bool all_together = settings_.average == "micro";
    const Tensor truth = losses::to_dtype(y_true, dtype());
    const Tensor decisions = decide(losses::to_dtype(y_pred, dtype()), settings_.threshold);
    Tensor weights;
    if (sample_weight.defined()) {
      weights = losses::to_dtype(sample_weight, dtype());
      if (weights.rank() == 1) weights = expand_dims(weights, 1);
      losses::require_fitting_weights(truth, weights);
    }
    const auto sum = [&](const Tensor& values) {
      return reduce_sum(weights.defined() ? values * weights : values, all_together ? Axes() : Axes(0));
    };
    const Tensor hits = sum(decisions * truth), wrong = sum(decisions * (1 - truth));
    const Tensor missed = sum((1 - decisions) * truth), all_true = sum(truth);
    if (!true_positives_.defined()) {
      true_positives_ = add_weight({.name = "true_positives", .shape = hits.shape()});
      false_positives_ = add_weight({.name = "false_positives", .shape = hits.shape()});
      false_negatives_ = add_weight({.name = "false_negatives", .shape = hits.shape()});
      class_weights_ = add_weight({.name = "intermediate_weights", .shape = hits.shape()});
    }
    if (hits.shape() != true_positives_.shape())
      throw ShapeError("this metric is of " + std::to_string(true_positives_.size()) +
                       " classes; received y_pred of shape " + y_pred.shape().to_string());
    true_positives_.assign_add(hits);
    false_positives_.assign_add(wrong);
    false_negatives_.assign_add(missed);
    class_weights_.assign_add(all_true);
  });
}

Tensor FScore::result() {
  using losses::epsilon;
  if (!true_positives_.defined())
    throw StateError(name() + ": there is no result before the first update, which tells the number of classes");
  const double square_of_beta = settings_.beta * settings_.beta;
  const Tensor precision = true_positives_ / (true_positives_ + false_positives_ + epsilon);
  const Tensor recall = true_positives_ / (true_positives_ + false_negatives_ + epsilon);
  const Tensor scores = (1 + square_of_beta) * (precision * recall / (square_of_beta * precision + recall + epsilon));
  if (!settings_.average) return scores;
  if (settings_.average != "weighted") return reduce_mean(scores);
  return reduce_sum(scores * (class_weights_ / (reduce_sum(class_weights_) + epsilon)));
}

void FBetaScoreOptions::describe(Fields& fields) {
  fields("average", average, one_of({"micro", "macro", "weighted"}));
  fields("beta", beta, above(0));
  fields("threshold", threshold, {.minimum = 0, .maximum = 1, .exclusive_minimum = true});
  fields("name", name);
  fields("dtype", dtype);
}
FBetaScore::FBetaScore(const Options& options) : ConfiguredMetric("FBetaScore", options, options) {}

void F1ScoreOptions::describe(Fields& fields) {
  fields("average", average, one_of({"micro", "macro", "weighted"}));
  fields("threshold", threshold, {.minimum = 0, .maximum = 1, .exclusive_minimum = true});
  fields("name", name);
  fields("dtype", dtype);
}
F1Score::F1Score(const Options& options)
    : ConfiguredMetric("F1Score", options,
                       FBetaScoreOptions{.average = options.average, .threshold = options.threshold}) {}

}  // namespace cornu::metrics
