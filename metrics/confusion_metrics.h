#pragma once
#include <cornu/core/config/numbers.h>
#include <cornu/metrics/metric.h>

/// Metrics of yes-or-no decisions: a prediction above a threshold is positive, a label that is not 0 is true. y_true
/// and y_pred [batch, ..] have the same shape; all throw ShapeError naming both where they have not. Sample weights are
/// one for each sample, or one for each prediction.
namespace cornu::metrics {

struct ConfusionCountOptions {
  Numbers thresholds = {};  ///< in [0, 1]; 0.5 by default. The result has a value for each
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};

/// Base of the four counts.
class CORNU_API ConfusionCount : public ConfiguredMetric<Metric, ConfusionCountOptions> {
 public:
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) override;
  Tensor result() override;

 protected:
  enum class Kind { true_positives, false_positives, true_negatives, false_negatives };
  ConfusionCount(const char* class_name, const Options& options, Kind kind);

 private:
  std::vector<double> thresholds_;
  Kind kind_;
  Variable accumulator_;
};

/// The (weighted) number of positive decisions that are right.
///
///     metrics::TruePositives count;
///     count.update_state(constant({0, 1, 1, 1}), constant({1.f, 0.f, 1.f, 1.f}));  // 2
///
/// Source: Keras's TruePositives.
class CORNU_API TruePositives : public ConfusionCount {
 public:
  explicit TruePositives(const Options& options = {});
};

/// The (weighted) number of positive decisions that are wrong.
///
///     metrics::FalsePositives count;
///     count.update_state(constant({0, 1, 0, 0}), constant({0.f, 0.f, 1.f, 1.f}));  // 2
///
/// Source: Keras's FalsePositives.
class CORNU_API FalsePositives : public ConfusionCount {
 public:
  explicit FalsePositives(const Options& options = {});
};

/// The (weighted) number of negative decisions that are right.
///
///     metrics::TrueNegatives count;
///     count.update_state(constant({0, 1, 0, 0}), constant({1.f, 1.f, 0.f, 0.f}));  // 2
///
/// Source: Keras's TrueNegatives.
class CORNU_API TrueNegatives : public ConfusionCount {
 public:
  explicit TrueNegatives(const Options& options = {});
};

/// The (weighted) number of negative decisions that are wrong.
///
///     metrics::FalseNegatives count;
///     count.update_state(constant({0, 1, 1, 1}), constant({0.f, 1.f, 0.f, 0.f}));  // 2
///
/// Source: Keras's FalseNegatives.
class CORNU_API FalseNegatives : public ConfusionCount {
 public:
  explicit FalseNegatives(const Options& options = {});
};

struct PrecisionOptions {
  Numbers thresholds = {};               ///< in [0, 1]; 0.5 by default, none with top_k
  std::optional<int64_t> top_k = {};     ///< only the k largest predictions of a sample may be positive
  std::optional<int64_t> class_id = {};  ///< look at this class alone
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// How many of the positive decisions are right: true positives / (true positives + false positives).
///
///     metrics::Precision precision;
///     precision.update_state(constant({0, 1, 1, 1}), constant({1.f, 0.f, 1.f, 1.f}));  // 2/3
///
/// Source: Keras's Precision.
class CORNU_API Precision : public ConfiguredMetric<Metric, PrecisionOptions> {
 public:
  explicit Precision(const Options& options = {});
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) override;
  Tensor result() override;

 private:
  std::vector<double> thresholds_;
  Variable true_positives_, false_positives_;
};

/// How many of the true samples are found: true positives / (true positives + false negatives).
///
///     metrics::Recall recall;
///     recall.update_state(constant({0, 1, 1, 1}), constant({1.f, 0.f, 1.f, 1.f}));  // 2/3
///
/// Source: Keras's Recall.
class CORNU_API Recall : public ConfiguredMetric<Metric, PrecisionOptions> {
 public:
  explicit Recall(const Options& options = {});
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) override;
  Tensor result() override;

 private:
  std::vector<double> thresholds_;
  Variable true_positives_, false_negatives_;
};

/// Base of the metrics of a curve: all four counts at several thresholds.
class CORNU_API ConfusionCurve : public Metric {
 public:
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) override;

 protected:
  ConfusionCurve(std::vector<double> thresholds, std::optional<int64_t> class_id, const MetricOptions& options);
  /// Makes the state: for all labels together, or for each of several.
  void count_all();
  void count_labels(int64_t labels);
  bool has_state() const { return true_positives_.defined(); }
  void add(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight, const Tensor& label_weights,
           bool multi_label);

  Tensor precision() const;            ///< true positives / (true positives + false positives)
  Tensor recall() const;               ///< true positives / (true positives + false negatives)
  Tensor specificity() const;          ///< true negatives / (true negatives + false positives)
  Tensor false_positive_rate() const;  ///< false positives / (true negatives + false positives)
  /// The largest `value` at thresholds where `constrained` is at least `bound`; 0 if there is none.
  static Tensor best_value(const Tensor& value, const Tensor& constrained, double bound);

  Variable true_positives_, false_positives_, true_negatives_, false_negatives_;

 private:
  void make_state(const Shape& shape);
  std::vector<double> thresholds_;
  std::optional<int64_t> class_id_;
};

