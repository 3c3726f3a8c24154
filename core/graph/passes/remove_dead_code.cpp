#include <unordered_set>

#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/passes.h>

namespace cornu::passes {

namespace {

/// Assignments to a variable that is assigned again before anyone can see it.
std::vector<bool> find_overwritten(const Graph& graph) {
  std::vector<bool> overwritten(graph.nodes.size(), false);
  std::unordered_set<uint64_t> assigned_later;
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (node.kind == Node::Kind::assign) overwritten[i] = !assigned_later.insert(node.variable.id()).second;
    if (node.kind == Node::Kind::read) assigned_later.erase(node.variable.id());
    if (node.kind == Node::Kind::effect)
      for (const std::vector<Variable>* list : {&node.effect->reads, &node.effect->changes})
        for (const Variable& variable : *list) assigned_later.erase(variable.id());
  }
  return overwritten;
}

}  // namespace

Graph remove_dead_code(const Graph& graph) {
  const std::vector<bool> overwritten = find_overwritten(graph);
  const std::unordered_map<int64_t, Value> first = first_of_names(graph);
  std::vector<bool> alive(graph.nodes.size(), false);
  for (const std::vector<Value>* list : {&graph.inputs, &graph.outputs})
    for (const Value& value : *list) alive[static_cast<size_t>(value.node)] = true;
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (node.has_effect() && !overwritten[i]) alive[i] = true;
    if (!alive[i]) continue;
    for (const Value& input : node.inputs) alive[static_cast<size_t>(input.node)] = true;
    for (const int64_t name : names_read(node))
      if (const auto value = first.find(name); value != first.end() && value->second.node < static_cast<int32_t>(i))
        alive[static_cast<size_t>(value->second.node)] = true;
  }
  Rewriter rewriter(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    if (alive[i]) rewriter.copy(static_cast<int32_t>(i));
  return rewriter.finish();
}

}  // namespace cornu::passes
