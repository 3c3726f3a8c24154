#pragma once
#include <memory>

#include <cornu/core/graph/argument.h>
#include <cornu/core/graph/graph.h>

namespace cornu {

class CallableGraph;

/// A function traced for one signature: a graph that runs without the C++ code. Copies are the same graph. One may be
/// called from several threads at once if it has no effects.
class CORNU_API ConcreteFunction {
 public:
  ConcreteFunction(std::vector<ArgumentSpec> signature, std::shared_ptr<const CallableGraph> callable,
                   std::vector<bool> is_there, std::shared_ptr<const void> result);
  ConcreteFunction(const ConcreteFunction&) = default;  // also in place of moves: what was moved from can still be used
  ConcreteFunction& operator=(const ConcreteFunction&) = default;

  /// The graph after optimisation.
  const Graph& graph() const;
  const std::string& name() const;
  const std::vector<ArgumentSpec>& signature() const;
  /// The specs of the tensors that it takes (those in lists one by one), and gives.
  std::vector<TensorSpec> inputs() const;
  std::vector<TensorSpec> outputs() const;
  /// The variables that it reads or changes.
  std::vector<Variable> captured_variables() const;

  /// Runs it on the tensors among the arguments, in their order. Throws ShapeError or DTypeError naming the function
  /// for tensors that do not fit inputs().
  TensorList operator()(const TensorList& inputs) const;
  /// The one result of a function of one tensor.
  Tensor operator()(const Tensor& input) const;

  const CallableGraph& callable() const;
  /// Which tensors of the result there are: a gradient may be missing.
  const std::vector<bool>& is_there() const;
  /// The result as it was traced, in the type that the callable gives.
  const std::shared_ptr<const void>& result() const;

 private:
  struct State;
  void check(std::span<const Tensor* const> inputs) const;

  std::shared_ptr<const State> state_;
};

}  // namespace cornu
