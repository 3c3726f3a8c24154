// Parts by index along an axis, and the sum that is the reverse of it.
#include <cstring>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/indexing.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/internal/index_rules.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>

namespace cornu {

namespace {

kernels::Indices indices_of(const Call& call) { return {call.dtype(1), call.input(1).raw_data()}; }

// ---- gather -----------------------------------------------------------------------------------------------------

TensorSpec infer_gather(const Call& call) {
  require_indices(call, 1);
  const int axis = axis_of(call.attributes);
  const Shape& x = call.shape();
  Shape shape = x.slice(0, axis);
  for (int64_t extent : call.shape(1)) shape.push_back(extent);
  for (int other = axis + 1; other < x.rank(); ++other) shape.push_back(x[other]);
  return {shape, call.dtype()};
}

void run_gather(const Call& call, std::span<Tensor> outputs) {
  const int axis = axis_of(call.attributes);
  const kernels::Indices indices = indices_of(call);
  const int64_t offending = kernels::gather(size_of(call.dtype()), call.input().raw_data(), {call.shape(), axis},
                                            indices, call.input(1).size(), outputs[0].mutable_data());
  if (offending != kernels::all_in_range) throw_out_of_range(call, 1, offending, axis, call.shape()[axis]);
}

/// Sums parts [.., indices.shape, ..] into zeros of extent `extent` along `axis`.
Tensor gather_grad(const Tensor& parts, const Tensor& indices, int64_t extent, int64_t axis);

Tensor gather_back(const Gradient& g) {
  const int axis = axis_of(g.attributes());
  return gather_grad(g.upstream(), g.input(1), g.input_shape(0)[axis], axis);
}

const Operation& gather_op = define({
    .name = "GatherV2",
    .onnx_name = "Gather",
    .arity = 2,
    .infer = infer_gather,
    .kernel = run_gather,
    .gradients = {{input(1), gather_back}, {}},
});

TensorSpec infer_gather_grad(const Call& call) {
  const int axis = axis_of(call.attributes), count = call.shape(1).rank();
  const Shape& parts = call.shape();
  Shape shape = parts.slice(0, axis);
  shape.push_back(call.attributes.integer("extent"));
  for (int other = axis + count; other < parts.rank(); ++other) shape.push_back(parts[other]);
  return {shape, call.dtype()};
}

void run_gather_grad(const Call& call, std::span<Tensor> outputs) {
  Tensor& out = outputs[0];
  const int axis = axis_of(call.attributes);
  std::memset(out.mutable_data(), 0, size_of(out.dtype()) * static_cast<size_t>(out.size()));
  // The indices are those of a gather: in range.
  kernels::scatter_add(out.dtype(), indices_of(call), call.input(1).size(), call.input().raw_data(),
                       {out.shape(), axis}, out.mutable_data());
}

const Operation& gather_grad_op = define({
    .name = "GatherGrad",
    .arity = 2,
    .infer = infer_gather_grad,
    .kernel = run_gather_grad,
    .gradients = {{input(1),
                   [](const Gradient& g) { return gather(g.upstream(), g.input(1), axis_of(g.attributes())); }},
                  {}},
});

Tensor gather_grad(const Tensor& parts, const Tensor& indices, int64_t extent, int64_t axis) {
  return apply(gather_grad_op, {&parts, &indices}, {{"extent", extent}, {"axis", axis}});
}

// ---- take_along_axis --------------------------------------------------------------------------------------------

TensorSpec infer_along(const Call& call) {
  require_indices(call, 1);
  const int axis = axis_of(call.attributes);
  const Shape &x = call.shape(), &indices = call.shape(1);
  bool fits = x.rank() == indices.rank();
  for (int other = 0; fits && other < x.rank(); ++other)
    fits = other == axis || x[other] == indices[other] || x[other] < 0 || indices[other] < 0;
  if (!fits)
    throw ShapeError("take_along_axis: x of shape " + x.to_string() + " and indices of shape " + indices.to_string() +
                     " must have the same extents but for axis " + std::to_string(axis));
  Shape shape = x;
  shape[axis] = indices[axis];
  return {shape, call.dtype()};
}

void run_along(const Call& call, std::span<Tensor> outputs) {
  const int axis = axis_of(call.attributes);
  const int64_t offending = kernels::gather_along(size_of(call.dtype()), call.input().raw_data(), {call.shape(), axis},
                                                  indices_of(call), call.shape(1)[axis], outputs[0].mutable_data());
  if (offending != kernels::all_in_range) throw_out_of_range(call, 1, offending, axis, call.shape()[axis]);
}

Tensor along_back(const Gradient& g) {
  const int axis = axis_of(g.attributes());
  return add_along_axis(g.upstream(), g.input(1), g.input_shape(0)[axis], axis);
}

const Operation& along_op = define({
    .name = "TakeAlongAxis",
    .onnx_name = "GatherElements",
    .arity = 2,
    .infer = infer_along,
    .kernel = run_along,
    .gradients = {{input(1), along_back}, {}},
});

TensorSpec infer_along_grad(const Call& call) {
  Shape shape = call.shape();
  shape[axis_of(call.attributes)] = call.attributes.integer("extent");
  return {shape, call.dtype()};
}

void run_along_grad(const Call& call, std::span<Tensor> outputs) {
  Tensor& out = outputs[0];
  const int axis = axis_of(call.attributes);
  std::memset(out.mutable_data(), 0, size_of(out.dtype()) * static_cast<size_t>(out.size()));
  kernels::scatter_add_along(out.dtype(), indices_of(call), call.shape(1)[axis], call.input().raw_data(),
                             {out.shape(), axis}, out.mutable_data());
}

const Operation& along_grad_op = define({
    .name = "TakeAlongAxisGrad",
    .arity = 2,
    .infer = infer_along_grad,
    .kernel = run_along_grad,
    .gradients = {{input(1),
                   [](const Gradient& g) {
                     return take_along_axis(g.upstream(), g.input(1), axis_of(g.attributes()));
                   }},
                  {}},
});

// ---- one_hot ----------------------------------------------------------------------------------------------------

TensorSpec infer_one_hot(const Call& call) {
  require_indices(call, 0);
  Shape shape = call.shape();
  shape.insert(axis_of(call.attributes), call.attributes.integer("depth"));
  return {shape, call.attributes.get<DType>("dtype")};
}

const Operation& one_hot_op = define({
    .name = "OneHot",
    .onnx_name = "OneHot",
    .infer = infer_one_hot,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          kernels::one_hot(outputs[0].dtype(), {call.dtype(), call.input().raw_data()},
                           {outputs[0].shape(), axis_of(call.attributes)}, outputs[0].mutable_data());
        },
    .no_gradient = "its input is integers",
});

}  // namespace

