#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/memory_plan.h>
#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/passes.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/core/ops/tracing.h>

namespace cornu::passes {

namespace {

constexpr int64_t most_added_bytes = 4096;  // that a result may be larger than what it is computed from

/// Whether the value is there and is all there is: no name of an unknown extent, and no object, which may stand for
/// code with effects of its own.
struct IsPlain {
  bool operator()(const std::shared_ptr<const void>&) const { return false; }
  bool operator()(int64_t number) const { return !Shape::is_name(number); }
  bool operator()(const Shape& shape) const { return std::none_of(shape.begin(), shape.end(), Shape::is_name); }
  bool operator()(const std::vector<int64_t>& list) const {
    return std::none_of(list.begin(), list.end(), Shape::is_name);
  }
  template <class T>
  bool operator()(const T&) const {
    return true;
  }
};

bool are_plain(const Attributes& attributes) {
  return std::all_of(attributes.begin(), attributes.end(),
                     [](const auto& entry) { return std::visit(IsPlain(), entry.second); });
}

/// Whether the node depends on constants alone, of known shapes, and its results are not much larger than these.
bool can_be_folded(const Graph& graph, const Node& node) {
  if (node.kind != Node::Kind::operation || !are_plain(node.attributes)) return false;
  int64_t budget = most_added_bytes;
  for (const Value& input : node.inputs) {
    if (graph.node(input).kind != Node::Kind::constant) return false;
    budget += static_cast<int64_t>(bytes_of(graph.spec(input)));
  }
  for (const TensorSpec& spec : node.outputs) {
    if (!spec.shape.is_known()) return false;
    budget -= static_cast<int64_t>(bytes_of(spec));
  }
  return budget >= 0;
}

/// The node's results; none where the kernel throws: then the error comes when the graph runs.
TensorList compute(const Graph& graph, const Node& node) {
  TensorList inputs, outputs;
  for (const Value& input : node.inputs) inputs.push_back(graph.node(input).constant);
  const std::vector<const Tensor*> arguments = pointers(inputs);
  const Call call{*node.operation, arguments, node.attributes};
  const NoRecording unseen;
  const TracingScope none(nullptr);
  try {
    if (node.operation->view_offset)
      return {Tensor::view(inputs[0], node.outputs[0].shape, node.operation->view_offset(call))};
    for (const TensorSpec& spec : node.outputs) outputs.push_back(Tensor::allocate(spec.shape, spec.dtype));
    node.operation->kernel(call, outputs);
  } catch (const Error&) {
    return {};
  }
  return outputs;
}

}  // namespace

Graph fold_constants(const Graph& graph) {
  Rewriter rewriter(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const int32_t index = static_cast<int32_t>(i);
    Node node = graph.nodes[i];
    node.inputs = rewriter.at(node.inputs);
    const TensorList results = can_be_folded(rewriter.to(), node) ? compute(rewriter.to(), node) : TensorList();
    if (results.empty()) rewriter.copy(index);
    for (size_t k = 0; k < results.size(); ++k)
      rewriter.replace({index, static_cast<int32_t>(k)}, rewriter.add_constant(results[k]));
  }
  return rewriter.finish();
}

}  // namespace cornu::passes
