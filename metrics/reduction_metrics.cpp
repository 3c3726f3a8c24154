#include <numeric>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/losses/internal/weighting.h>
#include <cornu/metrics/internal/updating.h>
#include <cornu/metrics/reduction_metrics.h>

namespace cornu::metrics {

namespace {

using Reduce = Tensor (*)(const Tensor&, const Axes&, const ReduceOptions&);

Tensor reduce_axes(Reduce reduce, const Tensor& x, int first, int last) {
  if (first >= last) return x;
  std::vector<int64_t> axes(last - first);
  std::iota(axes.begin(), axes.end(), first);
  return reduce(x, axes, {});
}

struct Samples {
  Tensor values, weights;  // weights may be undefined
};

/// One weighted value a sample, from values of any rank and weights for samples or single values.
Samples to_samples(const Tensor& given, const Tensor& sample_weight, Reduce reduce, DType dtype) {
  Tensor values = losses::to_dtype(given, dtype), weights = sample_weight;
  if (weights.defined()) {
    weights = losses::mask_weights(weights, given.mask(), dtype, false);
    std::tie(values, weights) = losses::squeeze_or_expand_to_same_rank(values, weights);
    const int weight_rank = weights.rank();
    values = reduce_axes(reduce, values, weight_rank, values.rank());
    losses::require_fitting_weights(values, weights);
    if (weights.shape() != values.shape()) weights = weights * ones_like(values);
    values = values * weights;
    weights = reduce_axes(reduce, weights, 1, weight_rank);
  }
  return {reduce_axes(reduce, values, 1, values.rank()), weights};
}

Tensor count_samples(const Samples& samples, DType dtype) {
  return samples.weights.defined() ? reduce_sum(samples.weights) : element_count(samples.values.shape(), dtype);
}

}  // namespace

ValueMetric::ValueMetric(const Options& options) : Metric(options) {}
void ValueMetric::update_state(const Tensor& values, const Tensor& sample_weight) {
  update(*this, [&] { add_values(values, sample_weight); });
}

void ValueMetric::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  if (y_true.defined())
    throw ValueError(name() + ": this metric is of values and takes no y_true; call update_state(values, weights)");
  update_state(y_pred, sample_weight);
}

Tensor ValueMetric::operator()(const Tensor& values, const Tensor& sample_weight) {
  update_state(values, sample_weight);
  return result();
}

Mean::Mean(const Options& options) : ValueMetric(options) {}
void Mean::add_values(const Tensor& values, const Tensor& sample_weight) {
  const Samples samples = to_samples(values, sample_weight, reduce_mean, dtype());
  const Tensor sum = reduce_sum(samples.values), count = count_samples(samples, dtype());
  total_.assign_add(sum);
  count_.assign_add(count);
}

Tensor Mean::result() { return losses::divide_no_nan(total_, count_); }

Sum::Sum(const Options& options) : ValueMetric(options) {}
void Sum::add_values(const Tensor& values, const Tensor& sample_weight) {
  total_.assign_add(reduce_sum(to_samples(values, sample_weight, reduce_sum, dtype()).values));
}

Tensor Sum::result() { return total_; }

MeanMetricWrapper::MeanMetricWrapper(Function function, const MetricOptions& options)
    : Mean(options), function_(std::move(function)) {
  if (!function_) throw ValueError(name() + ": the function is empty; give one of (y_true, y_pred)");
}

void MeanMetricWrapper::update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update(*this, [&] {
    const Tensor values = function_(y_true, y_pred);
    add_values(values, losses::mask_weights(sample_weight, y_pred.mask(), dtype(), false));
  });
}

}  // namespace cornu::metrics
