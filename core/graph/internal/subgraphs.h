#pragma once
#include <functional>
#include <utility>

#include <cornu/core/graph/internal/callable_graph.h>
#include <cornu/core/graph/internal/pooled_vector.h>

namespace cornu {

using TensorListFunction = std::function<TensorList(const TensorList&)>;

/// The graphs that one operation runs: branches, or the condition and the body of a loop. All take the same inputs.
/// Nodes hold them as the attribute "graphs".
class Subgraphs {
 public:
  using List = std::vector<std::shared_ptr<const CallableGraph>>;
  explicit Subgraphs(List graphs) : graphs_(std::move(graphs)) {}

  const CallableGraph& operator[](size_t index) const { return *graphs_[index]; }
  size_t size() const { return graphs_.size(); }
  const List& list() const { return graphs_; }
  bool have_effects() const;
  /// The same without effects, to work values out again. Throws StateError if a value depends on what an effect gives.
  Subgraphs without_effects() const;

 private:
  List graphs_;
};

std::shared_ptr<const void> as_attribute(Subgraphs graphs);
const Subgraphs& subgraphs_of(const Attributes& attributes);

/// The rule `effect` of operations that run graphs.
std::shared_ptr<const Effect> effect_of_subgraphs(const Call& call);

/// The specs of what `graph` gives for inputs of these specs.
std::vector<TensorSpec> infer_outputs(const CallableGraph& graph, const std::vector<TensorSpec>& inputs);
std::vector<TensorSpec> specs_of(std::span<const Tensor* const> tensors);

/// The graph of the inputs of `graph` and the upstream gradients of the outputs in `reached` to the gradients of the
/// inputs in `wanted`: zeros where an input has none.
Graph pull_back(const Graph& graph, const std::vector<bool>& reached, const std::vector<bool>& wanted);
bool contains(const std::vector<Variable>& list, const Variable& variable);
/// Adds the variable to a list that has it not.
void add_variable(std::vector<Variable>& list, const Variable& variable);
/// Whether the node assigns the variable, or has an effect that does.
bool changes(const Node& node, const Variable& variable);
/// Which of these tensors are floating.
std::vector<bool> are_floating(const std::vector<TensorSpec>& specs);

/// The graph of `code`, a function of tensors of these specs that uses no trace around it.
CORNU_API Graph trace_graph(const TensorListFunction& code, const std::vector<TensorSpec>& inputs);

}  // namespace cornu
