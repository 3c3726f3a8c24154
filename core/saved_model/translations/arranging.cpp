#include <algorithm>
#include <bit>

#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

namespace {

using Write = const ExportCall&;
using Read = const ImportCall&;

OutputReferences write_pad(Write call) {
  const auto& paddings = call.attributes().get<std::vector<int64_t>>("paddings");
  const Tensor pairs = index_tensor(paddings, {static_cast<int64_t>(paddings.size() / 2), 2}, index_dtype(paddings));
  return call.write_all(
      "PadV2", {call.input(), call.constant(pairs), call.number(call.attributes().get<double>("constant_values"))});
}

std::vector<std::pair<int64_t, int64_t>> paddings_of(Read call) {
  const std::vector<int64_t> flat = call.integers(1);
  if (flat.size() != 2 * static_cast<size_t>(call.tensor().rank())) call.fail("needs two paddings for each axis");
  std::vector<std::pair<int64_t, int64_t>> paddings;
  for (size_t i = 0; i + 1 < flat.size(); i += 2) paddings.emplace_back(flat[i], flat[i + 1]);
  return paddings;
}

TensorList read_mirror(Read call) {
  const PadMode mode = call.attribute("mode", "") == "SYMMETRIC" ? PadMode::symmetric : PadMode::reflect;
  return {pad(call.tensor(), paddings_of(call), mode)};
}

/// Begins, ends and strides, which StridedSlice takes in one dtype.
TensorList slice_numbers(const Attributes& attributes) {
  TensorList tensors;
  DType dtype = int32;
  for (const char* name : {"begin", "end", "strides"})
    if (index_dtype(attributes.get<std::vector<int64_t>>(name)) == int64) dtype = int64;
  for (const char* name : {"begin", "end", "strides"}) {
    const auto& numbers = attributes.get<std::vector<int64_t>>(name);
    tensors.push_back(index_tensor(numbers, {static_cast<int64_t>(numbers.size())}, dtype));
  }
  return tensors;
}

OutputReferences write_slice(Write call) {
  const Attributes& attributes = call.attributes();
  OutputReferences inputs{call.input()};
  for (const Tensor& numbers : slice_numbers(attributes)) inputs.push_back(call.constant(numbers));
  return call.write_all("StridedSlice", inputs,
                        {{"begin_mask", attribute(attributes.integer("begin_mask"))},
                         {"end_mask", attribute(attributes.integer("end_mask"))}});
}

int64_t sum_of(Read call, int64_t begin, int64_t size) {
  int64_t end = 0;
  if (__builtin_add_overflow(begin, size, &end)) call.fail("slices to an end that cannot be");
  return end;
}

/// What TensorFlow's StridedSlice says of the axes, one after another.
class StridedSlice {
 public:
  explicit StridedSlice(Read call)
      : call_(call), begin_(call.integers(1)), end_(call.integers(2)), strides_(call.integers(3)) {
    if (begin_.size() != end_.size() || begin_.size() != strides_.size() || begin_.size() > 32)
      call.fail("begin, end and strides have different lengths");
  }

  Tensor apply(const Tensor& x) {
    for (size_t i = 0; i < begin_.size(); ++i) add(i, x.rank());
    if (slices_.size() > static_cast<size_t>(x.rank())) call_.fail("slices more axes than the tensor has");
    while (axes_.size() < static_cast<size_t>(x.rank()) + added_) axes_.push_back(Axis::kept), slices_.push_back({});
    const Tensor sliced = slice(x, slices_);
    if (std::all_of(axes_.begin(), axes_.end(), [](Axis axis) { return axis == Axis::kept; })) return sliced;
    Shape shape;
    int next = 0;
    for (const Axis axis : axes_) {
      if (axis == Axis::added) shape.push_back(1);
      if (axis == Axis::kept) shape.push_back(sliced.shape()[next]);
      if (axis == Axis::dropped && sliced.shape()[next] != 1) call_.fail("an index is out of range");
      if (axis != Axis::added) ++next;
    }
    return reshape(sliced, shape);
  }

