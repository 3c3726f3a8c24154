#pragma once
#include <cornu/metrics/reduction_metrics.h>

/// How often predictions are right. The functions give a float32 value for each sample; all throw ShapeError, naming
/// the metric and both shapes, for arguments that do not fit.
namespace cornu::metrics {

/// The mean of y_true == y_pred over the last axis.
CORNU_API Tensor accuracy(const Tensor& y_true, const Tensor& y_pred);
/// The mean of y_true == (y_pred > threshold) over the last axis, for labels 0 and 1.
CORNU_API Tensor binary_accuracy(const Tensor& y_true, const Tensor& y_pred, double threshold = 0.5);
/// argmax(y_true) == argmax(y_pred) over the last axis: one-hot labels and predictions [batch, .., classes].
CORNU_API Tensor categorical_accuracy(const Tensor& y_true, const Tensor& y_pred);
/// y_true == argmax(y_pred) over the last axis: class numbers [batch, ..] (or with a last axis of extent 1),
/// predictions [batch, .., classes].
CORNU_API Tensor sparse_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred);
/// Whether the class of the one-hot label is among the k largest predictions; equal predictions share a place.
CORNU_API Tensor top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int64_t k = 5);
/// Whether class number y_true is among the k largest predictions; equal predictions share a place. Throws ValueError
/// for a class number out of range.
CORNU_API Tensor sparse_top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int64_t k = 5);

/// How often predictions equal labels.
///
///     metrics::Accuracy accuracy;
///     accuracy.update_state(constant({{1}, {2}, {3}, {4}}), constant({{0}, {2}, {3}, {4}}));  // 0.75
///
/// Source: Keras's Accuracy.
class CORNU_API Accuracy : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit Accuracy(const Options& options = {});
};

struct BinaryAccuracyOptions {
  std::string name = {};
  std::optional<DType> dtype = {};
  double threshold = 0.5;  ///< in (0, 1): predictions above it are 1
  CORNU_API void describe(Fields& fields);
};
/// How often predictions, 1 above a threshold and 0 up to it, equal labels of 0 and 1.
///
///     metrics::BinaryAccuracy accuracy({.threshold = 0.7});
///     accuracy.update_state(constant({{1.f}, {0.f}}), constant({{0.6f}, {0.2f}}));  // 0.5
///
/// Source: Keras's BinaryAccuracy.
class CORNU_API BinaryAccuracy : public ConfiguredMetric<MeanMetricWrapper, BinaryAccuracyOptions> {
 public:
  explicit BinaryAccuracy(const Options& options = {});
};

/// How often the largest prediction is that of the one-hot label's class.
///
///     metrics::CategoricalAccuracy accuracy;
///     accuracy.update_state(constant({{0, 0, 1}, {0, 1, 0}}), constant({{.1f, .9f, .8f}, {.05f, .95f, 0.f}}));  // 0.5
///
/// Source: Keras's CategoricalAccuracy.
class CORNU_API CategoricalAccuracy : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit CategoricalAccuracy(const Options& options = {});
};

/// How often the largest prediction is that of the label, a class number.
///
///     metrics::SparseCategoricalAccuracy accuracy;
///     accuracy.update_state(constant({2, 1}), constant({{.1f, .6f, .3f}, {.05f, .95f, 0.f}}));  // 0.5
///
/// Source: Keras's SparseCategoricalAccuracy.
class CORNU_API SparseCategoricalAccuracy : public ConfiguredMetric<MeanMetricWrapper, MetricOptions> {
 public:
  explicit SparseCategoricalAccuracy(const Options& options = {});
};

struct TopKCategoricalAccuracyOptions {
  int64_t k = 5;  ///< how many of the largest predictions count, at least 1
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// How often the class of the one-hot label is among the k largest predictions.
///
///     metrics::TopKCategoricalAccuracy accuracy({.k = 2});
///     accuracy.update_state(constant({{0, 0, 1}, {1, 0, 0}}), constant({{.1f, .9f, .8f}, {.05f, .95f, .5f}}));  // 0.5
///
/// Source: Keras's TopKCategoricalAccuracy.
class CORNU_API TopKCategoricalAccuracy : public ConfiguredMetric<MeanMetricWrapper, TopKCategoricalAccuracyOptions> {
 public:
  explicit TopKCategoricalAccuracy(const Options& options = {});
};

/// How often the label, a class number, is among the k largest predictions.
///
///     metrics::SparseTopKCategoricalAccuracy accuracy({.k = 2});
///     accuracy.update_state(constant({2, 0}), constant({{.1f, .9f, .8f}, {.05f, .95f, .5f}}));  // 0.5
///
/// Source: Keras's SparseTopKCategoricalAccuracy.
class CORNU_API SparseTopKCategoricalAccuracy
    : public ConfiguredMetric<MeanMetricWrapper, TopKCategoricalAccuracyOptions> {
 public:
  explicit SparseTopKCategoricalAccuracy(const Options& options = {});
};

}  // namespace cornu::metrics
