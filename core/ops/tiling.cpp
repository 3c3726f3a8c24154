// Tensors repeated, and tensors with a border.
#include <algorithm>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/movement.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

TensorSpec infer_tile(const Call& call) {
  Shape shape = call.shape();
  const auto& multiples = call.attributes.get<std::vector<int64_t>>("multiples");
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const int64_t multiple = multiples[static_cast<size_t>(axis)];
    if (multiple != 1)
      shape[axis] = shape[axis] < 0 || multiple < 0 ? -1 : extent_product(shape[axis], multiple, "tile");
  }
  return {shape, call.dtype()};
}

void run_tile(const Call& call, std::span<Tensor> outputs) {
  kernels::tile(size_of(call.dtype()), call.input().raw_data(), call.shape().extents(),
                call.attributes.get<std::vector<int64_t>>("multiples").data(), outputs[0].mutable_data());
}

/// `x` with the axes [first, first + count) as `extents`; of unknown other axes there is at most one.
Tensor with_axes(const Tensor& x, int first, int count, std::initializer_list<int64_t> extents) {
  Shape shape = x.shape().slice(0, first);
  for (int64_t extent : extents) shape.push_back(extent);
  for (int axis = first + count; axis < x.rank(); ++axis) shape.push_back(x.shape()[axis]);
  return reshape(x, shape);
}

/// The sum over the repetitions, axis by axis.
Tensor tile_back(const Gradient& g) {
  const auto& multiples = g.attributes().get<std::vector<int64_t>>("multiples");
  Tensor sum = g.upstream();
  // With the leading axes together as one, a tensor of full rank has room for one axis more.
  for (int axis = 0; axis < g.input_shape().rank(); ++axis) {
    const int64_t multiple = multiples[static_cast<size_t>(axis)], extent = g.input_shape()[axis];
    if (multiple == 1) continue;
    if (multiple == 0) return zeros(g.input_shape(), g.upstream().dtype());
    if (!sum.shape().is_known()) {
      sum = reduce_sum(with_axes(sum, axis, 1, {multiple, extent}), axis);
      continue;
    }
    Shape shape = sum.shape();
    const int64_t outer = shape.size_between(0, axis), inner = shape.size_between(axis + 1, shape.rank());
    shape[axis] = extent;
    sum = reshape(reduce_sum(reshape(sum, {outer, multiple, extent, inner}), 1), shape);
  }
  return sum;
}

const Operation& tile_op = define({
    .name = "Tile",
    .onnx_name = "Tile",
    .infer = infer_tile,
    .kernel = run_tile,
    .gradients = {{nothing, tile_back}},
});

/// Before and after each axis: {before 0, after 0, before 1, ...}.
const std::vector<int64_t>& paddings_of(const Attributes& attributes) {
  return attributes.get<std::vector<int64_t>>("paddings");
}

TensorSpec infer_pad(const Call& call) {
  Shape shape = call.shape();
  const auto& paddings = paddings_of(call.attributes);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const size_t before = 2 * static_cast<size_t>(axis);
    const int64_t added = extent_sum(paddings[before], paddings[before + 1], "pad");
    if (added != 0) shape[axis] = shape[axis] < 0 ? -1 : extent_sum(shape[axis], added, "pad");
  }
  return {shape, call.dtype()};
}

void run_pad(const Call& call, std::span<Tensor> outputs) {
  Tensor& out = outputs[0];
  const auto& paddings = paddings_of(call.attributes);
  visit_dtype(call.dtype(), [&]<class T>() {
    const T value = static_cast<T>(call.attributes.get<double>("constant_values"));
    kernels::fill(sizeof(T), &value, out.mutable_data(), out.size());
    int64_t strides[Shape::max_rank], first = 0;
    kernels::contiguous_strides(out.shape().extents(), strides);
    for (int axis = 0; axis < out.rank(); ++axis) first += paddings[2 * static_cast<size_t>(axis)] * strides[axis];
    kernels::write_strided(sizeof(T), call.input().raw_data(), call.shape().extents(),
                           static_cast<T*>(out.mutable_data()) + first, strides);
  });
}

Tensor pad_back(const Gradient& g) {
  const auto& paddings = paddings_of(g.attributes());
  std::vector<Slice> slices(paddings.size() / 2);
  for (size_t axis = 0; axis < slices.size(); ++axis) {
    if (paddings[2 * axis] > 0) slices[axis].start = paddings[2 * axis];
    if (paddings[2 * axis + 1] > 0) slices[axis].stop = -paddings[2 * axis + 1];
  }
  return slice(g.upstream(), slices);
}

