#pragma once
// What operations that read by index share.
#include <cornu/core/ops/operation.h>

namespace cornu {

/// Bytes as int32; others unchanged.
Tensor as_indices(const Tensor& indices);

/// Throws DTypeError unless input `index` is int32 or int64.
void require_indices(const Call& call, size_t index);

/// Throws the ValueError of the index at `position` of input `index`, which is not in [0, extent) of `axis`.
[[noreturn]] void throw_out_of_range(const Call& call, size_t index, int64_t position, int axis, int64_t extent);

/// Zeros of `extent` along `axis` with `updates` added at `indices` along it: the reverse of take_along_axis.
Tensor add_along_axis(const Tensor& updates, const Tensor& indices, int64_t extent, int64_t axis);

}  // namespace cornu
