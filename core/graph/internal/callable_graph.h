#pragma once
#include <map>
#include <memory>
#include <mutex>

#include <cornu/core/graph/graph.h>
#include <cornu/core/graph/internal/executable.h>

namespace cornu {

/// A graph that can be called like an operation: with tensors of any shapes that fit its inputs, from any thread, under
/// tapes. Each set of shapes is planned once.
class CORNU_API CallableGraph : public std::enable_shared_from_this<CallableGraph> {
 public:
  /// `name` says in messages whose graph it is.
  CallableGraph(std::string name, Graph traced);

  const std::string& name() const { return name_; }
  /// As it was traced.
  const Graph& traced() const { return traced_; }
  /// After all passes.
  const Graph& optimized() const { return optimized_; }
  /// Throws ValueError for another number of inputs and DTypeError for other dtypes than the graph's.
  void require_inputs(std::span<const TensorSpec> inputs) const;
  /// The plan for inputs of these shapes. Throws ShapeError for shapes that do not fit.
  const Executable& executable(std::span<const Tensor* const> inputs) const;
  /// Runs it; what tapes follow, they see as one operation.
  TensorList call(std::span<const Tensor* const> inputs) const;
  void call_into(std::span<const Tensor* const> inputs, std::span<Tensor> outputs) const;

  /// The gradient as a graph: of inputs (the numbers of this graph's inputs and results that it needs, then the
  /// upstream gradients) to the gradients of those inputs that have one.
  struct Derivative {
    std::vector<int32_t> inputs, outputs, upstream;  // what it takes, in this order
    std::vector<int32_t> gradient_of;                // for each input of this graph: the number of its gradient, or -1
    std::shared_ptr<const CallableGraph> graph;
  };
  /// The derivative where gradients flow in from the outputs that are set in `upstream`; traced once.
  const Derivative& derivative(const std::vector<bool>& upstream) const;

 private:
  struct Lifted {
    std::shared_ptr<const CallableGraph> graph;  // takes the variables' values as further inputs; further results serve
    std::vector<Variable> variables;             // the derivative
  };
  const Lifted& lifted() const;

  std::string name_;
  Graph traced_, optimized_;
  mutable std::mutex mutex_;
  mutable std::atomic<const Executable*> last_{nullptr};
  mutable std::vector<std::unique_ptr<const Executable>> executables_;
  mutable std::unique_ptr<const Lifted> lifted_;
  mutable std::map<std::vector<bool>, std::unique_ptr<const Derivative>> derivatives_;
};

/// `graph` with the values of variables as further inputs in place of their first reads.
struct LiftedGraph {
  Graph graph;
  std::vector<Variable> variables;
};
LiftedGraph lift_reads(const Graph& graph);
/// `graph` with what its gradient will need as further results.
Graph with_intermediates(const Graph& graph);
CallableGraph::Derivative differentiate(const CallableGraph& callable, const std::vector<bool>& upstream);

/// The table's entry for calls of a CallableGraph.
CORNU_API const Operation& partitioned_call();

/// The rule of an operation for which `gradients` works out those of all inputs at once.
template <TensorList (*gradients)(const Gradient&)>
Tensor shared_gradient(const Gradient& g) {
  return g.shared(gradients)[static_cast<size_t>(g.index())];
}

}  // namespace cornu
