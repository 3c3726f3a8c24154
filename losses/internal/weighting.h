#pragma once
// How samples are weighted and reduced, for losses and metrics.
#include <utility>

#include <cornu/losses/loss.h>

namespace cornu::losses {

/// Both tensors, after Keras's rule for ranks that differ by one and a last axis of extent 1: a vector gets a last axis
/// of extent 1, otherwise the larger tensor loses it.
CORNU_API std::pair<Tensor, Tensor> squeeze_or_expand_to_same_rank(const Tensor& a, const Tensor& b);

/// x itself where it has the dtype already, so that its mask stays.
CORNU_API Tensor to_dtype(const Tensor& x, DType dtype);

/// a / b, and 0 where b is 0.
CORNU_API Tensor divide_no_nan(const Tensor& a, const Tensor& b);

/// The weights of samples of which only those in `mask` count. Either may be undefined; undefined if both are. Where
/// `keeps_mean` is set, the weights of the samples that count are scaled by total / valid, so that the mean over all
/// is the mean over the valid ones.
CORNU_API Tensor mask_weights(const Tensor& sample_weight, const Tensor& mask, DType dtype, bool keeps_mean);

/// `values` times the weights (which may be undefined), reduced.
CORNU_API Tensor reduce_weighted(const Tensor& values, const Tensor& sample_weight, const Tensor& mask,
                                 Reduction reduction);

/// Throws ShapeError unless `sample_weight` broadcasts to `values`.
CORNU_API void require_fitting_weights(const Tensor& values, const Tensor& sample_weight);

}  // namespace cornu::losses
