#pragma once
#include <string>

#include <cornu/core/graph/graph.h>
#include <cornu/core/kernels/fused.h>

namespace cornu {

/// A program of elementwise steps with the names of the operations that they came from: "Mul Add Tanh".
struct FusedSteps {
  kernels::FusedProgram program;
  std::string names;
};

/// Whether a node can be a step of a program.
CORNU_API bool is_fusable(const Graph& graph, const Node& node);
/// Whether a node can be the reduction that ends one: a sum or mean along the last axes.
CORNU_API bool is_fusable_reduction(const Graph& graph, const Node& node);

/// The program of these nodes of the graph, in their order, from `inputs` to the result of the last. Null where there
/// are too many values between steps at once.
CORNU_API std::shared_ptr<const FusedSteps> make_steps(const Graph& graph, const std::vector<Value>& inputs,
                                                       const std::vector<int32_t>& nodes);

/// The node that runs a program: on inputs that it takes in the order of the program's.
CORNU_API Node fused_node(std::shared_ptr<const FusedSteps> steps, std::vector<Value> inputs, const TensorSpec& output);
/// The same followed by the reduction `reduction`.
CORNU_API Node fused_reduction_node(std::shared_ptr<const FusedSteps> steps, std::vector<Value> inputs,
                                    const Node& reduction);

}  // namespace cornu
