#pragma once
#include <cornu/metrics/reduction_metrics.h>

/// Metrics of maximum-margin classification: means over all samples of the losses of the same names.
namespace cornu::metrics {

/// The mean of max(1 - y_true y_pred, 0). Labels are -1 or 1; where all of a batch are 0 or 1, 0 counts as -1.
///
///     metrics::Hinge hinge;
///     hinge.update_state(constant({{-1.f, 1.f}}), constant({{0.5f, 0.5f}}));  // 1
///
/// Source: Keras's Hinge metric.
class CORNU_API Hinge : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit Hinge(const Options& options = {});
};

/// The mean of max(1 - y_true y_pred, 0)^2, labels as in Hinge.
///
///     metrics::SquaredHinge hinge;
///     hinge.update_state(constant({{-1.f, 1.f}}), constant({{0.5f, 0.5f}}));  // 1.25
///
/// Source: Keras's SquaredHinge metric.
class CORNU_API SquaredHinge : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit SquaredHinge(const Options& options = {});
};

/// The mean of max(max((1 - y_true) y_pred) - sum(y_true y_pred) + 1, 0) for one-hot labels.
///
///     metrics::CategoricalHinge hinge;
///     hinge.update_state(constant({{0.f, 1.f}}), constant({{0.25f, 0.75f}}));  // 0.5
///
/// Source: Keras's CategoricalHinge metric.
class CORNU_API CategoricalHinge : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit CategoricalHinge(const Options& options = {});
};

}  // namespace cornu::metrics
