// Slices: views along the first axis, copies otherwise, and the gradient that puts a slice back into its place.
#include <algorithm>
#include <cstring>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/movement.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

/// The elements start, start + step, ... of an axis, `count` of them; -1: unknown, as the axis' extent is.
struct Range {
  int64_t start = 0, count = 0, step = 1;
};

/// The slices of a call, kept as given (so that they fit any extent): as in TensorFlow's StridedSlice, a bit of a mask
/// says that a position was left out.
class Slices {
 public:
  explicit Slices(const Attributes& attributes)
      : begin_(attributes.get<std::vector<int64_t>>("begin")),
        end_(attributes.get<std::vector<int64_t>>("end")),
        strides_(attributes.get<std::vector<int64_t>>("strides")),
        begin_mask_(attributes.integer("begin_mask")),
        end_mask_(attributes.integer("end_mask")) {}

  Range range(int axis, int64_t extent) const {
    const auto i = static_cast<size_t>(axis);
    if (i >= begin_.size()) return {0, extent, 1};
    const int64_t step = strides_[i];
    const bool no_begin = begin_mask_ >> axis & 1, no_end = end_mask_ >> axis & 1;
    if (extent < 0) return {0, no_begin && no_end && std::abs(step) == 1 ? extent : -1, step};
    // As in Python: positions beyond the ends are drawn to them.
    const int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? extent : extent - 1;
    const auto place = [&](int64_t position) {
      return std::clamp(position < 0 ? position + extent : position, lowest, highest);
    };
    const int64_t start = no_begin ? (step > 0 ? lowest : highest) : place(begin_[i]);
    const int64_t stop = no_end ? (step > 0 ? highest : lowest) : place(end_[i]);
    const int64_t distance = step > 0 ? stop - start : start - stop;
    return {start, distance <= 0 ? 0 : (distance - 1) / std::abs(step) + 1, step};
  }

  bool is_whole(int axis) const {
    return static_cast<size_t>(axis) >= begin_.size() ||
           ((begin_mask_ & end_mask_) >> axis & 1 && strides_[static_cast<size_t>(axis)] == 1);
  }
  /// Whether the result is a run of elements of any tensor.
  bool is_view() const {
    for (size_t axis = 1; axis < begin_.size(); ++axis)
      if (!is_whole(static_cast<int>(axis))) return false;
    return begin_.empty() || strides_[0] == 1;
  }

 private:
  const std::vector<int64_t>&begin_, &end_, &strides_;
  int64_t begin_mask_, end_mask_;
};

TensorSpec infer_slice(const Call& call) {
  const Slices slices(call.attributes);
  Shape shape = call.shape();
  for (int axis = 0; axis < shape.rank(); ++axis) shape[axis] = slices.range(axis, shape[axis]).count;
  return {shape, call.dtype()};
}

/// The first element's number in an array of `shape`, and the strides of the slice in it.
int64_t place_slice(const Attributes& attributes, const Shape& shape, int64_t* strides) {
  const Slices slices(attributes);
  kernels::contiguous_strides(shape.extents(), strides);
  int64_t first = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const Range range = slices.range(axis, shape[axis]);
    if (range.count > 0) first += range.start * strides[axis];
    strides[axis] *= range.step;
  }
  return first;
}

void run_slice(const Call& call, std::span<Tensor> outputs) {
  int64_t strides[Shape::max_rank];
  const int64_t first = place_slice(call.attributes, call.shape(), strides);
  const size_t element_size = size_of(call.dtype());
  kernels::copy_strided(element_size, call.data<std::byte>() + first * static_cast<int64_t>(element_size), strides,
                        outputs[0].shape().extents(), outputs[0].mutable_data());
}

int64_t view_offset(const Call& call) {
  const Range range = Slices(call.attributes).range(0, call.shape()[0]);
  return range.count > 0 ? range.start * call.shape().size_between(1, call.shape().rank()) : 0;
}

/// The attributes of a slice's gradient: its own, and the shape that was sliced.
Attributes with_shape(const Attributes& slices, const Shape& shape) {
  return {{"begin", slices.get<std::vector<int64_t>>("begin")},
          {"end", slices.get<std::vector<int64_t>>("end")},
          {"strides", slices.get<std::vector<int64_t>>("strides")},
          {"begin_mask", slices.integer("begin_mask")},
          {"end_mask", slices.integer("end_mask")},
          {"shape", shape}};
}

