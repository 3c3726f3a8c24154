#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

namespace {

using Write = const ExportCall&;
using Read = const ImportCall&;

OutputReferences write_fill(Write call) {
  const DType dtype = call.output_spec().dtype;
  return call.write_all("Fill", {call.extents(call.attributes().shape("shape")),
                                 call.number(call.attributes().get<double>("value"), dtype)});
}

TensorList read_fill(Read call) {
  const Tensor value = call.tensor(1);
  const bool is_number = !value.is_symbolic() && value.size() == 1 && value.dtype() != int64;
  if (is_number) return {full(call.shape(0), call.number(1), value.dtype())};
  return {broadcast_to(value, call.shape(0))};
}

/// The number of elements of a shape.
OutputReferences write_size(Write call) {
  const OutputReference count =
      call.write("Prod", {call.extents(call.attributes().shape("shape")), call.integers({0})});
  return call.write_all("Cast", {count}, {{"DstT", attribute(to_proto(call.output_spec().dtype))}});
}

TensorList read_range(Read call) {
  const DType dtype = call.dtype("Tidx", int32);
  if (is_floating(dtype)) return {arange(call.number(0), call.number(1), call.number(2), dtype)};
  for (size_t i = 0; i < 3; ++i)
    for (const int64_t number : call.integers(i))
      if (Shape::is_name(number)) call.fail("counts up to an extent that is not known before the graph runs");
  return {arange(call.integer(0), call.integer(1), call.integer(2), dtype)};
}

}  // namespace

Translations creation_translations() {
  return {
      {.operations = {"Fill"}, .write = write_fill, .tensorflow = {"Fill"}, .read = read_fill},
      {.operations = {"_Size"}, .write = write_size},
      {.tensorflow = {"Size"},
       .read =
           [](Read call) { return TensorList{element_count(call.tensor().shape(), call.dtype("out_type", int32))}; }},
      {.tensorflow = {"Rank"}, .read = [](Read call) { return TensorList{constant(int32_t{call.tensor().rank()})}; }},
      {.tensorflow = {"Range"}, .read = read_range},
      {.tensorflow = {"ZerosLike"}, .read = [](Read call) { return TensorList{zeros_like(call.tensor())}; }},
      {.tensorflow = {"OnesLike"}, .read = [](Read call) { return TensorList{ones_like(call.tensor())}; }},
  };
}

}  // namespace cornu::saved_model
