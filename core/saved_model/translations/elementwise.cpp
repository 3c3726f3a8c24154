#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

namespace {

using Write = const ExportCall&;
using Read = const ImportCall&;

/// An operation that both call by one name.
Translation same(const char* name) {
  return {
      .operations = {name},
      .write = [](Write call) { return call.write_all(call.node().operation->name, call.inputs()); },
      .tensorflow = {name},
      .read =
          [](Read call) {
            const TensorList inputs = call.tensors(0, call.input_count());
            const std::vector<const Tensor*> arguments = pointers(inputs);
            return TensorList{cornu::apply(find_operation(call.node().op().c_str()), arguments)};
          },
  };
}

constexpr const char* same_names[] = {"Neg",          "Abs",         "Sign",
                                      "Reciprocal",   "Square",      "Sqrt",
                                      "Rsqrt",        "Exp",         "Expm1",
                                      "Log",          "Log1p",       "Sin",
                                      "Cos",          "Tan",         "Asin",
                                      "Acos",         "Atan",        "Sinh",
                                      "Cosh",         "Tanh",        "Asinh",
                                      "Acosh",        "Atanh",       "Erf",
                                      "Floor",        "Ceil",        "Relu",
                                      "Relu6",        "Sigmoid",     "Softplus",
                                      "Softsign",     "IsNan",       "IsInf",
                                      "IsFinite",     "Equal",       "NotEqual",
                                      "Less",         "LessEqual",   "Greater",
                                      "GreaterEqual", "LogicalAnd",  "LogicalOr",
                                      "LogicalNot",   "Sub",         "RealDiv",
                                      "FloorDiv",     "FloorMod",    "Pow",
                                      "Maximum",      "Minimum",     "SquaredDifference",
                                      "Atan2",        "StopGradient"};

bool is_boolean(Write call) { return call.spec().dtype == boolean; }

OutputReferences write_clip(Write call) {
  if (call.spec(1).shape.rank() == 0 && call.spec(2).shape.rank() == 0)
    return call.write_all("ClipByValue", call.inputs());
  return call.write_all("Minimum", {call.write("Maximum", {call.input(0), call.input(1)}), call.input(2)});
}

TensorList read_bias(Read call) {
  const Tensor x = call.tensor(0), bias = call.tensor(1);
  if (call.attribute("data_format", "NHWC") != "NCHW") return {x + bias};
  Shape along(std::vector<int64_t>(static_cast<size_t>(std::max(x.rank(), 2)), 1));
  along[1] = bias.shape()[0];
  return {x + reshape(bias, along)};
}

TensorList read_sum(Read call) {
  Tensor sum = call.tensor(0);
  for (size_t i = 1; i < call.input_count(); ++i) sum = sum + call.tensor(i);
  return {sum};
}

/// TensorFlow's Div cuts the quotient of integers off toward zero.
TensorList read_division(Read call) {
  if (!is_floating(call.tensor(0).dtype())) call.fail("divides integers; only floating-point tensors are divided here");
  return {call.tensor(0) / call.tensor(1)};
}

/// The condition of the older Select may be a vector that chooses rows.
TensorList read_select(Read call) {
  Tensor condition = call.tensor(0);
  const int rank = call.tensor(1).rank();
  while (condition.rank() > 0 && condition.rank() < rank) condition = expand_dims(condition, -1);
  return {where(condition, call.tensor(1), call.tensor(2))};
}

}  // namespace

Translations elementwise_translations() {
  Translations entries;
  for (const char* name : same_names) entries.push_back(same(name));
  const Translations others = {
      {
          .operations = {"Identity"},
          .write = [](Write call) { return call.write_all("Identity", call.inputs()); },
          .tensorflow = {"Identity", "PlaceholderWithDefault"},
          .read = [](Read call) { return TensorList{call.tensor()}; },
          .moves_elements = true,
      },
      {
          .operations = {"Add"},
          .write = [](Write call) { return call.write_all(is_boolean(call) ? "LogicalOr" : "AddV2", call.inputs()); },
          .tensorflow = {"Add", "AddV2"},
          .read = [](Read call) { return TensorList{call.tensor(0) + call.tensor(1)}; },
      },
      {
          .operations = {"Mul"},
          .write = [](Write call) { return call.write_all(is_boolean(call) ? "LogicalAnd" : "Mul", call.inputs()); },
          .tensorflow = {"Mul"},
          .read = [](Read call) { return TensorList{call.tensor(0) * call.tensor(1)}; },
      },
      {
          .operations = {"LogicalXor"},
          .write = [](Write call) { return call.write_all("NotEqual", call.inputs()); },
      },
      {
          .operations = {"Rint"},
          .write = [](Write call) { return call.write_all("Rint", call.inputs()); },
          .tensorflow = {"Rint", "Round"},
          .read = [](Read call) { return TensorList{round(call.tensor())}; },
      },
      {
          .operations = {"SelectV2"},
          .write = [](Write call) { return call.write_all("SelectV2", call.inputs()); },
          .tensorflow = {"SelectV2"},
          .read = [](Read call) { return TensorList{where(call.tensor(0), call.tensor(1), call.tensor(2))}; },
      },
      {
          .operations = {"Cast"},
          .write =
              [](Write call) {
                return call.write_all("Cast", call.inputs(), {{"DstT", attribute(to_proto(call.output_spec().dtype))}});
              },
          .tensorflow = {"Cast"},
          .read = [](Read call) { return TensorList{cast(call.tensor(), call.dtype("DstT", float32))}; },
      },
      {
          .operations = {"ClipByValue"},
          .write = write_clip,
          .tensorflow = {"ClipByValue"},
          .read = [](Read call) { return TensorList{clip_by_value(call.tensor(0), call.tensor(1), call.tensor(2))}; },
      },
      {.tensorflow = {"BiasAdd"}, .read = read_bias},
      {.tensorflow = {"AddN"}, .read = read_sum},
      {.tensorflow = {"Div"}, .read = read_division},
      {.tensorflow = {"Select"}, .read = read_select},
      {.tensorflow = {"Inv"}, .read = [](Read call) { return TensorList{reciprocal(call.tensor())}; }},
      {.tensorflow = {"Elu"}, .read = [](Read call) { return TensorList{elu(call.tensor())}; }},
      {.tensorflow = {"Selu"}, .read = [](Read call) { return TensorList{selu(call.tensor())}; }},
      {.tensorflow = {"LeakyRelu"},
       .read = [](Read call) { return TensorList{leaky_relu(call.tensor(), call.attribute("alpha", 0.2))}; }},
  };
  entries.insert(entries.end(), others.begin(), others.end());
  return entries;
}

}  // namespace cornu::saved_model
