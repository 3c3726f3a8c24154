#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/internal/subgraphs.h>
#include <cornu/core/graph/passes.h>

namespace cornu::passes {

namespace {

bool reads_what_changes(const Graph& graph, size_t read, const std::vector<bool>& late) {
  const Variable& variable = graph.nodes[read].variable;
  for (size_t i = 0; i < read; ++i)
    if (late[i] && changes(graph.nodes[i], variable)) return true;
  return false;
}

}  // namespace

Graph effects_last(const Graph& graph) {
  std::vector<bool> late(graph.nodes.size(), false);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    late[i] = node.has_effect() || (node.kind == Node::Kind::read && reads_what_changes(graph, i, late));
    for (const Value& input : node.inputs) late[i] = late[i] || late[static_cast<size_t>(input.node)];
  }
  Rewriter rewriter(graph);
  for (const bool is_late : {false, true})
    for (size_t i = 0; i < graph.nodes.size(); ++i)
      if (late[i] == is_late) rewriter.copy(static_cast<int32_t>(i));
  return rewriter.finish();
}

}  // namespace cornu::passes
