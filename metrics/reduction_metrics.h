#pragma once
#include <functional>

#include <cornu/metrics/metric.h>

namespace cornu::metrics {

/// Base of the metrics of given values, without a truth to compare with.
class CORNU_API ValueMetric : public Metric {
 public:
  using Options = MetricOptions;
  explicit ValueMetric(const Options& options);

  /// Takes `values` into account, [batch, ..] or a single number. `sample_weight` has one weight for each sample, or
  /// one for each value. Throws ShapeError for weights that do not fit.
  void update_state(const Tensor& values, const Tensor& sample_weight = {});
  /// The same with `y_pred` as the values. Throws ValueError if y_true has a value.
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) override;
  /// update_state() and result().
  Tensor operator()(const Tensor& values, const Tensor& sample_weight = {});

 protected:
  virtual void add_values(const Tensor& values, const Tensor& sample_weight) = 0;
};

/// The (weighted) mean of values.
///
///     metrics::Mean mean;
///     mean.update_state(constant({1.f, 3.f, 5.f, 7.f}));                                       // 4
///     mean.reset_state();
///     mean.update_state(constant({1.f, 3.f, 5.f, 7.f}), constant({1.f, 1.f, 0.f, 0.f}));       // 2
///
/// The result is 0 before the first update. Source: Keras's Mean.
class CORNU_API Mean : public ValueMetric {
 public:
  explicit Mean(const Options& options = {});
  Tensor result() override;

 protected:
  void add_values(const Tensor& values, const Tensor& sample_weight) override;

 private:
  Variable total_ = add_weight({.name = "total"});
  Variable count_ = add_weight({.name = "count"});
};

/// The (weighted) sum of values.
///
///     metrics::Sum sum;
///     sum.update_state(constant({1.f, 3.f, 5.f, 7.f}));  // 16
///
/// Source: Keras's Sum.
class CORNU_API Sum : public ValueMetric {
 public:
  explicit Sum(const Options& options = {});
  Tensor result() override;

 protected:
  void add_values(const Tensor& values, const Tensor& sample_weight) override;

 private:
  Variable total_ = add_weight({.name = "total"});
};

/// The mean of a function of (y_true, y_pred) that gives a value for each sample.
///
///     metrics::MeanMetricWrapper pinball([](const Tensor& y_true, const Tensor& y_pred) {
///       Tensor error = y_true - y_pred;
///       return reduce_mean(maximum(0.9f * error, -0.1f * error), -1);
///     }, {.name = "pinball"});
///
/// Samples that y_pred's Keras mask leaves out do not count. Source: Keras's MeanMetricWrapper.
class CORNU_API MeanMetricWrapper : public Mean {
 public:
  using Function = std::function<Tensor(const Tensor& y_true, const Tensor& y_pred)>;
  /// Throws ValueError for an empty function.
  explicit MeanMetricWrapper(Function function, const MetricOptions& options = {});
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) override;
  using Metric::operator();

 private:
  Function function_;
};

}  // namespace cornu::metrics
