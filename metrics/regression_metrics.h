#pragma once
#include <cornu/metrics/reduction_metrics.h>

/// Metrics of predicted numbers: means over all samples of what the loss of the same name is for each.
namespace cornu::metrics {

/// The mean of (y_true - y_pred)^2.
///
///     metrics::MeanSquaredError error;
///     error.update_state(constant({{0.f, 1.f}, {0.f, 0.f}}), constant({{1.f, 1.f}, {0.f, 0.f}}));  // 0.25
///
/// Source: Keras's MeanSquaredError metric.
class CORNU_API MeanSquaredError : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit MeanSquaredError(const Options& options = {});
};

/// The mean of |y_true - y_pred|.
///
///     metrics::MeanAbsoluteError error;
///     error.update_state(constant({{0.f, 1.f}, {0.f, 0.f}}), constant({{1.f, 1.f}, {0.f, 0.f}}));  // 0.25
///
/// Source: Keras's MeanAbsoluteError metric.
class CORNU_API MeanAbsoluteError : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit MeanAbsoluteError(const Options& options = {});
};

/// The mean of 100 |y_true - y_pred| / max(|y_true|, 1e-7), in percent.
///
///     metrics::MeanAbsolutePercentageError error;
///     error.update_state(constant({{2.f, 4.f}}), constant({{1.f, 5.f}}));  // 37.5
///
/// Source: Keras's MeanAbsolutePercentageError metric.
class CORNU_API MeanAbsolutePercentageError : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit MeanAbsolutePercentageError(const Options& options = {});
};

/// The mean of (log(y_true + 1) - log(y_pred + 1))^2.
///
///     metrics::MeanSquaredLogarithmicError error;
///     error.update_state(constant({{0.f, 1.f}}), constant({{1.f, 1.f}}));  // log(2)^2 / 2
///
/// Source: Keras's MeanSquaredLogarithmicError metric.
class CORNU_API MeanSquaredLogarithmicError : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit MeanSquaredLogarithmicError(const Options& options = {});
};

/// The square root of the mean of (y_true - y_pred)^2 over all batches.
///
///     metrics::RootMeanSquaredError error;
///     error.update_state(constant({{0.f, 1.f}, {0.f, 0.f}}), constant({{1.f, 1.f}, {0.f, 0.f}}));  // 0.5
///
/// As in Keras, a mask of y_pred is not looked at. Source: Keras's RootMeanSquaredError metric.
class CORNU_API RootMeanSquaredError : public ConfiguredMetric<Mean, MetricOptions> {
 public:
  explicit RootMeanSquaredError(const Options& options = {});
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) override;
  Tensor result() override;
  using Metric::operator();
};

struct CosineSimilarityOptions {
  std::string name = {};
  std::optional<DType> dtype = {};
  int64_t axis = -1;  ///< along which the vectors lie
  CORNU_API void describe(Fields& fields);
};
/// The mean of the cosine of the angle between y_true and y_pred: 1 for the same direction.
///
///     metrics::CosineSimilarity similarity;
///     similarity.update_state(constant({{0.f, 1.f}, {1.f, 1.f}}), constant({{1.f, 0.f}, {1.f, 1.f}}));  // 0.5
///
/// Source: Keras's CosineSimilarity metric.
class CORNU_API CosineSimilarity : public ConfiguredMetric<MeanMetricWrapper, CosineSimilarityOptions> {
 public:
  explicit CosineSimilarity(const Options& options = {});
};

struct LogCoshErrorOptions {
  std::string name = "logcosh";
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The mean of log(cosh(y_pred - y_true)).
///
///     metrics::LogCoshError error;
///     error.update_state(constant({{0.f, 1.f}, {0.f, 0.f}}), constant({{1.f, 1.f}, {0.f, 0.f}}));  // 0.108
///
/// Source: Keras's LogCoshError metric.
class CORNU_API LogCoshError : public ConfiguredMetric<MeanMetricWrapper, LogCoshErrorOptions> {
 public:
  explicit LogCoshError(const Options& options = {});
};

struct R2ScoreOptions {
  /// of the outputs' scores: none, "uniform_average" or "variance_weighted_average"
  std::optional<std::string> class_aggregation = "uniform_average";
  int64_t num_regressors = 0;  ///< of the model, for the adjusted score; 0 for the plain one
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The coefficient of determination, 1 - sum((y_true - y_pred)^2) / sum((y_true - mean(y_true))^2): 1 for perfect
/// predictions, 0 for those that are no better than the mean.
///
///     metrics::R2Score score;
///     score.update_state(constant({{1.f}, {4.f}, {3.f}}), constant({{2.f}, {4.f}, {4.f}}));  // 0.571
///
/// Source: Keras's R2Score.
class CORNU_API R2Score : public ConfiguredMetric<Metric, R2ScoreOptions> {
 public:
  explicit R2Score(const Options& options = {});
  /// Throws ShapeError unless both are [batch, outputs].
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) override;
  Tensor result() override;

 private:
  Tensor adjusted(const Tensor& score) const;
  Variable num_samples_ = add_weight({.name = "num_samples"});
  Variable squared_sum_, sum_, residual_, count_;
};

}  // namespace cornu::metrics