 private:
  enum class Axis { kept, dropped, added };
  bool has(const char* mask, size_t i) const { return call_.attribute(mask, int64_t{0}) >> i & 1; }

  void add(size_t i, int rank) {
    if (has("ellipsis_mask", i)) return add_ellipsis(i, rank);
    if (has("new_axis_mask", i)) {
      axes_.push_back(Axis::added);
      ++added_;
      return;
    }
    if (has("shrink_axis_mask", i)) {
      axes_.push_back(Axis::dropped);
      slices_.push_back(begin_[i] == -1 ? Slice{.start = -1} : Slice{begin_[i], sum_of(call_, begin_[i], 1)});
      return;
    }
    Slice slice{begin_[i], end_[i], strides_[i]};
    if (has("begin_mask", i)) slice.start.reset();
    if (has("end_mask", i)) slice.stop.reset();
    axes_.push_back(Axis::kept);
    slices_.push_back(slice);
  }

  /// As many whole axes as the others leave.
  void add_ellipsis(size_t i, int rank) {
    size_t others = slices_.size();
    for (size_t later = i + 1; later < begin_.size(); ++later) others += has("new_axis_mask", later) ? 0 : 1;
    for (; others < static_cast<size_t>(rank); ++others) {
      axes_.push_back(Axis::kept);
      slices_.push_back({});
    }
  }

  Read call_;
  std::vector<int64_t> begin_, end_, strides_;
  std::vector<Axis> axes_;
  std::vector<Slice> slices_;
  size_t added_ = 0;
};

/// Slice's size of -1 goes to the end.
TensorList read_slice(Read call) {
  const std::vector<int64_t> begin = call.integers(1), size = call.integers(2);
  if (begin.size() != size.size()) call.fail("begin and size have different lengths");
  std::vector<Slice> slices;
  for (size_t i = 0; i < begin.size(); ++i)
    slices.push_back(size[i] == -1 ? Slice{.start = begin[i]} : Slice{begin[i], sum_of(call, begin[i], size[i])});
  return {slice(call.tensor(), slices)};
}

TensorList read_squeeze(Read call) {
  const std::vector<int64_t> axes = call.list("squeeze_dims");
  return {axes.empty() ? squeeze(call.tensor()) : squeeze(call.tensor(), axes)};
}

/// The band from the diagonal `lower` below the main one to `upper` above it; negative: all.
OutputReference write_band(Write call, const OutputReference& x, int64_t lower, int64_t upper) {
  return call.write("MatrixBandPart", {x, call.integer(lower), call.integer(upper)});
}

/// x where `wider`, a band of ones, goes beyond `narrower`: TensorFlow's bands always hold the main diagonal.
OutputReferences write_beyond(Write call, const OutputReference& wider, const OutputReference& narrower) {
  const OutputReference chosen = call.write("NotEqual", {wider, narrower});
  return call.write_all("SelectV2", {chosen, call.input(), call.number(0)});
}

OutputReferences write_lower(Write call) {
  const int64_t k = call.attributes().integer("k");
  if (k >= 0) return {write_band(call, call.input(), -1, k)};
  const OutputReference ones = call.write("OnesLike", {call.input()});
  return write_beyond(call, write_band(call, ones, -1, 0), write_band(call, ones, -k - 1, 0));
}

OutputReferences write_upper(Write call) {
  const int64_t k = call.attributes().integer("k");
  if (k <= 0) return {write_band(call, call.input(), -k, -1)};
  const OutputReference ones = call.write("OnesLike", {call.input()});
  return write_beyond(call, write_band(call, ones, 0, -1), write_band(call, ones, 0, k - 1));
}

TensorList read_band(Read call) {
  const int64_t lower = call.integer(1), upper = call.integer(2);
  Tensor x = call.tensor();
  if (lower >= 0) x = triu(x, -lower);
  return {upper >= 0 ? tril(x, upper) : x};
}

}  // namespace

