#pragma once
// Entries that the fusion of graphs makes.
#include "core/ops/samples/sample.h"
#include <cornu/core/graph/internal/tracer.h>
#include <cornu/core/graph/passes.h>

namespace cornu::samples {

inline TensorList apply_outputs_of(const Operation& operation, const TensorList& inputs) {
  if (operation.infer) return {cornu::apply(operation, pointers(inputs))};
  return cornu::apply_outputs(operation, pointers(inputs));
}

/// A sample of the node that `code` becomes when it is fused.
inline Sample fused(const std::string& operation, const TensorList& inputs,
                    const std::function<Tensor(const TensorList&)>& code) {
  Tracer tracer;
  TensorList symbols;
  for (const Tensor& input : inputs) symbols.push_back(tracer.add_input(input.spec()));
  const TracingScope scope(&tracer);
  const Graph graph = passes::fuse_elementwise(tracer.finish({code(symbols)}));
  const Node node = graph.nodes.back();
  return {
      operation,
      inputs,
      [node](const TensorList& x) { return TensorList{cornu::apply(*node.operation, pointers(x), node.attributes)}; },
      {{numbers({2, 3}), numbers({4})}}};
}

/// Entries that a softmax and a cross-entropy become.
inline std::vector<Sample> fused_losses() {
  const Tensor logits = numbers({2, 3, 4}), labels = integers({0, 3, 1, 1, 2, 0}, {2, 3});
  const Tensor chances = softmax(logits), upstream = numbers({2, 3}, -1, 1, 3), dense = numbers({2, 3, 4}, 0, 1, 2);
  const auto sample = [](const char* name, const TensorList& inputs, const TensorList& wrong) {
    return Sample{
        name, inputs, [=](const TensorList& x) { return apply_outputs_of(find_operation(name), x); }, {wrong}};
  };
  const Tensor few = integers({1, 2}, {2});
  return {sample("_SoftmaxSparseCrossEntropy", {labels, logits}, {few, logits}),
          sample("_SoftmaxSparseCrossEntropyGrad", {labels, chances, upstream}, {few, chances, upstream}),
          sample("_SparseSoftmaxCrossEntropyWithGradient", {labels, logits}, {few, logits}),
          sample("_SoftmaxCrossEntropyWithGradient", {dense, logits}, {numbers({2, 3}), logits})};
}

inline std::vector<Sample> fused_operations() {
  const TensorList pair = {numbers({2, 3}), numbers({3}, -2, 2, 2)};
  std::vector<Sample> all = fused_losses();
  append(all,
         {fused("_Fused", pair, [](const TensorList& x) { return tanh(x[0] * x[1]) + x[0]; }),
          fused("_FusedReduction", pair, [](const TensorList& x) { return reduce_mean(square(x[0] - x[1]), -1); })});
  return all;
}

}  // namespace cornu::samples