const Operation& pad_op = define({
    .name = "PadV2",
    .onnx_name = "Pad",
    .infer = infer_pad,
    .kernel = run_pad,
    .gradients = {{nothing, pad_back}},
});

/// The indices along an axis of `extent` that a mirrored border reads.
Tensor mirrored_indices(int64_t extent, int64_t before, int64_t after, PadMode mode) {
  const int64_t border = mode == PadMode::symmetric ? 1 : 0;  // whether the border itself is repeated
  std::vector<int64_t> indices;
  for (int64_t i = -before; i < extent + after; ++i)
    indices.push_back(i < 0 ? -i - border : i < extent ? i : 2 * (extent - 1) - i + border);
  return Tensor::from_span<int64_t>(indices, {static_cast<int64_t>(indices.size())});
}

Tensor pad_mirrored(const Tensor& x, const std::vector<std::pair<int64_t, int64_t>>& paddings, PadMode mode) {
  Tensor padded = x;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto [before, after] = paddings[static_cast<size_t>(axis)];
    if (before == 0 && after == 0) continue;
    const int64_t extent = x.shape()[axis];
    if (extent < 0)
      throw ShapeError("pad: the extent of axis " + std::to_string(axis) + " of shape " + x.shape().to_string() +
                       " is unknown, so it cannot be mirrored");
    const int64_t most = mode == PadMode::symmetric ? extent : extent - 1;
    if (before > most || after > most)
      throw ValueError("pad: axis " + std::to_string(axis) + " of shape " + x.shape().to_string() + " has " +
                       std::to_string(most) + " elements to mirror; received paddings " + std::to_string(before) +
                       " and " + std::to_string(after));
    padded = gather(padded, mirrored_indices(extent, before, after, mode), axis);
  }
  return padded;
}

}  // namespace

Tensor tile(const Tensor& x, const std::vector<int64_t>& multiples) {
  for (int64_t multiple : multiples)
    if (multiple < 0) throw ValueError("tile: multiples must be at least 0; received " + std::to_string(multiple));
  const auto rank = static_cast<size_t>(rank_of(x, "tile"));
  if (multiples.size() < rank) {
    std::vector<int64_t> all(rank, 1);
    std::copy_backward(multiples.begin(), multiples.end(), all.end());
    return tile(x, all);
  }
  if (multiples.size() > rank) {
    Shape shape(std::vector<int64_t>(multiples.size() - rank, 1));
    for (int64_t extent : x.shape()) shape.push_back(extent);
    return tile(reshape(x, shape), multiples);
  }
  return apply(tile_op, {&x}, {{"multiples", multiples}});
}

Tensor repeat(const Tensor& x, int64_t repeats, int64_t axis) {
  const int normal = normalize_axis(axis, rank_of(x, "repeat"), "repeat");
  if (repeats < 0) throw ValueError("repeat: repeats must be at least 0; received " + std::to_string(repeats));
  // [.., extent, ..] -> [.., extent, 1, ..] -> [.., extent, repeats, ..] -> [.., extent * repeats, ..]
  std::vector<int64_t> multiples(static_cast<size_t>(x.rank()) + 1, 1);
  multiples[static_cast<size_t>(normal) + 1] = repeats;
  const int64_t extent = x.shape()[normal];
  return with_axes(tile(expand_dims(x, normal + 1), multiples), normal, 2,
                   {extent < 0 ? -1 : extent_product(extent, repeats, "repeat")});
}

Tensor pad(const Tensor& x, const std::vector<std::pair<int64_t, int64_t>>& paddings, PadMode mode, double value) {
  if (static_cast<int>(paddings.size()) != rank_of(x, "pad"))
    throw ShapeError("pad: expected a pair of paddings for each axis of shape " + x.shape().to_string() +
                     "; received " + std::to_string(paddings.size()) + " pairs");
  std::vector<int64_t> flat;
  for (const auto& [before, after] : paddings) {
    if (before < 0 || after < 0)
      throw ValueError("pad: paddings must be at least 0; received " + std::to_string(before) + " and " +
                       std::to_string(after));
    flat.insert(flat.end(), {before, after});
  }
  Operand(value).require_fit(x.dtype(), "pad");
  if (mode != PadMode::constant) return pad_mirrored(x, paddings, mode);
  return apply(pad_op, {&x}, {{"paddings", flat}, {"constant_values", value}});
}

}  // namespace cornu
