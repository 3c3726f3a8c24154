#pragma once
#include <cornu/metrics/reduction_metrics.h>

/// Metrics of predicted probabilities and counts: means over all samples of the losses of the same names.
namespace cornu::metrics {

/// The mean of sum(y_true log(y_true / y_pred)), both clipped to [1e-7, 1].
///
///     metrics::KLDivergence divergence;
///     divergence.update_state(constant({{0.5f, 0.5f}}), constant({{0.25f, 0.75f}}));  // 0.144
///
/// Source: Keras's KLDivergence metric.
class CORNU_API KLDivergence : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit KLDivergence(const Options& options = {});
};

/// The mean of y_pred - y_true log(y_pred + 1e-7).
///
///     metrics::Poisson poisson;
///     poisson.update_state(constant({{2.f, 0.f}}), constant({{1.f, 1.f}}));  // 1
///
/// Source: Keras's Poisson metric.
class CORNU_API Poisson : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit Poisson(const Options& options = {});
};

struct BinaryCrossentropyOptions {
  std::string name = {};
  std::optional<DType> dtype = {};
  bool from_logits = false;    ///< y_pred are logits, not probabilities
  double label_smoothing = 0;  ///< in [0, 1]
  CORNU_API void describe(Fields& fields);
};
/// The mean cross-entropy of labels 0 and 1 with predicted probabilities or logits.
///
///     metrics::BinaryCrossentropy crossentropy({.from_logits = true});
///     crossentropy.update_state(constant({{0.f, 1.f}}), constant({{0.f, 0.f}}));  // log(2)
///
/// Source: Keras's BinaryCrossentropy metric.
class CORNU_API BinaryCrossentropy : public ConfiguredMetric<MeanMetricWrapper, BinaryCrossentropyOptions> {
 public:
  explicit BinaryCrossentropy(const Options& options = {});
};

struct CategoricalCrossentropyOptions {
  std::string name = {};
  std::optional<DType> dtype = {};
  bool from_logits = false;    ///< y_pred are logits, not probabilities
  double label_smoothing = 0;  ///< in [0, 1]
  int64_t axis = -1;           ///< of the classes
  CORNU_API void describe(Fields& fields);
};
/// The mean cross-entropy of one-hot labels with predicted probabilities or logits.
///
///     metrics::CategoricalCrossentropy crossentropy;
///     crossentropy.update_state(constant({{0.f, 1.f}}), constant({{0.5f, 0.5f}}));  // log(2)
///
/// Source: Keras's CategoricalCrossentropy metric.
class CORNU_API CategoricalCrossentropy : public ConfiguredMetric<MeanMetricWrapper, CategoricalCrossentropyOptions> {
 public:
  explicit CategoricalCrossentropy(const Options& options = {});
};

struct SparseCategoricalCrossentropyOptions {
  std::string name = {};
  std::optional<DType> dtype = {};
  bool from_logits = false;  ///< y_pred are logits, not probabilities
  int64_t axis = -1;         ///< of the classes
  CORNU_API void describe(Fields& fields);
};
/// The mean cross-entropy of class numbers with predicted probabilities or logits.
///
///     metrics::SparseCategoricalCrossentropy crossentropy;
///     crossentropy.update_state(constant({1}), constant({{0.5f, 0.5f}}));  // log(2)
///
/// Source: Keras's SparseCategoricalCrossentropy metric.
class CORNU_API SparseCategoricalCrossentropy
    : public ConfiguredMetric<MeanMetricWrapper, SparseCategoricalCrossentropyOptions> {
 public:
  explicit SparseCategoricalCrossentropy(const Options& options = {});
};

}  // namespace cornu::metrics
