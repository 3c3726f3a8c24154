#include <cornu/core/ops/math.h>
#include <cornu/losses/internal/weighting.h>
#include <cornu/losses/regression_losses.h>
#include <cornu/metrics/internal/updating.h>
#include <cornu/metrics/regression_metrics.h>

namespace cornu::metrics {

MeanSquaredError::MeanSquaredError(const Options& options)
    : ConfiguredMetric("MeanSquaredError", options, losses::mean_squared_error) {}

MeanAbsoluteError::MeanAbsoluteError(const Options& options)
    : ConfiguredMetric("MeanAbsoluteError", options, losses::mean_absolute_error) {}

MeanAbsolutePercentageError::MeanAbsolutePercentageError(const Options& options)
    : ConfiguredMetric("MeanAbsolutePercentageError", options, losses::mean_absolute_percentage_error) {}

MeanSquaredLogarithmicError::MeanSquaredLogarithmicError(const Options& options)
    : ConfiguredMetric("MeanSquaredLogarithmicError", options, losses::mean_squared_logarithmic_error) {}

RootMeanSquaredError::RootMeanSquaredError(const Options& options)
    : ConfiguredMetric("RootMeanSquaredError", options) {}

void RootMeanSquaredError::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update(*this, [&] {
    const auto [truth, predictions] =
        losses::align(losses::to_dtype(y_true, dtype()), losses::to_dtype(y_pred, dtype()), losses::Shapes::broadcast);
    add_values(squared_difference(predictions, truth), sample_weight);
  });
}

Tensor RootMeanSquaredError::result() { return sqrt(Mean::result()); }

void CosineSimilarityOptions::describe(Fields& fields) {
  fields("name", name);
  fields("dtype", dtype);
  fields("axis", axis);
}
CosineSimilarity::CosineSimilarity(const Options& options)
    : ConfiguredMetric("CosineSimilarity", options, [axis = options.axis](const Tensor& y_true, const Tensor& y_pred) {
        return -losses::cosine_similarity(y_true, y_pred, axis);
      }) {}

void LogCoshErrorOptions::describe(Fields& fields) {
  fields("name", name);
  fields("dtype", dtype);
}
LogCoshError::LogCoshError(const Options& options) : ConfiguredMetric("LogCoshError", options, losses::log_cosh) {}

}  // namespace cornu::metrics
