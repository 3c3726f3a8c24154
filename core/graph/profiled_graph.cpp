#include <cornu/core/graph/internal/graph_observer.h>
#include <cornu/core/graph/internal/profiled_graph.h>

namespace cornu {

std::atomic<GraphObserver*> GraphObserver::current_{nullptr};

namespace {

/// The operations that were fused into a node, if it is such a one.
std::string steps_of(const Node& node) {
  for (const auto& [name, value] : node.attributes)
    if (const auto* steps = std::get_if<std::string>(&value); steps && std::string_view(name) == "steps") return *steps;
  return {};
}

}  // namespace

std::shared_ptr<const ProfiledGraph> profiled_graph(const Graph& graph) {
  auto profiled = std::make_shared<ProfiledGraph>();
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    std::vector<TensorSpec> inputs;
    for (const Value& input : node.inputs) inputs.push_back(graph.spec(input));
    profiled->nodes.push_back({.name = graph.name_of(static_cast<int32_t>(i)),
                               .type = node.type(),
                               .scope = node.scope,
                               .inputs = std::move(inputs),
                               .outputs = node.outputs,
                               .steps = steps_of(node)});
  }
  return profiled;
}

}  // namespace cornu
