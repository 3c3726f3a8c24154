#include <numeric>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/ops/sorting.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

namespace {

using Write = const ExportCall&;
using Read = const ImportCall&;

OutputReferences write_gather(Write call) {
  return call.write_all("GatherV2", {call.input(0), call.input(1), call.integer(call.attributes().integer("axis"))});
}

/// Indices beside a tensor of the same leading axes: batch_dims of them, and then `axis`, the last one.
Tensor gather_in_batches(Read call, const Tensor& x, const Tensor& indices, int64_t axis, int64_t batches) {
  if (batches == 0) return gather(x, indices, axis);
  if (axis != x.rank() - 1 || batches != axis || indices.rank() != x.rank())
    call.fail("gathers with batch_dims other than all axes but the last");
  return take_along_axis(x, indices, axis);
}

TensorList read_gather(Read call) {
  const Tensor x = call.tensor(0);
  const int64_t axis = call.integer(2), batches = call.attribute("batch_dims", int64_t{0});
  const int64_t normal = normalize_axis(axis, std::max(x.rank(), 1), "GatherV2");
  return {gather_in_batches(call, x, call.tensor(1), normal, batches < 0 ? batches + call.tensor(1).rank() : batches)};
}

TensorList read_resource_gather(Read call) {
  return {gather_in_batches(call, call.variable(0), call.tensor(1), 0, call.attribute("batch_dims", int64_t{0}))};
}

/// The axes in their order, with `axis` and the last one in each other's places.
std::vector<int64_t> swap_with_last(int rank, int64_t axis) {
  std::vector<int64_t> order(static_cast<size_t>(rank));
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[static_cast<size_t>(axis)], order.back());
  return order;
}

OutputReferences write_take(Write call) {
  const int rank = call.spec().shape.rank();
  const int64_t axis = call.attributes().integer("axis"), last = rank - 1;
  OutputReferences inputs = call.inputs();
  if (axis != last)
    for (OutputReference& input : inputs)
      input = call.write("Transpose", {input, call.integers(swap_with_last(rank, axis))});
  const OutputReference taken =
      call.write("GatherV2", {inputs[0], inputs[1], call.integer(last)}, {{"batch_dims", attribute(last)}});
  if (axis == last) return {taken};
  return {call.write("Transpose", {taken, call.integers(swap_with_last(rank, axis))})};
}

OutputReferences write_one_hot(Write call) {
  const DType dtype = call.output_spec().dtype;
  return call.write_all(
      "OneHot",
      {call.input(), call.integer(call.attributes().integer("depth")), call.number(1, dtype), call.number(0, dtype)},
      {{"axis", attribute(call.attributes().integer("axis"))}});
}

TensorList read_one_hot(Read call) {
  const int64_t depth = call.integer(1), axis = call.attribute("axis", int64_t{-1});
  const double on = call.number(2), off = call.number(3);
  const DType dtype = call.dtype("T", float32);
  if (on == 1 && off == 0) return {one_hot(call.tensor(), depth, axis, dtype)};
  return {where(one_hot(call.tensor(), depth, axis, boolean), full({}, on, dtype), full({}, off, dtype))};
}

/// By the largest elements of the last axis, all of them.
OutputReferences write_argsort(Write call) {
  const Shape& shape = call.spec().shape;
  const int64_t axis = call.attributes().integer("axis"), last = shape.rank() - 1;
  const int64_t extent = shape[static_cast<int>(axis)];
  if (extent < 0) call.fail("the extent of the axis that is sorted must be known");
  OutputReference x = call.attributes().flag("descending") ? call.input() : call.write("Neg", {call.input()});
  if (axis == last) return {call.write_all("TopKV2", {x, call.integer(extent)}, {{"sorted", attribute(true)}})[1]};
  const OutputReference swapped = call.integers(swap_with_last(shape.rank(), axis));
  x = call.write("Transpose", {x, swapped});
  const OutputReference order = call.write_all("TopKV2", {x, call.integer(extent)}, {{"sorted", attribute(true)}})[1];
  return call.write_all("Transpose", {order, swapped});
}

}  // namespace

Translations indexing_translations() {
  return {
      {
          .operations = {"GatherV2"},
          .write = write_gather,
          .tensorflow = {"GatherV2"},
          .read = read_gather,
          .moves_elements = true,
      },
      {.tensorflow = {"ResourceGather"}, .read = read_resource_gather},
      {.operations = {"TakeAlongAxis"}, .write = write_take},
      {
          .operations = {"GatherNd"},
          .write = [](Write call) { return call.write_all("GatherNd", call.inputs()); },
          .tensorflow = {"GatherNd"},
          .read = [](Read call) { return TensorList{gather_nd(call.tensor(0), call.tensor(1))}; },
      },
      {
          .operations = {"ScatterNd"},
          .write =
              [](Write call) {
                OutputReference shape = call.extents(call.attributes().shape("shape"));
                if (shape.dtype != call.input(0).dtype)
                  shape = call.write("Cast", {shape}, {{"DstT", attribute(call.input(0).dtype)}});
                return call.write_all("ScatterNd", {call.input(0), call.input(1), shape});
              },
          .tensorflow = {"ScatterNd"},
          .read = [](Read call) { return TensorList{scatter_nd(call.tensor(0), call.tensor(1), call.shape(2))}; },
      },
      {
          .operations = {"TensorScatterUpdate"},
          .write = [](Write call) { return call.write_all("TensorScatterUpdate", call.inputs()); },
          .tensorflow = {"TensorScatterUpdate"},
          .read =
              [](Read call) {
                return TensorList{tensor_scatter_update(call.tensor(0), call.tensor(1), call.tensor(2))};
              },
      },
      {.operations = {"OneHot"}, .write = write_one_hot, .tensorflow = {"OneHot"}, .read = read_one_hot},
      {
          .operations = {"TopKV2"},
          .write =
              [](Write call) {
                return call.write_all("TopKV2", {call.input(), call.integer(call.attributes().integer("k"))},
                                      {{"sorted", attribute(true)}});
              },
          .tensorflow = {"TopKV2"},
          .read =
              [](Read call) {
                const TopK top = top_k(call.tensor(), call.integer(1));
                return TensorList{top.values, top.indices};
              },
      },
      {.operations = {"ArgSort"}, .write = write_argsort},
  };
}

}  // namespace cornu::saved_model
