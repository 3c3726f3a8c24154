#include <algorithm>

#include <cornu/core/graph/internal/fused.h>
#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/ops/internal/rules.h>

namespace cornu {

namespace {

const kernels::FusedProgram& program_of(const Call& call) {
  return static_cast<const FusedSteps*>(call.attributes.get<std::shared_ptr<const void>>("program").get())->program;
}

/// The shape of the steps, which all have the same.
Shape shape_of(const Call& call) {
  Shape shape = call.shape();
  for (size_t i = 1; i < call.inputs.size(); ++i) shape = broadcast_shapes(shape, call.shape(i), call.name());
  return shape;
}

/// The inputs as a program takes them.
struct ProgramInputs {
  explicit ProgramInputs(const Call& call) : count(call.inputs.size()) {
    for (size_t i = 0; i < count; ++i) list[i] = {call.input(i).raw_data(), &call.shape(i)};
  }
  operator std::span<const kernels::FusedProgram::Input>() const { return {list, count}; }

  size_t count;
  kernels::FusedProgram::Input list[kernels::FusedProgram::max_inputs];
};

constexpr const char* fused_late = "graphs are differentiated before they are fused";

const Operation& fused_op = define({
    .name = "_Fused",
    .arity = variadic,
    .infer = [](const Call& call) -> TensorSpec {
      return {shape_of(call), program_of(call).result()};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          program_of(call).run(ProgramInputs(call), outputs[0].shape(), outputs[0].mutable_data());
        },
    .no_gradient = fused_late,
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

/// How many axes the reduction goes along, the last ones.
int reduced_axes(const Call& call) { return call.attributes.shape("axes").rank(); }

TensorSpec infer_reduction(const Call& call) {
  Shape shape = shape_of(call);
  for (const int64_t axis : call.attributes.shape("axes")) shape[static_cast<int>(axis)] = 1;
  if (!call.attributes.flag("keep_dims")) shape = shape.slice(0, shape.rank() - reduced_axes(call));
  return {shape, program_of(call).result()};
}

void run_reduction(const Call& call, std::span<Tensor> outputs) {
  const Shape shape = shape_of(call);
  const int axes = reduced_axes(call);
  void* out = outputs[0].mutable_data();
  program_of(call).run(ProgramInputs(call), shape, kernels::Reduction::sum, axes, out);
  if (!call.attributes.flag("mean")) return;
  const auto count = static_cast<double>(shape.size_between(shape.rank() - axes, shape.rank()));
  static const kernels::BinaryKernel& divide = *kernels::find_binary("RealDiv");
  const auto count32 = static_cast<float>(count);
  const DType dtype = outputs[0].dtype();
  const void* divisor = dtype == float32 ? static_cast<const void*>(&count32) : &count;
  divide.block(dtype)(out, 1, divisor, 0, out, outputs[0].size());
}

const Operation& fused_reduction_op = define({
    .name = "_FusedReduction",
    .arity = variadic,
    .infer = infer_reduction,
    .kernel = run_reduction,
    .no_gradient = fused_late,
});

/// What a node computes as steps of a program.
class ProgramBuilder {
 public:
  ProgramBuilder(const Graph& graph, const std::vector<Value>& inputs)
      : graph_(graph), inputs_(inputs), program_(dtypes_of(graph, inputs)) {}

  void add(int32_t index) {
    const Node& node = graph_.nodes[static_cast<size_t>(index)];
    const auto operand = [&](size_t i) { return number_of(node.inputs[i]); };
    int32_t result;
    if (node.operation->unary)
      result = program_.add(*node.operation->unary, operand(0));
    else if (node.operation->binary)
      result = program_.add(*node.operation->binary, operand(0), operand(1));
    else if (is_operation(node, "Cast"))
      result = program_.add_cast(operand(0), node.outputs[0].dtype);
    else if (is_operation(node, "SelectV2"))
      result = program_.add_select(operand(0), operand(1), operand(2));
    else
      result = add_clip(operand(0), operand(1), operand(2));
    results_.push_back({index, result});
    names_ += (names_.empty() ? "" : " ") + std::string(node.operation->name);
  }

  std::shared_ptr<const FusedSteps> finish() {
    if (!program_.finish()) return nullptr;
    return std::make_shared<const FusedSteps>(FusedSteps{std::move(program_), std::move(names_)});
  }

 private:
  static std::vector<DType> dtypes_of(const Graph& graph, const std::vector<Value>& inputs) {
    std::vector<DType> dtypes;
    for (const Value& input : inputs) dtypes.push_back(graph.spec(input).dtype);
    return dtypes;
  }

  int32_t add_clip(int32_t x, int32_t lowest, int32_t highest) {
    static const kernels::BinaryKernel& maximum = *kernels::find_binary("Maximum");
    static const kernels::BinaryKernel& minimum = *kernels::find_binary("Minimum");
    return program_.add(minimum, program_.add(maximum, x, lowest), highest);
  }

  int32_t number_of(const Value& value) const {
    for (const auto& [node, number] : results_)
      if (node == value.node) return number;
    return static_cast<int32_t>(std::find(inputs_.begin(), inputs_.end(), value) - inputs_.begin());
  }

  const Graph& graph_;
  const std::vector<Value>& inputs_;
  kernels::FusedProgram program_;
  std::string names_;
  std::vector<std::pair<int32_t, int32_t>> results_;  // a node and its number in the program
};

/// Whether no input of the dtype makes the operation fail.
template <class Kernel>
bool cannot_fail(const Kernel& kernel, DType dtype) {
  return kernel.supports(dtype) && (kernel.fault == kernels::Fault::none || is_floating(dtype));
}

}  // namespace

bool is_fusable(const Graph& graph, const Node& node) {
  if (node.kind != Node::Kind::operation) return false;
  const Operation& operation = *node.operation;
  if (operation.fusion != Fusion::elementwise) return false;
  if (operation.unary) return cannot_fail(*operation.unary, graph.spec(node.inputs[0]).dtype);
  if (operation.binary) return cannot_fail(*operation.binary, graph.spec(node.inputs[0]).dtype);
  const std::string_view name = operation.name;
  return name == "Cast" || name == "SelectV2" || name == "ClipByValue";
}

bool is_fusable_reduction(const Graph& graph, const Node& node) {
  if (!is_operation(node, "Sum") && !is_operation(node, "Mean")) return false;
  const Shape& axes = node.attributes.shape("axes");
  const int rank = graph.spec(node.inputs[0]).shape.rank();
  for (int i = 0; i < axes.rank(); ++i)
    if (axes[i] != rank - axes.rank() + i) return false;
  return axes.rank() > 0;
}

std::shared_ptr<const FusedSteps> make_steps(const Graph& graph, const std::vector<Value>& inputs,
                                             const std::vector<int32_t>& nodes) {
  ProgramBuilder builder(graph, inputs);
  for (const int32_t node : nodes) builder.add(node);
  return builder.finish();
}

Node fused_node(std::shared_ptr<const FusedSteps> steps, std::vector<Value> inputs, const TensorSpec& output) {
  return {.operation = &fused_op,
          .attributes = {{"steps", steps->names}, {"program", std::shared_ptr<const void>(steps)}},
          .inputs = std::move(inputs),
          .outputs = {output}};
}

Node fused_reduction_node(std::shared_ptr<const FusedSteps> steps, std::vector<Value> inputs, const Node& reduction) {
  const bool is_mean = is_operation(reduction, "Mean");
  return {.operation = &fused_reduction_op,
          .attributes = {{"steps", steps->names + (is_mean ? " Mean" : " Sum")},
                         {"axes", reduction.attributes.shape("axes")},
                         {"keep_dims", reduction.attributes.flag("keep_dims")},
                         {"mean", is_mean},
                         {"program", std::shared_ptr<const void>(steps)}},
          .inputs = std::move(inputs),
          .outputs = reduction.outputs};
}

}  // namespace cornu
