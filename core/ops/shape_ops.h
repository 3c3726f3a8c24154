#pragma once
#include <string>

#include <cornu/core/ops/axes.h>
#include <cornu/core/ops/operand.h>

/// Operations that arrange elements. "axis" counts from the end where it is negative.
namespace cornu {

/// The same elements in another shape, without a copy; one extent may be -1 and is worked out.
CORNU_API Tensor reshape(const Tensor& x, const Shape& shape);
/// The axes in the order of `permutation`; reversed without one.
CORNU_API Tensor transpose(const Tensor& x, const std::vector<int64_t>& permutation = {});
/// A new axis of extent 1 at position `axis` (-1: the end). Shares the elements.
CORNU_API Tensor expand_dims(const Tensor& x, int64_t axis);
/// Without the axes of extent 1: all of them, or those named. Shares the elements.
CORNU_API Tensor squeeze(const Tensor& x, const Axes& axes = {});
CORNU_API Tensor concat(const TensorList& tensors, int64_t axis);
/// Tensors of one shape along a new axis.
CORNU_API Tensor stack(const TensorList& tensors, int64_t axis = 0);
/// The parts along `axis`, without it.
CORNU_API TensorList unstack(const Tensor& x, int64_t axis = 0);
/// `sections` equal parts along `axis`. Throws ValueError unless they divide it.
CORNU_API TensorList split(const Tensor& x, int64_t sections, int64_t axis = 0);
/// Parts of the given sizes along `axis`; one may be -1.
CORNU_API TensorList split(const Tensor& x, const std::vector<int64_t>& sizes, int64_t axis = 0);
/// x repeated `multiples[i]` times along axis i.
CORNU_API Tensor tile(const Tensor& x, const std::vector<int64_t>& multiples);
/// Each part along `axis` repeated `repeats` times.
CORNU_API Tensor repeat(const Tensor& x, int64_t repeats, int64_t axis = 0);
enum class PadMode { constant, reflect, symmetric };
/// x with {before, after} elements added along each axis: `value`s, or the elements mirrored without (reflect) or with
/// (symmetric) the border.
CORNU_API Tensor pad(const Tensor& x, const std::vector<std::pair<int64_t, int64_t>>& paddings,
                     PadMode mode = PadMode::constant, double value = 0);
/// See Tensor::slice.
CORNU_API Tensor slice(const Tensor& x, const std::vector<Slice>& slices);
CORNU_API Tensor reverse(const Tensor& x, const Axes& axes);
/// Elements moved by `shift` places along `axis`, those that leave coming in at the other end.
CORNU_API Tensor roll(const Tensor& x, int64_t shift, int64_t axis);
CORNU_API Tensor broadcast_to(const Tensor& x, const Shape& shape);
/// Zeros above (below) the `k`-th diagonal of the last two axes.
CORNU_API Tensor tril(const Tensor& x, int64_t k = 0);
CORNU_API Tensor triu(const Tensor& x, int64_t k = 0);

}  // namespace cornu
