#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/callable_graph.h>
#include <cornu/core/graph/internal/replay.h>
#include <cornu/core/graph/passes.h>
#include <cornu/core/ops/recorder.h>

namespace cornu {

namespace {

std::vector<Shape> shapes_of(std::span<const Tensor* const> tensors) {
  std::vector<Shape> shapes;
  for (const Tensor* tensor : tensors) shapes.push_back(tensor->shape());
  return shapes;
}

const CallableGraph& callable_of(const Attributes& attributes) {
  return *static_cast<const CallableGraph*>(attributes.get<std::shared_ptr<const void>>("f").get());
}

Attributes attributes_of(const std::shared_ptr<const CallableGraph>& callable) {
  return {{"f", std::shared_ptr<const void>(callable)}};
}

/// All gradients at once: the rules of the inputs share them.
TensorList call_gradients(const Gradient& g) {
  const CallableGraph& callable = callable_of(g.attributes());
  std::vector<bool> reached;
  for (int i = 0; i < g.output_count(); ++i) reached.push_back(g.has_upstream(i));
  const CallableGraph::Derivative& derivative = callable.derivative(reached);
  std::vector<const Tensor*> arguments;
  for (const int32_t i : derivative.inputs) arguments.push_back(&g.input(i));
  for (const int32_t i : derivative.outputs) arguments.push_back(&g.output(i));
  for (const int32_t i : derivative.upstream) arguments.push_back(&g.upstream(i));
  const TensorList results = derivative.graph->call(arguments);
  TensorList gradients;
  for (const int32_t number : derivative.gradient_of)
    gradients.push_back(number < 0 ? Tensor() : results[static_cast<size_t>(number)]);
  return gradients;
}

const Operation& call_op = define({
    .name = "PartitionedCall",
    .arity = variadic,
    .infer_outputs =
        [](const Call& call) {
          const CallableGraph& callable = callable_of(call.attributes);
          std::vector<TensorSpec> inputs;
          for (const Tensor* input : call.inputs) inputs.push_back(input->spec());
          callable.require_inputs(inputs);
          return callable.executable(call.inputs).output_specs();
        },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          callable_of(call.attributes).executable(call.inputs).run(call.inputs, outputs);
        },
    .gradients = {{all_inputs | all_inputs << 16, shared_gradient<call_gradients>}},
});

bool is_followed(std::span<const Tensor* const> tensors) {
  for (const Recorder* recorder : recorders())
    for (const Tensor* tensor : tensors)
      if (recorder->tracks(*tensor)) return true;
  return false;
}

}  // namespace

const Operation& partitioned_call() { return call_op; }

CallableGraph::CallableGraph(std::string name, Graph traced)
    : name_(std::move(name)), traced_(std::move(traced)), optimized_(passes::optimize(traced_)) {}

void CallableGraph::require_inputs(std::span<const TensorSpec> inputs) const {
  if (inputs.size() != traced_.inputs.size())
    throw ValueError(name_ + ": expected " + std::to_string(traced_.inputs.size()) + " inputs; received " +
                     std::to_string(inputs.size()));
  for (size_t i = 0; i < inputs.size(); ++i)
    if (const DType expected = traced_.spec(traced_.inputs[i]).dtype; inputs[i].dtype != expected)
      throw DTypeError(name_ + ": input " + std::to_string(i) + " must be " + std::string(cornu::name(expected)) +
                       "; received " + std::string(cornu::name(inputs[i].dtype)));
}

const Executable& CallableGraph::executable(std::span<const Tensor* const> inputs) const {
  const Executable* last = last_.load(std::memory_order_acquire);
  if (last && last->fits(inputs)) return *last;
  const std::lock_guard lock(mutex_);
  for (const auto& executable : executables_)
    if (executable->fits(inputs)) {
      last_.store(executable.get(), std::memory_order_release);
      return *executable;
    }
  try {
    Graph graph = optimized_;
    if (!graph.is_known()) graph = passes::optimize(specialize(optimized_, shapes_of(inputs)));
    last = executables_.emplace_back(std::make_unique<Executable>(std::move(graph), name_)).get();
  } catch (Error& error) {
    error.add_context(name_);
    throw;
  }
  last_.store(last, std::memory_order_release);
  return *last;
}

void CallableGraph::call_into(std::span<const Tensor* const> inputs, std::span<Tensor> outputs) const {
  executable(inputs).run(inputs, outputs);
}

TensorList CallableGraph::call(std::span<const Tensor* const> inputs) const {
  if (!recorders().empty()) {
    const Lifted& lifted = this->lifted();
    TensorList values;
    for (const Variable& variable : lifted.variables) values.push_back(variable.value());
    std::vector<const Tensor*> arguments(inputs.begin(), inputs.end());
    for (const Tensor& value : values) arguments.push_back(&value);
    if (is_followed(arguments)) {
      TensorList outputs = apply_outputs(call_op, arguments, attributes_of(lifted.graph));
      outputs.resize(traced_.outputs.size());
      return outputs;
    }
  }
  const Executable& executable = this->executable(inputs);
  TensorList outputs;
  outputs.reserve(executable.output_specs().size());
  for (const TensorSpec& spec : executable.output_specs()) outputs.push_back(Tensor::allocate(spec.shape, spec.dtype));
  executable.run(inputs, outputs);
  return outputs;
}

const CallableGraph::Lifted& CallableGraph::lifted() const {
  const std::lock_guard lock(mutex_);
  if (!lifted_) {
    const NoRecording unseen;
    LiftedGraph lifted = lift_reads(traced_);
    lifted_ = std::make_unique<const Lifted>(Lifted{
        std::make_shared<const CallableGraph>(name_, with_intermediates(lifted.graph)), std::move(lifted.variables)});
  }
  return *lifted_;
}

const CallableGraph::Derivative& CallableGraph::derivative(const std::vector<bool>& upstream) const {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<const Derivative>& derivative = derivatives_[upstream];
  if (!derivative) {
    const NoRecording unseen;
    derivative = std::make_unique<const Derivative>(differentiate(*this, upstream));
  }
  return *derivative;
}

}  // namespace cornu
