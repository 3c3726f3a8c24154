// Elements of one shape in other places: reversed, rolled, cut off beside a diagonal.
#include <cornu/core/error.h>
#include <cornu/core/kernels/movement.h>
#include <cornu/core/kernels/triangle.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

void run_reverse(const Call& call, std::span<Tensor> outputs) {
  int64_t strides[Shape::max_rank], first = 0;
  const Shape& shape = call.shape();
  if (shape.size() == 0) return;
  kernels::contiguous_strides(shape.extents(), strides);
  for (int64_t axis : call.attributes.shape("axis")) {
    first += (shape[static_cast<int>(axis)] - 1) * strides[axis];
    strides[axis] = -strides[axis];
  }
  const size_t element_size = size_of(call.dtype());
  kernels::copy_strided(element_size, call.data<std::byte>() + first * static_cast<int64_t>(element_size), strides,
                        shape.extents(), outputs[0].mutable_data());
}

Tensor reverse_back(const Gradient& g);
const Operation& reverse_op = define({
    .name = "ReverseV2",
    .infer = infer::same,
    .kernel = run_reverse,
    .gradients = {{nothing, reverse_back}},
});
Tensor reverse_back(const Gradient& g) { return apply(reverse_op, {&g.upstream()}, g.attributes()); }

void run_roll(const Call& call, std::span<Tensor> outputs) {
  const kernels::Along along(call.shape(), axis_of(call.attributes));
  kernels::roll(size_of(call.dtype()), call.input().raw_data(), along, call.attributes.integer("shift"),
                outputs[0].mutable_data());
}

const Operation& roll_op = define({
    .name = "Roll",
    .infer = infer::same,
    .kernel = run_roll,
    .gradients = {{nothing,
                   [](const Gradient& g) {
                     return roll(g.upstream(), -g.attributes().integer("shift"), g.attributes().integer("axis"));
                   }}},
});

TensorSpec infer_triangle(const Call& call) {
  if (call.shape().rank() < 2)
    throw ShapeError(std::string(call.name()) + ": expected a matrix [..., m, n]; received shape " +
                     call.shape().to_string());
  return call.input().spec();
}

template <bool lower>
void run_triangle(const Call& call, std::span<Tensor> outputs) {
  const Shape& shape = call.shape();
  kernels::triangle(size_of(call.dtype()), call.input().raw_data(), shape.size_between(0, shape.rank() - 2),
                    shape[shape.rank() - 2], shape.back(), lower, call.attributes.integer("k"),
                    outputs[0].mutable_data());
}

const Operation& tril_op = define({
    .name = "Tril",
    .onnx_name = "Trilu",
    .infer = infer_triangle,
    .kernel = run_triangle<true>,
    .gradients = {{nothing, [](const Gradient& g) { return tril(g.upstream(), g.attributes().integer("k")); }}},
});

const Operation& triu_op = define({
    .name = "Triu",
    .onnx_name = "Trilu",
    .infer = infer_triangle,
    .kernel = run_triangle<false>,
    .gradients = {{nothing, [](const Gradient& g) { return triu(g.upstream(), g.attributes().integer("k")); }}},
});

}  // namespace

Tensor reverse(const Tensor& x, const Axes& axes) {
  const uint32_t mask = axes.mask(rank_of(x, "reverse"), "reverse");
  Shape reversed;
  for (int axis = 0; axis < x.rank(); ++axis)
    if (mask >> axis & 1) reversed.push_back(axis);
  return apply(reverse_op, {&x}, {{"axis", reversed}});
}

Tensor roll(const Tensor& x, int64_t shift, int64_t axis) {
  return apply(roll_op, {&x},
               {{"shift", shift}, {"axis", static_cast<int64_t>(normalize_axis(axis, rank_of(x, "roll"), "roll"))}});
}

Tensor tril(const Tensor& x, int64_t k) { return apply(tril_op, {&x}, {{"k", k}}); }
Tensor triu(const Tensor& x, int64_t k) { return apply(triu_op, {&x}, {{"k", k}}); }

}  // namespace cornu
