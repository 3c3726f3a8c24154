#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/ops/sorting.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

namespace {

using Write = const ExportCall&;
using Read = const ImportCall&;

OutputReferences write_reduction(Write call) {
  return call.write_all(call.node().operation->name,
                        {call.input(), call.integers(call.attributes().shape("axes").to_vector())},
                        {{"keep_dims", attribute(call.attributes().flag("keep_dims"))}});
}

using Reduction = Tensor (*)(const Tensor&, const Axes&, const ReduceOptions&);

template <Reduction reduction>
TensorList read_reduction(Read call) {
  const std::vector<int64_t> axes = call.integers(1);
  if (axes.empty()) return {call.tensor()};
  return {reduction(call.tensor(), axes, {.keepdims = call.flag("keep_dims")})};
}

template <Reduction reduction>
Translation reduction_entry(const char* name) {
  return {.operations = {name}, .write = write_reduction, .tensorflow = {name}, .read = read_reduction<reduction>};
}

/// TensorFlow's operations along one axis take its number behind the input.
OutputReferences write_along_axis(Write call, const NodeAttributes& attributes) {
  return call.write_all(call.node().operation->name, {call.input(), call.integer(call.attributes().integer("axis"))},
                        attributes);
}

using Arg = Tensor (*)(const Tensor&, int64_t, DType);

template <Arg arg>
Translation arg_entry(const char* name) {
  return {
      .operations = {name},
      .write =
          [](Write call) {
            return write_along_axis(call, {{"output_type", attribute(to_proto(call.output_spec().dtype))}});
          },
      .tensorflow = {name},
      .read =
          [](Read call) { return TensorList{arg(call.tensor(), call.integer(1), call.dtype("output_type", int64))}; },
  };
}

using Scan = Tensor (*)(const Tensor&, int64_t, const ScanOptions&);

template <Scan scan>
Translation scan_entry(const char* name) {
  return {
      .operations = {name},
      .write =
          [](Write call) {
            return write_along_axis(call, {{"exclusive", attribute(call.attributes().flag("exclusive"))},
                                           {"reverse", attribute(call.attributes().flag("reverse"))}});
          },
      .tensorflow = {name},
      .read =
          [](Read call) {
            return TensorList{scan(call.tensor(), call.integer(1),
                                   {.exclusive = call.flag("exclusive"), .reverse = call.flag("reverse")})};
          },
  };
}

/// TensorFlow's softmax runs along the last axis.
OutputReferences write_softmax(Write call) {
  const char* name = call.node().operation->name;
  const int64_t axis = call.attributes().integer("axis"), rank = call.spec().shape.rank();
  if (axis == -1) return call.write_all(name, call.inputs());
  std::vector<int64_t> order;
  for (int64_t i = 0; i < rank; ++i) order.push_back(i);
  std::swap(order[static_cast<size_t>(axis + rank)], order.back());
  const OutputReference permutation = call.integers(order);
  return call.write_all("Transpose",
                        {call.write(name, {call.write("Transpose", {call.input(), permutation})}), permutation});
}

}  // namespace

Translations reduction_translations() {
  return {
      reduction_entry<reduce_sum>("Sum"),
      reduction_entry<reduce_mean>("Mean"),
      reduction_entry<reduce_max>("Max"),
      reduction_entry<reduce_min>("Min"),
      reduction_entry<reduce_prod>("Prod"),
      reduction_entry<reduce_all>("All"),
      reduction_entry<reduce_any>("Any"),
      arg_entry<argmax>("ArgMax"),
      arg_entry<argmin>("ArgMin"),
      scan_entry<cumsum>("Cumsum"),
      scan_entry<cumprod>("Cumprod"),
      {
          .operations = {"Softmax"},
          .write = write_softmax,
          .tensorflow = {"Softmax"},
          .read = [](Read call) { return TensorList{softmax(call.tensor())}; },
      },
      {
          .operations = {"LogSoftmax"},
          .write = write_softmax,
          .tensorflow = {"LogSoftmax"},
          .read = [](Read call) { return TensorList{log_softmax(call.tensor())}; },
      },
  };
}

}  // namespace cornu::saved_model
