#pragma once
#include <cornu/core/ops/operand.h>

/// Elements by their indices (uint8, int32 or int64; negative ones are errors, as in TensorFlow). All throw ValueError
/// naming an index that is out of range.
namespace cornu {

/// Parts of x along `axis`: x.shape[:axis] + indices.shape + x.shape[axis+1:].
CORNU_API Tensor gather(const Tensor& x, const Tensor& indices, int64_t axis = 0);
/// indices [..., n]: each row is an index of x's first n axes. -> indices.shape[:-1] + x.shape[n:].
CORNU_API Tensor gather_nd(const Tensor& x, const Tensor& indices);
/// Zeros of `shape` with `updates` added at `indices` [..., n]; equal indices add up.
CORNU_API Tensor scatter_nd(const Tensor& indices, const Tensor& updates, const Shape& shape);
/// x with `updates` put at `indices`; of equal indices the last wins.
CORNU_API Tensor tensor_scatter_update(const Tensor& x, const Tensor& indices, const Tensor& updates);
/// The elements of x at `indices` along `axis`; both have the same rank and, apart from `axis`, shape.
CORNU_API Tensor take_along_axis(const Tensor& x, const Tensor& indices, int64_t axis = -1);
/// 1 at the index along a new axis of extent `depth`, 0 elsewhere; an index out of range gives zeros (as TensorFlow).
CORNU_API Tensor one_hot(const Tensor& indices, int64_t depth, int64_t axis = -1, DType dtype = float32);

}  // namespace cornu