Translations arranging_translations() {
  return {
      {
          .operations = {"Reshape"},
          .write =
              [](Write call) {
                return call.write_all("Reshape", {call.input(), call.extents(call.output_spec().shape, true)});
              },
          .tensorflow = {"Reshape"},
          .read = [](Read call) { return TensorList{reshape(call.tensor(), call.shape(1))}; },
          .moves_elements = true,
      },
      {.tensorflow = {"ExpandDims"},
       .read = [](Read call) { return TensorList{expand_dims(call.tensor(), call.integer(1))}; },
       .moves_elements = true},
      {.tensorflow = {"Squeeze"}, .read = read_squeeze, .moves_elements = true},
      {
          .operations = {"Transpose"},
          .write =
              [](Write call) {
                return call.write_all("Transpose",
                                      {call.input(), call.integers(call.attributes().shape("perm").to_vector())});
              },
          .tensorflow = {"Transpose"},
          .read =
              [](Read call) {
                return TensorList{call.tensor().rank() == 0 ? call.tensor()
                                                            : transpose(call.tensor(), call.integers(1))};
              },
      },
      {
          .operations = {"Tile"},
          .write =
              [](Write call) {
                return call.write_all(
                    "Tile", {call.input(), call.extents(call.attributes().get<std::vector<int64_t>>("multiples"))});
              },
          .tensorflow = {"Tile"},
          .read = [](Read call) { return TensorList{tile(call.tensor(), call.integers(1))}; },
      },
      {
          .operations = {"PadV2"},
          .write = write_pad,
          .tensorflow = {"PadV2"},
          .read =
              [](Read call) {
                return TensorList{pad(call.tensor(), paddings_of(call), PadMode::constant, call.number(2))};
              },
      },
      {.tensorflow = {"Pad"}, .read = [](Read call) { return TensorList{pad(call.tensor(), paddings_of(call))}; }},
      {.tensorflow = {"MirrorPad"}, .read = read_mirror},
      {
          .operations = {"Slice", "StridedSlice"},
          .write = write_slice,
          .tensorflow = {"StridedSlice"},
          .read = [](Read call) { return TensorList{StridedSlice(call).apply(call.tensor())}; },
          .moves_elements = true,
      },
      {.tensorflow = {"Slice"}, .read = read_slice, .moves_elements = true},
      {
          .operations = {"ReverseV2"},
          .write =
              [](Write call) {
                return call.write_all("ReverseV2",
                                      {call.input(), call.integers(call.attributes().shape("axis").to_vector())});
              },
          .tensorflow = {"ReverseV2"},
          .read = [](Read call) { return TensorList{reverse(call.tensor(), call.integers(1))}; },
      },
      {
          .operations = {"Roll"},
          .write =
              [](Write call) {
                return call.write_all("Roll", {call.input(), call.integer(call.attributes().integer("shift")),
                                               call.integer(call.attributes().integer("axis"))});
              },
          .tensorflow = {"Roll"},
          .read = [](Read call) { return TensorList{roll(call.tensor(), call.integer(1), call.integer(2))}; },
      },
      {
          .operations = {"BroadcastTo"},
          .write =
              [](Write call) {
                return call.write_all("BroadcastTo", {call.input(), call.extents(call.attributes().shape("shape"))});
              },
          .tensorflow = {"BroadcastTo"},
          .read = [](Read call) { return TensorList{broadcast_to(call.tensor(), call.shape(1))}; },
      },
      {.operations = {"Tril"}, .write = write_lower},
      {.operations = {"Triu"}, .write = write_upper},
      {.tensorflow = {"MatrixBandPart"}, .read = read_band},
  };
}

}  // namespace cornu::saved_model
