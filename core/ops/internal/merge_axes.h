#pragma once
#include <vector>

#include <cornu/core/tensor/tensor.h>

namespace cornu {

/// x with runs of neighbouring axes as one axis each: `counts` says how many there are in each run (0: a new axis of
/// extent 1), and adds up to the rank. Extents may be unknown.
Tensor merge_axes(const Tensor& x, const std::vector<int>& counts);

}  // namespace cornu
