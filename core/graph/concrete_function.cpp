#include <cornu/core/error.h>
#include <cornu/core/graph/concrete_function.h>
#include <cornu/core/graph/internal/callable_graph.h>
#include <cornu/core/graph/internal/graph_observer.h>

namespace cornu {

ConcreteFunction::ConcreteFunction(std::vector<ArgumentSpec> signature, std::shared_ptr<const CallableGraph> callable,
                                   std::vector<bool> is_there, std::shared_ptr<const void> result)
    : signature_(std::move(signature)),
      callable_(std::move(callable)),
      inputs_(callable_->traced().input_specs()),
      is_there_(std::move(is_there)),
      result_(std::move(result)) {}

const Graph& ConcreteFunction::graph() const { return callable_->optimized(); }
const std::string& ConcreteFunction::name() const { return callable_->name(); }
std::vector<TensorSpec> ConcreteFunction::inputs() const { return inputs_; }
std::vector<TensorSpec> ConcreteFunction::outputs() const { return callable_->traced().output_specs(); }
std::vector<Variable> ConcreteFunction::captured_variables() const { return callable_->traced().variables(); }

void ConcreteFunction::check(std::span<const Tensor* const> inputs) const {
  const std::string where = name() + ": ";
  if (inputs.size() != inputs_.size())
    throw ValueError(where + "expected " + std::to_string(inputs_.size()) + " tensors; received " +
                     std::to_string(inputs.size()));
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::string input = where + "input " + std::to_string(i) + ": ";
    if (!inputs[i]->defined()) throw StateError(input + "has no value");
    if (inputs[i]->is_symbolic()) throw StateError(input + "is symbolic; a concrete function runs on values");
    if (inputs[i]->dtype() != inputs_[i].dtype)
      throw DTypeError(input + "expected dtype " + std::string(cornu::name(inputs_[i].dtype)) + "; received " +
                       std::string(cornu::name(inputs[i]->dtype())));
    if (!inputs[i]->shape().is_compatible_with(inputs_[i].shape))
      throw ShapeError(input + "expected shape " + inputs_[i].shape.to_string() + "; received " +
                       inputs[i]->shape().to_string());
  }
}

TensorList ConcreteFunction::operator()(const TensorList& inputs) const {
  const std::vector<const Tensor*> arguments = pointers(inputs);
  check(arguments);
  GraphObserver::tell(*callable_);
  return callable_->call(arguments);
}

Tensor ConcreteFunction::operator()(const Tensor& input) const {
  const Tensor* const arguments[] = {&input};
  check(arguments);
  GraphObserver::tell(*callable_);
  TensorList outputs = callable_->call(arguments);
  if (outputs.size() != 1)
    throw ValueError(name() + ": the function has " + std::to_string(outputs.size()) +
                     " results; call it with a TensorList to get them all");
  return std::move(outputs[0]);
}

}  // namespace cornu
