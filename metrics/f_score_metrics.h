#pragma once
#include <cornu/metrics/metric.h>

namespace cornu::metrics {

struct FBetaScoreOptions {
  std::optional<std::string> average = {};  ///< of the classes' scores: none, "micro", "macro" or "weighted"
  double beta = 1;                          ///< above 0: how much more the recall counts than the precision
  std::optional<double> threshold = {};     ///< in (0, 1]: predictions above it are 1; by default the largest one is
  std::string name = "fbeta_score";
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};

/// Base of the F-scores: counts of right and wrong decisions for each class, or of all together.
class CORNU_API FScore : public Metric {
 public:
  /// Throws ShapeError unless both are [batch, classes].
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) override;
  Tensor result() override;

 protected:
  FScore(const FBetaScoreOptions& settings, const MetricOptions& options) : Metric(options), settings_(settings) {}

 private:
  FBetaScoreOptions settings_;
  Variable true_positives_, false_positives_, false_negatives_, class_weights_;
};

/// The weighted harmonic mean of precision and recall, (1 + beta^2) precision recall / (beta^2 precision + recall), for
/// one-hot or multi-label classes.
///
///     metrics::FBetaScore score({.beta = 2, .threshold = 0.5});
///     score.update_state(y_true, y_pred);  // [batch, classes] each
///     score.result();                      // one score a class
///
/// Source: Keras's FBetaScore.
class CORNU_API FBetaScore : public ConfiguredMetric<FScore, FBetaScoreOptions> {
 public:
  explicit FBetaScore(const Options& options = {});
};

struct F1ScoreOptions {
  std::optional<std::string> average = {};  ///< of the classes' scores: none, "micro", "macro" or "weighted"
  std::optional<double> threshold = {};     ///< in (0, 1]: predictions above it are 1; by default the largest one is
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The harmonic mean of precision and recall, 2 precision recall / (precision + recall), for one-hot or multi-label
/// classes.
///
///     metrics::F1Score score({.average = "macro"});
///     score.update_state(y_true, y_pred);  // [batch, classes] each
///
/// Source: Keras's F1Score.
class CORNU_API F1Score : public ConfiguredMetric<FScore, F1ScoreOptions> {
 public:
  explicit F1Score(const Options& options = {});
};

}  // namespace cornu::metrics
