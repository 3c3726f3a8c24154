#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/losses/internal/weighting.h>

namespace cornu::losses {

Tensor to_dtype(const Tensor& x, DType dtype) { return x.dtype() == dtype ? x : cast(x, dtype); }

std::pair<Tensor, Tensor> squeeze_or_expand_to_same_rank(const Tensor& a, const Tensor& b) {
  if (a.rank() == b.rank() + 1 && a.shape().back() == 1)
    return b.rank() == 1 ? std::pair(a, expand_dims(b, -1)) : std::pair(squeeze(a, -1), b);
  if (b.rank() == a.rank() + 1 && b.shape().back() == 1)
    return a.rank() == 1 ? std::pair(expand_dims(a, -1), b) : std::pair(a, squeeze(b, -1));
  return {a, b};
}

Tensor divide_no_nan(const Tensor& a, const Tensor& b) {
  const Tensor is_zero = equal(b, 0);
  return where(is_zero, 0, a / where(is_zero, 1, b));
}

Tensor mask_weights(const Tensor& sample_weight, const Tensor& mask, DType dtype, bool keeps_mean) {
  Tensor weights = sample_weight.defined() ? to_dtype(sample_weight, dtype) : sample_weight;
  if (!mask.defined()) return weights;
  Tensor mask_values = to_dtype(mask, dtype);
  if (keeps_mean) {
    // With no valid sample all weights are zero, whatever they are divided by.
    const Tensor valid = maximum(reduce_sum(mask_values), 1);
    mask_values = mask_values * (element_count(mask_values.shape(), dtype) / valid);
  }
  if (!weights.defined()) return mask_values;
  const auto [a, b] = squeeze_or_expand_to_same_rank(mask_values, weights);
  return a * b;
}

void require_fitting_weights(const Tensor& values, const Tensor& sample_weight) {
  const Shape &shape = values.shape(), &weights = sample_weight.shape();
  bool fits = weights.rank() <= shape.rank() || values.rank() == 0;
  const int offset = shape.rank() - weights.rank();
  for (int axis = 0; fits && offset >= 0 && axis < weights.rank(); ++axis)
    fits = weights[axis] == 1 || weights[axis] == shape[offset + axis] || weights[axis] < 0 || shape[offset + axis] < 0;
  if (!fits)
    throw ShapeError("sample_weight of shape " + weights.to_string() +
                     " does not fit the values, one a sample, of shape " + shape.to_string() +
                     "; give one weight for each");
}

Tensor reduce_weighted(const Tensor& values, const Tensor& sample_weight, const Tensor& mask, Reduction reduction) {
  const bool is_mean = reduction.kind() == Reduction::mean || reduction.kind() == Reduction::sum_over_batch_size;
  Tensor weights = mask_weights(sample_weight, mask, values.dtype(), is_mean);
  Tensor weighted = values;
  if (weights.defined()) {
    std::tie(weighted, weights) = squeeze_or_expand_to_same_rank(values, weights);
    require_fitting_weights(weighted, weights);
    weighted = weighted * weights;
  }
  if (reduction.kind() == Reduction::none || weighted.rank() == 0) return weighted;
  if (reduction.kind() == Reduction::sum || weighted.size() == 0) return reduce_sum(weighted);
  if (reduction.kind() == Reduction::mean_with_sample_weight && weights.defined())
    return divide_no_nan(reduce_sum(weighted), reduce_sum(weights));
  return reduce_mean(weighted);
}

}  // namespace cornu::losses