TensorSpec infer_slice_grad(const Call& call) {
  const Slices slices(call.attributes);
  Shape shape = call.attributes.shape("shape");
  if (shape.rank() != call.shape().rank())
    throw ShapeError("StridedSliceGrad: a slice of shape " + call.shape().to_string() + " is not one of " +
                     shape.to_string());
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const int64_t extent = call.shape()[axis];
    if (shape[axis] < 0 && slices.is_whole(axis)) shape[axis] = extent;
    const int64_t count = slices.range(axis, shape[axis]).count;
    if (count != extent && count >= 0 && extent >= 0)
      throw ShapeError("StridedSliceGrad: a slice of shape " + call.shape().to_string() + " is not one of " +
                       shape.to_string());
  }
  return {shape, call.dtype()};
}

void run_slice_grad(const Call& call, std::span<Tensor> outputs) {
  Tensor& out = outputs[0];
  const size_t element_size = size_of(call.dtype());
  std::memset(out.mutable_data(), 0, element_size * static_cast<size_t>(out.size()));
  int64_t strides[Shape::max_rank];
  const int64_t first = place_slice(call.attributes, out.shape(), strides);
  kernels::write_strided(element_size, call.input().raw_data(), call.shape().extents(),
                         static_cast<std::byte*>(out.mutable_data()) + first * static_cast<int64_t>(element_size),
                         strides);
}

Tensor slice_back(const Gradient& g);
Tensor slice_again(const Gradient& g);

const Operation& view_op = define({
    .name = "Slice",
    .onnx_name = "Slice",
    .infer = infer_slice,
    .view_offset = view_offset,
    .gradients = {{nothing, slice_back}},
});

const Operation& slice_op = define({
    .name = "StridedSlice",
    .onnx_name = "Slice",
    .infer = infer_slice,
    .kernel = run_slice,
    .gradients = {{nothing, slice_back}},
});

const Operation& slice_grad_op = define({
    .name = "StridedSliceGrad",
    .infer = infer_slice_grad,
    .kernel = run_slice_grad,
    .gradients = {{nothing, slice_again}},
});

Tensor apply_slice(const Tensor& x, const Attributes& attributes) {
  return apply(Slices(attributes).is_view() ? view_op : slice_op, {&x}, attributes);
}

Tensor slice_back(const Gradient& g) {
  return apply(slice_grad_op, {&g.upstream()}, with_shape(g.attributes(), g.input_shape()));
}

Tensor slice_again(const Gradient& g) { return apply_slice(g.upstream(), g.attributes()); }

Attributes attributes_of(const std::vector<Slice>& slices) {
  std::vector<int64_t> begin, end, strides;
  int64_t begin_mask = 0, end_mask = 0, bit = 1;
  for (const Slice& slice : slices) {
    begin.push_back(slice.start.value_or(0));
    end.push_back(slice.stop.value_or(0));
    strides.push_back(slice.step);
    if (!slice.start) begin_mask |= bit;
    if (!slice.stop) end_mask |= bit;
    bit *= 2;
  }
  return {{"begin", std::move(begin)},
          {"end", std::move(end)},
          {"strides", std::move(strides)},
          {"begin_mask", begin_mask},
          {"end_mask", end_mask}};
}

}  // namespace

Tensor slice(const Tensor& x, const std::vector<Slice>& slices) {
  if (static_cast<int>(slices.size()) > rank_of(x, "slice"))
    throw ShapeError("slice: received slices of " + std::to_string(slices.size()) + " axes for a tensor of shape " +
                     x.shape().to_string());
  if (slices.empty()) return x;
  for (size_t axis = 0; axis < slices.size(); ++axis)
    if (slices[axis].step == 0) throw ValueError("slice: the step of axis " + std::to_string(axis) + " must not be 0");
  return apply_slice(x, attributes_of(slices));
}

Tensor Tensor::slice(const std::vector<Slice>& slices) const { return cornu::slice(*this, slices); }

Tensor Tensor::operator[](int64_t index) const {
  if (rank() == 0) throw ShapeError("operator[]: a scalar has no axis to take a part of; use item()");
  const int64_t extent = shape()[0];
  if (extent >= 0 && (index < -extent || index >= extent))
    throw ValueError("operator[]: index " + std::to_string(index) + " is out of range for shape " +
                     shape().to_string());
  const Tensor part = index == -1 ? slice({{index, {}}}) : slice({{index, index + 1}});
  return reshape(part, shape().slice(1, rank()));
}

}  // namespace cornu
