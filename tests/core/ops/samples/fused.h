#pragma once
// Entries that the fusion of graphs makes.
#include "core/ops/samples/sample.h"
#include <cornu/core/graph/internal/tracer.h>
#include <cornu/core/graph/passes.h>

namespace cornu::samples {

/// A sample of the node that `code` becomes when it is fused.
inline Sample fused(const std::string& operation, const TensorList& inputs,
                    const std::function<Tensor(const TensorList&)>& code) {
  Tracer tracer;
  TensorList symbols;
  for (const Tensor& input : inputs) symbols.push_back(tracer.add_input(input.spec()));
  const TracingScope scope(&tracer);
  const Graph graph = passes::fuse_elementwise(tracer.finish({code(symbols)}));
  const Node node = graph.nodes.back();
  return {operation,
          inputs,
          [node](const TensorList& x) { return TensorList{apply(*node.operation, pointers(x), node.attributes)}; },
          {{numbers({2, 3}), numbers({4})}}};
}

inline std::vector<Sample> fused_operations() {
  const TensorList pair = {numbers({2, 3}), numbers({3}, -2, 2, 2)};
  return {fused("_Fused", pair, [](const TensorList& x) { return tanh(x[0] * x[1]) + x[0]; }),
          fused("_FusedReduction", pair, [](const TensorList& x) { return reduce_mean(square(x[0] - x[1]), -1); })};
}

}  // namespace cornu::samples
