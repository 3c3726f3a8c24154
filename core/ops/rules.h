#pragma once
// Shape and dtype rules and kernels that many entries of the table share.
#include <cornu/core/ops/operation.h>

namespace cornu::infer {

/// One or two inputs of the same dtype, broadcast; the dtypes are those that the operation's functor has.
TensorSpec elementwise(const Call& call);
/// The same with a boolean result.
TensorSpec predicate(const Call& call);
/// The spec of input 0, whatever it is.
TensorSpec same(const Call& call);
/// Throws DTypeError unless input `index` is floating.
void require_floating(const Call& call, size_t index = 0);

}  // namespace cornu::infer

namespace cornu::kernel {

/// Run the functor of the operation's name.
void unary(const Call& call, std::span<Tensor> outputs);
void binary(const Call& call, std::span<Tensor> outputs);

}  // namespace cornu::kernel

namespace cornu {

/// The gradient of an input of shape `shape` that was broadcast: the sum over the broadcast axes.
Tensor sum_to_shape(const Tensor& gradient, const Shape& shape);

}  // namespace cornu
