#pragma once
#include <cornu/core/tensor/tensor.h>

namespace cornu::random {

/// x with each element 0 with probability `rate` and 1 / (1 - rate) times itself otherwise; all 0 for a rate of 1. The
/// numbers come from `state` as stateless_bernoulli's do; the gradient draws them again, so that nothing is kept for
/// it. float32 or float64. Throws ValueError unless 0 <= rate <= 1.
CORNU_API Tensor stateless_dropout(const Tensor& state, const Tensor& x, double rate);

}  // namespace cornu::random
