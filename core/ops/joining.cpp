// Tensors put one behind the other, and taken apart.
#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/movement.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

[[noreturn]] void throw_does_not_fit(const Call& call, size_t index) {
  throw ShapeError("concat: tensor " + std::to_string(index) + " of shape " + call.shape(index).to_string() +
                   " does not fit the first one of shape " + call.shape().to_string() +
                   ": all extents but that of axis " + std::to_string(axis_of(call.attributes)) + " must be equal");
}

TensorSpec infer_concat(const Call& call) {
  infer::require_one_dtype(call);
  const int axis = axis_of(call.attributes);
  Shape shape = call.shape();
  for (size_t i = 1; i < call.inputs.size(); ++i) {
    const Shape& next = call.shape(i);
    if (next.rank() != shape.rank()) throw_does_not_fit(call, i);
    for (int other = 0; other < shape.rank(); ++other) {
      int64_t& extent = shape[other];
      if (other == axis)
        extent = extent < 0 || next[other] < 0 ? -1 : extent + next[other];
      else if (extent < 0)
        extent = next[other];
      else if (next[other] >= 0 && next[other] != extent)
        throw_does_not_fit(call, i);
    }
  }
  return {shape, call.dtype()};
}

void run_concat(const Call& call, std::span<Tensor> outputs) {
  const int axis = axis_of(call.attributes);
  const Shape& shape = outputs[0].shape();
  const int64_t outer = shape.size_between(0, axis), line = shape.size_between(axis, shape.rank());
  const size_t element_size = size_of(call.dtype());
  auto* out = static_cast<std::byte*>(outputs[0].mutable_data());
  for (const Tensor* input : call.inputs) {
    const int64_t part = input->shape().size_between(axis, shape.rank());
    const int64_t extents[] = {outer, part}, strides[] = {line, 1};
    kernels::write_strided(element_size, input->raw_data(), extents, out, strides);
    out += part * static_cast<int64_t>(element_size);
  }
}

/// The slice [start, stop) of `axis` alone.
std::vector<Slice> along(int axis, int64_t start, int64_t stop) {
  std::vector<Slice> slices(static_cast<size_t>(axis) + 1);
  slices.back() = {start, stop};
  return slices;
}

/// Part `index` of a concatenation of tensors of the given extents along the axis.
int64_t part_start(const Attributes& attributes) {
  const auto& extents = attributes.get<std::vector<int64_t>>("extents");
  return std::accumulate(extents.begin(), extents.begin() + attributes.integer("index"), int64_t{0});
}

Tensor part_back(const Gradient& g);

const Operation& part_op = define({
    .name = "_ConcatPart",
    .infer = [](const Call& call) -> TensorSpec {
      const auto& extents = call.attributes.get<std::vector<int64_t>>("extents");
      Shape shape = call.shape();
      const int axis = axis_of(call.attributes);
      const bool are_known = std::none_of(extents.begin(), extents.end(), [](int64_t extent) { return extent < 0; });
      const int64_t whole = std::accumulate(extents.begin(), extents.end(), int64_t{0});
      if (shape.rank() <= axis || (are_known && shape[axis] >= 0 && shape[axis] != whole))
        throw ShapeError(std::string(call.name()) + ": expected a concatenation of " + std::to_string(whole) +
                         " along axis " + std::to_string(axis) + "; received shape " + shape.to_string());
      shape[axis] = extents[static_cast<size_t>(call.attributes.integer("index"))];
      return {shape, call.dtype()};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          const int axis = axis_of(call.attributes);
          const Shape& shape = call.shape();
          const int64_t inner = shape.size_between(axis + 1, shape.rank());
          const int64_t extents[] = {shape.size_between(0, axis), outputs[0].shape()[axis] * inner};
          const int64_t strides[] = {shape[axis] * inner, 1};
          const int64_t first = part_start(call.attributes) * inner * static_cast<int64_t>(size_of(call.dtype()));
          kernels::copy_strided(size_of(call.dtype()), call.data<std::byte>() + first, strides, extents,
                                outputs[0].mutable_data());
        },
    .gradients = {{nothing, part_back}},
});

/// The other parts are zeros.
Tensor part_back(const Gradient& g) {
  const auto& extents = g.attributes().get<std::vector<int64_t>>("extents");
  const int axis = axis_of(g.attributes());
  TensorList parts;
  for (size_t i = 0; i < extents.size(); ++i) {
    Shape shape = g.input_shape();
    shape[axis] = extents[i];
    const bool is_own = static_cast<int64_t>(i) == g.attributes().integer("index");
    parts.push_back(is_own ? g.upstream() : zeros(shape, g.input_dtype()));
  }
  return concat(parts, axis);
}

Tensor concat_back(const Gradient& g) {
  const int axis = axis_of(g.attributes());
  if (g.output_shape()[axis] < 0) {
    std::vector<int64_t> extents;
    for (int i = 0; i < g.input_count(); ++i) extents.push_back(g.input_shape(i)[axis]);
    return apply(part_op, {&g.upstream()},
                 {{"axis", static_cast<int64_t>(axis)}, {"extents", extents}, {"index", int64_t{g.index()}}});
  }
  int64_t start = 0;
  for (int i = 0; i < g.index(); ++i) start += g.input_shape(i)[axis];
  return slice(g.upstream(), along(axis, start, start + g.input_shape(g.index())[axis]));
}

const Operation& concat_op = define({
    .name = "ConcatV2",
    .onnx_name = "Concat",
    .arity = variadic,
    .infer = infer_concat,
    .kernel = run_concat,
    .gradients = {{nothing, concat_back}},
});