struct SensitivityAtSpecificityOptions {
  double specificity = 0.5;              ///< that must be reached, in [0, 1]
  int64_t num_thresholds = 200;          ///< that are tried, at least 1
  std::optional<int64_t> class_id = {};  ///< look at this class alone
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The largest sensitivity tp / (tp + fn) at a threshold where the specificity tn / (tn + fp) is at least the given
/// one.
///
///     metrics::SensitivityAtSpecificity metric({.specificity = 0.5});
///     metric.update_state(constant({0, 0, 0, 1, 1}), constant({0.f, 0.3f, 0.8f, 0.3f, 0.8f}));  // 0.5
///
/// Source: Keras's SensitivityAtSpecificity.
class CORNU_API SensitivityAtSpecificity : public ConfiguredMetric<ConfusionCurve, SensitivityAtSpecificityOptions> {
 public:
  explicit SensitivityAtSpecificity(const Options& options = {});
  Tensor result() override;
};

struct SpecificityAtSensitivityOptions {
  double sensitivity = 0.5;              ///< that must be reached, in [0, 1]
  int64_t num_thresholds = 200;          ///< that are tried, at least 1
  std::optional<int64_t> class_id = {};  ///< look at this class alone
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The largest specificity tn / (tn + fp) at a threshold where the sensitivity tp / (tp + fn) is at least the given
/// one.
///
///     metrics::SpecificityAtSensitivity metric({.sensitivity = 0.5});
///     metric.update_state(constant({0, 0, 0, 1, 1}), constant({0.f, 0.3f, 0.8f, 0.3f, 0.8f}));  // 2/3
///
/// Source: Keras's SpecificityAtSensitivity.
class CORNU_API SpecificityAtSensitivity : public ConfiguredMetric<ConfusionCurve, SpecificityAtSensitivityOptions> {
 public:
  explicit SpecificityAtSensitivity(const Options& options = {});
  Tensor result() override;
};

struct PrecisionAtRecallOptions {
  double recall = 0.5;                   ///< that must be reached, in [0, 1]
  int64_t num_thresholds = 200;          ///< that are tried, at least 1
  std::optional<int64_t> class_id = {};  ///< look at this class alone
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The largest precision tp / (tp + fp) at a threshold where the recall tp / (tp + fn) is at least the given one.
///
///     metrics::PrecisionAtRecall metric({.recall = 0.5});
///     metric.update_state(constant({0, 0, 0, 1, 1}), constant({0.f, 0.3f, 0.8f, 0.3f, 0.8f}));  // 0.5
///
/// Source: Keras's PrecisionAtRecall.
class CORNU_API PrecisionAtRecall : public ConfiguredMetric<ConfusionCurve, PrecisionAtRecallOptions> {
 public:
  explicit PrecisionAtRecall(const Options& options = {});
  Tensor result() override;
};

struct RecallAtPrecisionOptions {
  double precision = 0.5;                ///< that must be reached, in [0, 1]
  int64_t num_thresholds = 200;          ///< that are tried, at least 1
  std::optional<int64_t> class_id = {};  ///< look at this class alone
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The largest recall tp / (tp + fn) at a threshold where the precision tp / (tp + fp) is at least the given one.
///
///     metrics::RecallAtPrecision metric({.precision = 0.5});
///     metric.update_state(constant({0, 0, 0, 1, 1}), constant({0.f, 0.3f, 0.8f, 0.3f, 0.8f}));  // 0.5
///
/// Source: Keras's RecallAtPrecision.
class CORNU_API RecallAtPrecision : public ConfiguredMetric<ConfusionCurve, RecallAtPrecisionOptions> {
 public:
  explicit RecallAtPrecision(const Options& options = {});
  Tensor result() override;
};

struct AUCOptions {
  int64_t num_thresholds = 200;                    ///< at least 2, from 0 to 1
  std::string curve = "ROC";                       ///< or "PR" (precision over recall), "PRGAIN"
  std::string summation_method = "interpolation";  ///< or "minoring" (a lower bound), "majoring" (an upper one)
  std::string name = {};
  std::optional<DType> dtype = {};
  Numbers thresholds = {};                 ///< in [0, 1], instead of num_thresholds even ones
  bool multi_label = false;                ///< one curve for each label [batch, labels]; the result is their mean
  std::optional<int64_t> num_labels = {};  ///< with multi_label; as the first predictions have by default
  Numbers label_weights = {};              ///< of the labels' curves (with multi_label) or of the labels
  bool from_logits = false;                ///< the sigmoid of y_pred is taken
  CORNU_API void describe(Fields& fields);
};
/// The area under the curve of a binary classifier, the true positive over the false positive rate (ROC) or the
/// precision over the recall (PR), as a Riemann sum over thresholds.
///
///     metrics::AUC auc({.num_thresholds = 3});
///     auc.update_state(constant({0, 0, 1, 1}), constant({0.f, 0.5f, 0.3f, 0.9f}));  // 0.75
///
/// Source: J. Davis and M. Goadrich, "The relationship between precision-recall and ROC curves" (2006), for the
/// interpolation of PR; Keras's AUC.
class CORNU_API AUC : public ConfiguredMetric<ConfusionCurve, AUCOptions> {
 public:
  explicit AUC(const Options& options = {});
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) override;
  Tensor result() override;

 private:
  std::pair<Tensor, Tensor> curve() const;
  Tensor interpolated_precision_terms() const;
  Tensor label_weights() const;
};

}  // namespace cornu::metrics
