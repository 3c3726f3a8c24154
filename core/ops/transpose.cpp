// Axes in another order, and axes added by repetition.
#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/kernels/movement.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

TensorSpec infer_transpose(const Call& call) {
  Shape shape;
  for (int64_t axis : call.attributes.shape("perm")) shape.push_back(call.shape()[static_cast<int>(axis)]);
  return {shape, call.dtype()};
}

void run_transpose(const Call& call, std::span<Tensor> outputs) {
  const Shape& permutation = call.attributes.shape("perm");
  int64_t strides[Shape::max_rank], moved[Shape::max_rank];
  kernels::contiguous_strides(call.shape().extents(), strides);
  for (int axis = 0; axis < permutation.rank(); ++axis) moved[axis] = strides[permutation[axis]];
  kernels::copy_strided(size_of(call.dtype()), call.input().raw_data(), moved, outputs[0].shape().extents(),
                        outputs[0].mutable_data());
}

Tensor transpose_back(const Gradient& g) {
  const Shape& permutation = g.attributes().shape("perm");
  std::vector<int64_t> inverse(static_cast<size_t>(permutation.rank()));
  for (int axis = 0; axis < permutation.rank(); ++axis) inverse[permutation[axis]] = axis;
  return transpose(g.upstream(), inverse);
}

const Operation& transpose_op = define({
    .name = "Transpose",
    .onnx_name = "Transpose",
    .infer = infer_transpose,
    .kernel = run_transpose,
    .gradients = {{nothing, transpose_back}},
});

TensorSpec infer_broadcast(const Call& call) {
  const Shape& shape = call.attributes.shape("shape");
  if (broadcast_shapes(call.shape(), shape, "broadcast_to") != shape)
    throw ShapeError("broadcast_to: shape " + call.shape().to_string() + " does not broadcast to " + shape.to_string());
  return {shape, call.dtype()};
}

void run_broadcast(const Call& call, std::span<Tensor> outputs) {
  const Shape &in = call.shape(), &out = outputs[0].shape();
  int64_t own[Shape::max_rank], strides[Shape::max_rank];
  kernels::contiguous_strides(in.extents(), own);
  const int leading = out.rank() - in.rank();
  for (int axis = 0; axis < out.rank(); ++axis)
    strides[axis] = axis < leading || in[axis - leading] == 1 ? 0 : own[axis - leading];
  kernels::copy_strided(size_of(call.dtype()), call.input().raw_data(), strides, out.extents(),
                        outputs[0].mutable_data());
}

const Operation& broadcast_op = define({
    .name = "BroadcastTo",
    .onnx_name = "Expand",
    .infer = infer_broadcast,
    .kernel = run_broadcast,
    .gradients = {{nothing, [](const Gradient& g) { return sum_to_shape(g.upstream(), g.input_shape()); }}},
});

}  // namespace

Tensor transpose(const Tensor& x, const std::vector<int64_t>& permutation) {
  Shape order;
  if (permutation.empty())
    for (int axis = rank_of(x, "transpose") - 1; axis >= 0; --axis) order.push_back(axis);
  uint32_t named = 0;
  for (int64_t axis : permutation) {
    const int normal = normalize_axis(axis, rank_of(x, "transpose"), "transpose");
    named |= 1u << normal;
    order.push_back(normal);
  }
  if (order.rank() != x.rank() || (!permutation.empty() && named != (1u << x.rank()) - 1))
    throw ValueError("transpose: the permutation " + order.to_string() + " must name each axis of shape " +
                     x.shape().to_string() + " once");
  return apply(transpose_op, {&x}, {{"perm", order}});
}

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  require_value(x, "broadcast_to");
  return x.shape() == shape ? x : apply(broadcast_op, {&x}, {{"shape", shape}});
}

}  // namespace cornu