std::vector<TensorSpec> infer_split(const Call& call) {
  std::vector<TensorSpec> specs;
  for (int64_t size : call.attributes.get<std::vector<int64_t>>("size_splits")) {
    specs.push_back(call.input().spec());
    specs.back().shape[axis_of(call.attributes)] = size;
  }
  return specs;
}

void run_split(const Call& call, std::span<Tensor> outputs) {
  const int axis = axis_of(call.attributes);
  const Shape& shape = call.shape();
  const int64_t outer = shape.size_between(0, axis), line = shape.size_between(axis, shape.rank());
  const size_t element_size = size_of(call.dtype());
  const auto* in = call.data<std::byte>();
  for (Tensor& output : outputs) {
    const int64_t part = output.shape().size_between(axis, shape.rank());
    const int64_t extents[] = {outer, part}, strides[] = {line, 1};
    kernels::copy_strided(element_size, in, strides, extents, output.mutable_data());
    in += part * static_cast<int64_t>(element_size);
  }
}

Tensor split_back(const Gradient& g) {
  TensorList parts;
  for (int i = 0; i < g.output_count(); ++i) parts.push_back(g.upstream(i));
  return concat(parts, axis_of(g.attributes()));
}

const Operation& split_op = define({
    .name = "SplitV",
    .onnx_name = "Split",
    .infer_outputs = infer_split,
    .kernel = run_split,
    .gradients = {{nothing, split_back}},
});

int64_t known_extent(const Tensor& x, int axis, const char* operation) {
  const int64_t extent = x.shape()[axis];
  if (extent < 0)
    throw ShapeError(std::string(operation) + ": the extent of axis " + std::to_string(axis) + " of shape " +
                     x.shape().to_string() + " is unknown, so the number of parts is too");
  return extent;
}

/// `sizes` with its -1 worked out.
std::vector<int64_t> complete_sizes(const Tensor& x, std::vector<int64_t> sizes, int axis) {
  const int64_t extent = known_extent(x, axis, "split");
  int64_t total = 0, *unknown = nullptr;
  bool valid = true;
  for (int64_t& size : sizes) {
    if (size >= 0) {
      total += size;
    } else {
      valid = valid && size == -1 && !unknown;
      unknown = &size;
    }
  }
  if (unknown && valid) {
    *unknown = extent - total;
    valid = *unknown >= 0;
    total = extent;
  }
  if (!valid || total != extent)
    throw ValueError("split: the sizes must add up to " + std::to_string(extent) + ", the extent of axis " +
                     std::to_string(axis) + " of shape " + x.shape().to_string() +
                     ", and one of them may be -1; received " + std::to_string(sizes.size()) + " sizes with the sum " +
                     std::to_string(total));
  return sizes;
}

}  // namespace

Tensor concat(const TensorList& tensors, int64_t axis) {
  if (tensors.empty()) throw ValueError("concat: expected at least one tensor; received none");
  const int rank = rank_of(tensors[0], "concat");
  if (rank == 0) throw ShapeError("concat: scalars have no axis to be put together along; use stack");
  const Attributes attributes{{"axis", static_cast<int64_t>(normalize_axis(axis, rank, "concat"))}};
  DType dtype = tensors[0].dtype();
  bool one_dtype = true;
  for (const Tensor& tensor : tensors) {
    require_value(tensor, "concat");
    one_dtype = one_dtype && tensor.dtype() == dtype;
    dtype = promote(dtype, tensor.dtype());
  }
  if (one_dtype) return apply(concat_op, pointers(tensors), attributes);
  TensorList promoted;
  for (const Tensor& tensor : tensors) promoted.push_back(tensor.dtype() == dtype ? tensor : cast(tensor, dtype));
  return apply(concat_op, pointers(promoted), attributes);
}

Tensor stack(const TensorList& tensors, int64_t axis) {
  if (tensors.empty()) throw ValueError("stack: expected at least one tensor; received none");
  const int normal = normalize_axis(axis, rank_of(tensors[0], "stack") + 1, "stack");
  TensorList parts;
  for (const Tensor& tensor : tensors) {
    require_value(tensor, "stack");
    if (tensor.rank() != tensors[0].rank() ||
        broadcast_shapes(tensor.shape(), tensors[0].shape(), "stack") != tensor.shape())
      throw ShapeError("stack: all tensors must have one shape; received " + tensors[0].shape().to_string() + " and " +
                       tensor.shape().to_string());
    parts.push_back(expand_dims(tensor, normal));
  }
  return concat(parts, normal);
}

TensorList split(const Tensor& x, const std::vector<int64_t>& sizes, int64_t axis) {
  const int normal = normalize_axis(axis, rank_of(x, "split"), "split");
  if (sizes.empty()) throw ValueError("split: expected at least one size; received none");
  return apply_outputs(split_op, {&x},
                       {{"size_splits", complete_sizes(x, sizes, normal)}, {"axis", static_cast<int64_t>(normal)}});
}

TensorList split(const Tensor& x, int64_t sections, int64_t axis) {
  const int normal = normalize_axis(axis, rank_of(x, "split"), "split");
  const int64_t extent = known_extent(x, normal, "split");
  if (sections < 1 || extent % sections != 0)
    throw ValueError("split: " + std::to_string(sections) + " sections do not divide the extent " +
                     std::to_string(extent) + " of axis " + std::to_string(normal) + " of shape " +
                     x.shape().to_string());
  return split(x, std::vector<int64_t>(static_cast<size_t>(sections), extent / sections), axis);
}

TensorList unstack(const Tensor& x, int64_t axis) {
  const int normal = normalize_axis(axis, rank_of(x, "unstack"), "unstack");
  const int64_t count = known_extent(x, normal, "unstack");
  if (count == 0) return {};
  TensorList parts = split(x, count, normal);
  for (Tensor& part : parts) part = squeeze(part, normal);
  return parts;
}

}  // namespace cornu
