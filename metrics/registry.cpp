#include <cornu/metrics/accuracy_metrics.h>
#include <cornu/metrics/confusion_metrics.h>
#include <cornu/metrics/f_score_metrics.h>
#include <cornu/metrics/hinge_metrics.h>
#include <cornu/metrics/iou_metrics.h>
#include <cornu/metrics/probabilistic_metrics.h>
#include <cornu/metrics/regression_metrics.h>

namespace cornu::metrics {

namespace {

Registry<Metric> known_metrics() {
  Registry<Metric> metrics("metric", "keras.metrics");
  metrics.add<Mean>("Mean");
  metrics.add<Sum>("Sum");
  metrics.add<MeanSquaredError>("MeanSquaredError", {"mse", "MSE"});
  metrics.add<MeanAbsoluteError>("MeanAbsoluteError", {"mae", "MAE"});
  metrics.add<MeanAbsolutePercentageError>("MeanAbsolutePercentageError", {"mape", "MAPE"});
  metrics.add<MeanSquaredLogarithmicError>("MeanSquaredLogarithmicError", {"msle", "MSLE"});
  metrics.add<RootMeanSquaredError>("RootMeanSquaredError", {"rmse", "RMSE"});
  metrics.add<CosineSimilarity>("CosineSimilarity");
  metrics.add<LogCoshError>("LogCoshError", {"logcosh", "log_cosh"});
  metrics.add<Hinge>("Hinge");
  metrics.add<SquaredHinge>("SquaredHinge");
  metrics.add<CategoricalHinge>("CategoricalHinge");
  metrics.add<KLDivergence>("KLDivergence", {"kld", "KLD", "kullback_leibler_divergence"});
  metrics.add<Poisson>("Poisson");
  metrics.add<BinaryCrossentropy>("BinaryCrossentropy", {"bce", "BCE"});
  metrics.add<CategoricalCrossentropy>("CategoricalCrossentropy");
  metrics.add<SparseCategoricalCrossentropy>("SparseCategoricalCrossentropy");
  metrics.add<Accuracy>("Accuracy");
  metrics.add<BinaryAccuracy>("BinaryAccuracy");
  metrics.add<CategoricalAccuracy>("CategoricalAccuracy");
  metrics.add<SparseCategoricalAccuracy>("SparseCategoricalAccuracy");
  metrics.add<TopKCategoricalAccuracy>("TopKCategoricalAccuracy");
  metrics.add<SparseTopKCategoricalAccuracy>("SparseTopKCategoricalAccuracy");
  metrics.add<R2Score>("R2Score");
  metrics.add<TruePositives>("TruePositives");
  metrics.add<FalsePositives>("FalsePositives");
  metrics.add<TrueNegatives>("TrueNegatives");
  metrics.add<FalseNegatives>("FalseNegatives");
  metrics.add<Precision>("Precision");
  metrics.add<Recall>("Recall");
  metrics.add<SensitivityAtSpecificity>("SensitivityAtSpecificity");
  metrics.add<SpecificityAtSensitivity>("SpecificityAtSensitivity");
  metrics.add<PrecisionAtRecall>("PrecisionAtRecall");
  metrics.add<RecallAtPrecision>("RecallAtPrecision");
  metrics.add<AUC>("AUC");
  metrics.add<F1Score>("F1Score");
  metrics.add<FBetaScore>("FBetaScore", {"fbeta_score"});
  metrics.add<IoU>("IoU");
  metrics.add<BinaryIoU>("BinaryIoU");
  metrics.add<MeanIoU>("MeanIoU");
  metrics.add<OneHotIoU>("OneHotIoU");
  metrics.add<OneHotMeanIoU>("OneHotMeanIoU");
  return metrics;
}

}  // namespace

Registry<Metric>& registry() {
  static Registry<Metric> metrics = known_metrics();
  return metrics;
}

}  // namespace cornu::metrics