Tensor as_indices(const Tensor& indices) {
  return indices.defined() && indices.dtype() == uint8 ? cast(indices, int32) : indices;
}

void require_indices(const Call& call, size_t index) {
  const DType dtype = call.dtype(index);
  if (dtype != int32 && dtype != int64)
    throw DTypeError(std::string(call.name()) + ": indices must be uint8, int32 or int64; received " +
                     std::string(name(dtype)) + " " + call.shape(index).to_string());
}

void throw_out_of_range(const Call& call, size_t index, int64_t position, int axis, int64_t extent) {
  const Shape& shape = call.shape(index);
  const int64_t value = kernels::Indices{call.dtype(index), call.input(index).raw_data()}[position];
  Shape place = shape;
  for (int i = shape.rank() - 1; i >= 0; --i) {
    place[i] = position % shape[i];
    position /= shape[i];
  }
  throw ValueError(std::string(call.name()) + ": index " + std::to_string(value) + " at " + place.to_string() +
                   " of the indices is out of range for axis " + std::to_string(axis) + " of extent " +
                   std::to_string(extent) + "; indices are at least 0 and below the extent");
}

Tensor add_along_axis(const Tensor& updates, const Tensor& indices, int64_t extent, int64_t axis) {
  return apply(along_grad_op, {&updates, &indices}, {{"extent", extent}, {"axis", axis}});
}

Tensor gather(const Tensor& x, const Tensor& indices, int64_t axis) {
  if (rank_of(x, "gather") == 0) throw ShapeError("gather: a scalar has no axis to take parts of");
  const Tensor positions = as_indices(indices);
  return apply(gather_op, {&x, &positions}, {{"axis", static_cast<int64_t>(normalize_axis(axis, x.rank(), "gather"))}});
}

Tensor take_along_axis(const Tensor& x, const Tensor& indices, int64_t axis) {
  if (rank_of(x, "take_along_axis") == 0)
    throw ShapeError("take_along_axis: a scalar has no axis to take elements along");
  const int64_t normal = normalize_axis(axis, x.rank(), "take_along_axis");
  const Tensor positions = as_indices(indices);
  return apply(along_op, {&x, &positions}, {{"axis", normal}});
}

Tensor one_hot(const Tensor& indices, int64_t depth, int64_t axis, DType dtype) {
  if (depth < 0 && !Shape::is_name(depth))
    throw ValueError("one_hot: the depth must be at least 0; received " + std::to_string(depth));
  const int64_t normal = normalize_axis(axis, rank_of(indices, "one_hot") + 1, "one_hot");
  const Tensor positions = as_indices(indices);
  return apply(one_hot_op, {&positions}, {{"depth", depth}, {"axis", normal}, {"dtype", dtype}});
}

}  // namespace cornu
