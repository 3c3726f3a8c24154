#pragma once
#include <cornu/core/ops/axes.h>
#include <cornu/core/tensor/tensor.h>

/// Reductions over axes (all by default). With `keepdims` the reduced axes stay, with extent 1.
namespace cornu {

struct ReduceOptions {
  bool keepdims = false;
};

/// The sum; booleans and uint8 are counted as int32.
CORNU_API Tensor reduce_sum(const Tensor& x, const Axes& axes = {}, const ReduceOptions& options = {});
/// The mean; integers and booleans give float32. NaN over no element.
CORNU_API Tensor reduce_mean(const Tensor& x, const Axes& axes = {}, const ReduceOptions& options = {});
/// The largest element; NaN wins. Equal maxima share the gradient. Throws ValueError over no element.
CORNU_API Tensor reduce_max(const Tensor& x, const Axes& axes = {}, const ReduceOptions& options = {});
CORNU_API Tensor reduce_min(const Tensor& x, const Axes& axes = {}, const ReduceOptions& options = {});
/// The product; booleans and uint8 are counted as int32.
CORNU_API Tensor reduce_prod(const Tensor& x, const Axes& axes = {}, const ReduceOptions& options = {});
CORNU_API Tensor reduce_all(const Tensor& x, const Axes& axes = {}, const ReduceOptions& options = {});  ///< boolean
CORNU_API Tensor reduce_any(const Tensor& x, const Axes& axes = {}, const ReduceOptions& options = {});  ///< boolean
/// mean((x - mean(x))^2), the biased variance.
CORNU_API Tensor reduce_variance(const Tensor& x, const Axes& axes = {}, const ReduceOptions& options = {});
/// sqrt(reduce_variance).
CORNU_API Tensor reduce_std(const Tensor& x, const Axes& axes = {}, const ReduceOptions& options = {});
/// log(sum(exp(x))), without overflow.
CORNU_API Tensor reduce_logsumexp(const Tensor& x, const Axes& axes = {}, const ReduceOptions& options = {});

/// The position of the largest (smallest) element along `axis`; the first of equal ones, NaN counts as largest
/// (smallest). `dtype` is int32 or int64. Throws ValueError over no element.
CORNU_API Tensor argmax(const Tensor& x, int64_t axis = 0, DType dtype = int64);
CORNU_API Tensor argmin(const Tensor& x, int64_t axis = 0, DType dtype = int64);

}  // namespace cornu
