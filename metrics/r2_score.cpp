#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/losses/internal/weighting.h>
#include <cornu/metrics/internal/updating.h>
#include <cornu/metrics/regression_metrics.h>

namespace cornu::metrics {

void R2ScoreOptions::describe(Fields& fields) {
  fields("class_aggregation", class_aggregation, one_of({"uniform_average", "variance_weighted_average"}));
  fields("num_regressors", num_regressors, at_least(0));
  fields("name", name);
  fields("dtype", dtype);
}
R2Score::R2Score(const Options& options) : ConfiguredMetric("R2Score", options) {}

void R2Score::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update(*this, [&] {
    const auto [truth, predictions] =
        losses::align(losses::to_dtype(y_true, dtype()), losses::to_dtype(y_pred, dtype()), losses::Shapes::equal);
    if (truth.rank() != 2)
      throw ShapeError("y_true and y_pred must be [batch, outputs]; received " + y_true.shape().to_string() + " and " +
                       y_pred.shape().to_string());
    Tensor weights = ones_like(truth);
    if (sample_weight.defined()) {
      Tensor given = losses::to_dtype(sample_weight, dtype());
      if (given.rank() == 1) given = expand_dims(given, 1);
      losses::require_fitting_weights(truth, given);
      weights = weights * given;
    }
    const Tensor weighted = truth * weights, count = reduce_sum(weights, 0), sum = reduce_sum(weighted, 0);
    const Tensor squares = reduce_sum(truth * weighted, 0);
    const Tensor residual = reduce_sum(squared_difference(truth, predictions) * weights, 0);
    if (!sum_.defined()) {
      squared_sum_ = add_weight({.name = "squared_sum", .shape = sum.shape()});
      sum_ = add_weight({.name = "sum", .shape = sum.shape()});
      residual_ = add_weight({.name = "residual", .shape = sum.shape()});
      count_ = add_weight({.name = "count", .shape = sum.shape()});
    }
    if (sum.shape() != sum_.shape())
      throw ShapeError("this metric is of " + std::to_string(sum_.size()) + " outputs; received y_pred of shape " +
                       y_pred.shape().to_string());
    squared_sum_.assign_add(squares);
    sum_.assign_add(sum);
    residual_.assign_add(residual);
    count_.assign_add(count);
    num_samples_.assign_add(reduce_sum(ones_like(truth)));
  });
}

/// 1 - (1 - score) (n - 1) / (n - regressors - 1), where there are samples enough.
Tensor R2Score::adjusted(const Tensor& score) const {
  const auto regressors = static_cast<double>(options_.num_regressors);
  const Tensor freedom = num_samples_ - (regressors + 1);
  const Tensor corrected = 1 - (1 - score) * (num_samples_ - 1) / where(greater(freedom, 0), freedom, 1);
  return where(greater(freedom, 0), corrected, score);
}

Tensor R2Score::result() {
  if (!sum_.defined())
    throw StateError(name() + ": there is no result before the first update, which tells the number of outputs");
  const Tensor total = squared_sum_ - sum_ * (sum_ / count_);
  Tensor scores = 1 - residual_ / total;
  scores = where(is_inf(scores), 0, scores);
  if (options_.class_aggregation == "uniform_average")
    scores = reduce_mean(scores);
  else if (options_.class_aggregation)
    scores = reduce_sum(total * scores) / reduce_sum(total);
  return options_.num_regressors == 0 ? scores : adjusted(scores);
}

}  // namespace cornu::metrics
