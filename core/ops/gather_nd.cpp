// Elements and slices by rows of indices, [..., n] each pointing into the first n axes.
#include <cstring>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/indexing.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/internal/index_rules.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

/// The extents of `indices` and `shape` [...] when rows of `indices` point into `shape`: what a gather gives.
Shape gathered_shape(const Call& call, size_t index, const Shape& shape) {
  require_indices(call, index);
  const Shape& indices = call.shape(index);
  const int64_t depth = indices.rank() > 0 ? indices.back() : -1;
  if (depth < 0 || depth > shape.rank())
    throw ShapeError(std::string(call.name()) + ": indices of shape " + indices.to_string() +
                     " do not fit a tensor of shape " + shape.to_string() +
                     ": their last axis holds one index for each of its first axes");
  Shape gathered = indices.slice(0, indices.rank() - 1);
  for (int axis = static_cast<int>(depth); axis < shape.rank(); ++axis) gathered.push_back(shape[axis]);
  return gathered;
}

/// The rows of indices in input `index` that point into `shape`.
kernels::IndexRows rows_of(const Call& call, size_t index, const Shape& shape) {
  const Shape& indices = call.shape(index);
  const auto depth = static_cast<int>(indices.back());
  return {{call.dtype(index), call.input(index).raw_data()},
          indices.size_between(0, indices.rank() - 1),
          shape.extents().first(static_cast<size_t>(depth)),
          shape.size_between(depth, shape.rank())};
}

void check(const Call& call, size_t index, int64_t offending, const Shape& shape) {
  if (offending == kernels::all_in_range) return;
  const auto axis = static_cast<int>(offending % call.shape(index).back());
  throw_out_of_range(call, index, offending, axis, shape[axis]);
}

void require_updates(const Call& call, size_t index, const Shape& expected) {
  const Shape& updates = call.shape(index);
  bool fits = updates.rank() == expected.rank();
  for (int axis = 0; fits && axis < updates.rank(); ++axis)
    fits = updates[axis] == expected[axis] || updates[axis] < 0 || expected[axis] < 0;
  if (!fits)
    throw ShapeError(std::string(call.name()) + ": expected updates of shape " + expected.to_string() + "; received " +
                     updates.to_string());
}

// ---- gather_nd --------------------------------------------------------------------------------------------------

const Operation& gather_nd_op = define({
    .name = "GatherNd",
    .onnx_name = "GatherND",
    .arity = 2,
    .infer = [](const Call& call) -> TensorSpec {
      return {gathered_shape(call, 1, call.shape()), call.dtype()};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          check(call, 1,
                kernels::gather_nd(size_of(call.dtype()), call.input().raw_data(), rows_of(call, 1, call.shape()),
                                   outputs[0].mutable_data()),
                call.shape());
        },
    .gradients = {{input(1), [](const Gradient& g) { return scatter_nd(g.input(1), g.upstream(), g.input_shape(0)); }},
                  {}},
});

// ---- scatter_nd -------------------------------------------------------------------------------------------------

TensorSpec infer_scatter(const Call& call) {
  const Shape& shape = call.attributes.shape("shape");
  require_updates(call, 1, gathered_shape(call, 0, shape));
  return {shape, call.dtype(1)};
}

void run_scatter(const Call& call, std::span<Tensor> outputs) {
  Tensor& out = outputs[0];
  std::memset(out.mutable_data(), 0, size_of(out.dtype()) * static_cast<size_t>(out.size()));
  check(
      call, 0,
      kernels::scatter_nd_add(out.dtype(), rows_of(call, 0, out.shape()), call.input(1).raw_data(), out.mutable_data()),
      out.shape());
}

const Operation& scatter_nd_op = define({
    .name = "ScatterNd",
    .onnx_name = "ScatterND",
    .arity = 2,
    .infer = infer_scatter,
    .kernel = run_scatter,
    .gradients = {{}, {input(0), [](const Gradient& g) { return gather_nd(g.upstream(), g.input(0)); }}},
});

// ---- tensor_scatter_update --------------------------------------------------------------------------------------

TensorSpec infer_update(const Call& call) {
  if (call.dtype() != call.dtype(2))
    throw DTypeError("tensor_scatter_update: the updates must have the tensor's dtype; received " +
                     describe(call.input()) + " and " + describe(call.input(2)));
  require_updates(call, 2, gathered_shape(call, 1, call.shape()));
  return call.input().spec();
}

void run_update(const Call& call, std::span<Tensor> outputs) {
  Tensor& out = outputs[0];
  std::memcpy(out.mutable_data(), call.input().raw_data(), size_of(out.dtype()) * static_cast<size_t>(out.size()));
  check(call, 1,
        kernels::scatter_nd_update(size_of(out.dtype()), rows_of(call, 1, out.shape()), call.input(2).raw_data(),
                                   out.mutable_data()),
        out.shape());
}

Tensor updated_back(const Gradient& g) {
  return tensor_scatter_update(g.upstream(), g.input(1), zeros(g.input_shape(2), g.input_dtype(2)));
}

/// Of rows that point to one place only the last has an effect: it finds its own number there.
Tensor update_back(const Gradient& g) {
  const Tensor& indices = g.input(1);
  const auto depth = static_cast<int>(indices.shape().back());
  const Shape rows = indices.shape().slice(0, indices.rank() - 1);
  const Tensor numbers = reshape(arange(int64_t{0}, rows.size(), 1, int64), rows);
  const Tensor last = tensor_scatter_update(zeros(g.input_shape(0).slice(0, depth), int64), indices, numbers);
  const Tensor effective = equal(gather_nd(last, indices), numbers);
  Shape shape = rows;
  while (shape.rank() < g.input_shape(2).rank()) shape.push_back(1);
  return where(reshape(effective, shape), gather_nd(g.upstream(), indices), 0);
}

const Operation& update_op = define({
    .name = "TensorScatterUpdate",
    .onnx_name = "ScatterND",
    .arity = 3,
    .infer = infer_update,
    .kernel = run_update,
    .gradients = {{input(1), updated_back}, {}, {input(1), update_back}},
});

}  // namespace

Tensor gather_nd(const Tensor& x, const Tensor& indices) {
  const Tensor rows = as_indices(indices);
  return apply(gather_nd_op, {&x, &rows});
}

Tensor scatter_nd(const Tensor& indices, const Tensor& updates, const Shape& shape) {
  const Tensor rows = as_indices(indices);
  return apply(scatter_nd_op, {&rows, &updates}, {{"shape", shape}});
}

Tensor tensor_scatter_update(const Tensor& x, const Tensor& indices, const Tensor& updates) {
  const Tensor rows = as_indices(indices);
  return apply(update_op, {&x, &rows, &updates});
}

}  // namespace cornu
