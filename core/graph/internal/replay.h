#pragma once
#include <cornu/core/graph/graph.h>

namespace cornu {

/// Runs the graph's nodes one by one through the gate, effects too: in a trace it becomes part of that, otherwise it
/// computes. What is recorded on tapes is what the traced function itself would have recorded.
CORNU_API TensorList replay(const Graph& graph, const TensorList& inputs);

/// The graph with the values of `inputs`' extents in place of the names of unknown ones, and all shapes worked out
/// anew. Throws ShapeError for shapes that do not fit, naming the node.
CORNU_API Graph specialize(const Graph& graph, std::span<const Shape> inputs);

}  // namespace cornu
