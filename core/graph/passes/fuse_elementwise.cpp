#include <algorithm>
#include <set>

#include <cornu/core/graph/internal/fused.h>
#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/passes.h>

namespace cornu::passes {

namespace {

using kernels::FusedProgram;

/// Nodes that become one, in their order; the last one's result is the only one that others see.
struct Group {
  std::vector<int32_t> nodes;
  std::vector<Value> inputs;
  int32_t reduction = -1;  // the node of a reduction that follows

  int32_t last() const { return reduction >= 0 ? reduction : nodes.back(); }
};

class ElementwiseFusion {
 public:
  explicit ElementwiseFusion(const Graph& graph)
      : graph_(graph), uses_(count_uses(graph)), first_(first_of_names(graph)), group_(graph.nodes.size(), -1) {}

  Graph run() {
    for (size_t i = graph_.nodes.size(); i-- > 0;) start(static_cast<int32_t>(i));
    Rewriter rewriter(graph_);
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const int32_t index = static_cast<int32_t>(i);
      if (group_[i] < 0)
        rewriter.copy(index);
      else if (groups_[static_cast<size_t>(group_[i])].last() == index)
        rewriter.replace({index, 0}, rewriter.add(node_of(static_cast<size_t>(group_[i]), rewriter)));
    }
    return rewriter.finish();
  }

 private:
  const Node& node(int32_t index) const { return graph_.nodes[static_cast<size_t>(index)]; }
  bool is_free(int32_t index) const { return group_[static_cast<size_t>(index)] < 0; }
  int32_t uses(const Value& value) const {
    return uses_[static_cast<size_t>(value.node)][static_cast<size_t>(value.output)];
  }

  /// Finds the group that ends with this node, if it is worth one.
  void start(int32_t index) {
    if (!is_free(index)) return;
    Group group;
    if (is_fusable(graph_, node(index))) {
      group = grown_from(index);
    } else if (is_fusable_reduction(graph_, node(index))) {
      const Value& input = node(index).inputs[0];
      if (!is_free(input.node) || uses(input) != 1 || !is_fusable(graph_, node(input.node))) return;
      if (names_an_extent(input)) return;
      group = grown_from(input.node);
      group.reduction = index;
    }
    if (group.nodes.size() + (group.reduction >= 0 ? 1 : 0) < 2) return;
    std::shared_ptr<const FusedSteps> steps = make_steps(graph_, group.inputs, group.nodes);
    if (!steps) return;
    for (const int32_t member : group.nodes) group_[static_cast<size_t>(member)] = static_cast<int32_t>(groups_.size());
    group_[static_cast<size_t>(group.last())] = static_cast<int32_t>(groups_.size());
    groups_.push_back(std::move(group));
    steps_.push_back(std::move(steps));
  }

  /// The largest group that ends with `last`. Candidates are taken from the last on, so that all users of a node have
  /// been decided on before it.
  Group grown_from(int32_t last) const {
    std::set<int32_t> members = {last};
    std::set<int32_t, std::greater<>> candidates;
    const auto add_producers = [&](int32_t member) {
      for (const Value& input : node(member).inputs)
        if (can_join(input, node(last))) candidates.insert(input.node);
    };
    add_producers(last);
    while (!candidates.empty()) {
      const int32_t candidate = *candidates.begin();
      candidates.erase(candidates.begin());
      if (!is_used_only_by(members, candidate)) continue;
      members.insert(candidate);
      if (is_too_large(members))
        members.erase(candidate);
      else
        add_producers(candidate);
    }
    return {{members.begin(), members.end()}, inputs_of(members)};
  }

  bool can_join(const Value& value, const Node& last) const {
    const Shape &own = graph_.spec(value).shape, &shape = last.outputs[0].shape;
    return is_free(value.node) && is_fusable(graph_, graph_.node(value)) && !names_an_extent(value) &&
           std::equal(own.begin(), own.end(), shape.begin(), shape.end());
  }

  /// Whether the value is the first to have an unknown extent: nodes behind it may ask for that, so it stays where it
  /// is.
  bool names_an_extent(const Value& value) const {
    for (const int64_t extent : graph_.spec(value).shape)
      if (const auto first = first_.find(extent); first != first_.end() && first->second == value) return true;
    return false;
  }

  bool is_used_only_by(const std::set<int32_t>& members, int32_t candidate) const {
    int32_t found = 0;
    for (const int32_t member : members)
      for (const Value& input : node(member).inputs) found += input.node == candidate;
    return found == uses({candidate, 0});
  }

  bool is_too_large(const std::set<int32_t>& members) const {
    // A clip is two steps.
    return inputs_of(members).size() > FusedProgram::max_inputs || 2 * members.size() > FusedProgram::max_steps;
  }

  std::vector<Value> inputs_of(const std::set<int32_t>& members) const {
    std::vector<Value> inputs;
    for (const int32_t member : members)
      for (const Value& input : node(member).inputs)
        if (!members.contains(input.node) && std::find(inputs.begin(), inputs.end(), input) == inputs.end())
          inputs.push_back(input);
    return inputs;
  }

  Node node_of(size_t number, const Rewriter& rewriter) const {
    const Group& group = groups_[number];
    const std::vector<Value> inputs = rewriter.at(group.inputs);
    if (group.reduction >= 0) return fused_reduction_node(steps_[number], inputs, node(group.reduction));
    return fused_node(steps_[number], inputs, node(group.last()).outputs[0]);
  }

  const Graph& graph_;
  std::vector<std::vector<int32_t>> uses_;
  std::unordered_map<int64_t, Value> first_;
  std::vector<int32_t> group_;  // of each node, or -1
  std::vector<Group> groups_;
  std::vector<std::shared_ptr<const FusedSteps>> steps_;  // of each group
};

}  // namespace

Graph fuse_elementwise(const Graph& graph) { return ElementwiseFusion(graph).run(); }

}  // namespace cornu::passes
