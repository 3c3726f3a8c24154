#include <cornu/core/error.h>
#include <cornu/core/graph/concrete_function.h>
#include <cornu/core/graph/internal/callable_graph.h>
#include <cornu/core/graph/internal/graph_observer.h>

namespace cornu {

struct ConcreteFunction::State {
  std::vector<ArgumentSpec> signature;
  std::shared_ptr<const CallableGraph> callable;
  std::vector<bool> is_there;
  std::shared_ptr<const void> result;
  std::vector<TensorSpec> inputs = callable->traced().input_specs();
};

ConcreteFunction::ConcreteFunction(std::vector<ArgumentSpec> signature, std::shared_ptr<const CallableGraph> callable,
                                   std::vector<bool> is_there, std::shared_ptr<const void> result)
    : state_(std::make_shared<const State>(
          State{std::move(signature), std::move(callable), std::move(is_there), std::move(result)})) {}

const CallableGraph& ConcreteFunction::callable() const { return *state_->callable; }
const std::vector<ArgumentSpec>& ConcreteFunction::signature() const { return state_->signature; }
const std::vector<bool>& ConcreteFunction::is_there() const { return state_->is_there; }
const std::shared_ptr<const void>& ConcreteFunction::result() const { return state_->result; }
const Graph& ConcreteFunction::graph() const { return callable().optimized(); }
const std::string& ConcreteFunction::name() const { return callable().name(); }
std::vector<TensorSpec> ConcreteFunction::inputs() const { return state_->inputs; }
std::vector<TensorSpec> ConcreteFunction::outputs() const { return callable().traced().output_specs(); }
std::vector<Variable> ConcreteFunction::captured_variables() const { return callable().traced().variables(); }

void ConcreteFunction::check(std::span<const Tensor* const> inputs) const {
  const std::vector<TensorSpec>& expected = state_->inputs;
  if (inputs.size() != expected.size())
    throw ValueError(name() + ": expected " + std::to_string(expected.size()) + " tensors; received " +
                     std::to_string(inputs.size()));
  const auto where = [&](size_t i) { return name() + ": input " + std::to_string(i) + ": "; };
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& input = *inputs[i];
    if (!input.defined()) throw StateError(where(i) + "has no value");
    if (input.is_symbolic()) throw StateError(where(i) + "is symbolic; a concrete function runs on values");
    if (input.dtype() != expected[i].dtype)
      throw DTypeError(where(i) + "expected dtype " + std::string(cornu::name(expected[i].dtype)) + "; received " +
                       std::string(cornu::name(input.dtype())));
    if (!input.shape().is_compatible_with(expected[i].shape))
      throw ShapeError(where(i) + "expected shape " + expected[i].shape.to_string() + "; received " +
                       input.shape().to_string());
  }
}

TensorList ConcreteFunction::operator()(const TensorList& inputs) const {
  const std::vector<const Tensor*> arguments = pointers(inputs);
  check(arguments);
  GraphObserver::tell(callable());
  return callable().call(arguments);
}

Tensor ConcreteFunction::operator()(const Tensor& input) const {
  const Tensor* const arguments[] = {&input};
  check(arguments);
  GraphObserver::tell(callable());
  TensorList outputs = callable().call(arguments);
  if (outputs.size() != 1)
    throw ValueError(name() + ": the function has " + std::to_string(outputs.size()) +
                     " results; call it with a TensorList to get them all");
  return std::move(outputs[0]);
}

}  // namespace cornu
