#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

namespace {

using Write = const ExportCall&;
using Read = const ImportCall&;

OutputReferences write_concat(Write call) {
  OutputReferences inputs = call.inputs();
  inputs.push_back(call.integer(call.attributes().integer("axis")));
  return call.write_all("ConcatV2", inputs);
}

TensorList read_concat(Read call) {
  if (call.input_count() < 2) call.fail("needs tensors and an axis");
  return {concat(call.tensors(0, call.input_count() - 1), call.integer(call.input_count() - 1))};
}

OutputReferences write_split(Write call) {
  const auto& sizes = call.attributes().get<std::vector<int64_t>>("size_splits");
  return call.write_all("SplitV", {call.input(), call.extents(sizes), call.integer(call.attributes().integer("axis"))},
                        {{"num_split", attribute(static_cast<int64_t>(sizes.size()))}});
}

/// A number of parts that an empty tensor could have without end.
int64_t part_count(Read call, int64_t count) {
  constexpr int64_t most = 100'000;
  if (count > most) call.fail("has " + std::to_string(count) + " parts; at most " + std::to_string(most) + " are read");
  return count;
}

TensorList read_unpack(Read call) {
  const Tensor x = call.tensor();
  const int64_t axis = call.attribute("axis", int64_t{0});
  if (x.rank() > 0) part_count(call, x.shape()[normalize_axis(axis, x.rank(), "Unpack")]);
  TensorList parts = unstack(x, axis);
  if (static_cast<int64_t>(parts.size()) != call.attribute("num", static_cast<int64_t>(parts.size())))
    call.fail("the axis has another extent than num");
  return parts;
}

}  // namespace

Translations joining_translations() {
  return {
      {
          .operations = {"ConcatV2"},
          .write = write_concat,
          .tensorflow = {"ConcatV2"},
          .read = read_concat,
          .moves_elements = true,
      },
      {.tensorflow = {"Pack"},
       .read =
           [](Read call) {
             return TensorList{stack(call.tensors(0, call.input_count()), call.attribute("axis", int64_t{0}))};
           },
       .moves_elements = true},
      {.tensorflow = {"Unpack"}, .read = read_unpack, .moves_elements = true},
      {
          .operations = {"SplitV"},
          .write = write_split,
          .tensorflow = {"SplitV"},
          .read = [](Read call) { return split(call.tensor(), call.integers(1), call.integer(2)); },
      },
      {.tensorflow = {"Split"},
       .read =
           [](Read call) {
             return split(call.tensor(1), part_count(call, call.attribute("num_split", int64_t{1})), call.integer(0));
           }},
  };
}

}  // namespace cornu::saved_model
