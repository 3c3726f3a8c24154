#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/models/internal/functional_graph_builder.h>

namespace cornu {

namespace {

std::shared_ptr<const FunctionalNode> node_of(const Tensor& tensor, const char* role) {
  std::shared_ptr<const FunctionalNode> node = FunctionalNode::of(tensor);
  if (!node)
    throw ValueError(
        std::string("Model: an ") + role + " of a functional model is a tensor that comes from Input(); received " +
        (tensor.defined() ? "one of shape " + tensor.shape().to_string() + " that does not" : "one without a value"));
  return node;
}

bool is_input_layer(const FunctionalNode& node) { return !node.is_operation() && node.is_input(); }

}  // namespace

FunctionalGraphBuilder::FunctionalGraphBuilder(const TensorList& inputs, const TensorList& outputs)
    : outputs_(outputs) {
  if (inputs.empty() || outputs.empty())
    throw ValueError("Model: a functional model needs at least one input and one output");
  add_inputs(inputs);
}

/// An inner tensor that is an input gets an InputLayer of its own.
void FunctionalGraphBuilder::add_inputs(const TensorList& inputs) {
  std::set<std::pair<const FunctionalNode*, int>> given;
  for (const Tensor& input : inputs) {
    const NodeHandle node = node_of(input, "input");
    if (!given.insert({node.get(), input.origin_output()}).second)
      throw ValueError("Model: the input of shape " + input.shape().to_string() + " is given twice");
    if (is_input_layer(*node)) {
      inputs_.push_back(input);
      continue;
    }
    Tensor fresh = Input(input.shape().slice(1, input.rank()), {.dtype = input.dtype()});
    replaced_[{node.get(), input.origin_output()}] = fresh;
    inputs_.push_back(fresh);
  }
}

Tensor FunctionalGraphBuilder::replacement_of(const Tensor& tensor) const {
  const NodeHandle node = FunctionalNode::of(tensor);
  const auto found = replaced_.find({node.get(), tensor.origin_output()});
  return found == replaced_.end() ? tensor : found->second;
}

size_t FunctionalGraphBuilder::member_of(const FunctionalNode& node) {
  for (size_t i = 0; i < members_.size(); ++i)
    if (members_[i].first->has_layer_of(node)) return i;
  members_.push_back({&node, static_cast<int64_t>(members_.size())});
  return members_.size() - 1;
}

void FunctionalGraphBuilder::require_given(const FunctionalNode& node) const {
  for (const Tensor& input : inputs_)
    if (FunctionalNode::of(input).get() == &node) return;
  throw ValueError("Model: the outputs need the input '" + node.layer().name() + "' of shape " +
                   node.outputs[0].shape.to_string() + ", which is not among the inputs");
}

void FunctionalGraphBuilder::visit(const Tensor& given) {
  const Tensor tensor = replacement_of(given);
  const NodeHandle node = FunctionalNode::of(tensor);
  if (!node || place_.contains(node.get())) return;
  const size_t member = member_of(*node);
  if (is_input_layer(*node)) require_given(*node);
  for (const Tensor& input : node->inputs) visit(input);
  place_[node.get()] = visits_.size();
  visits_.push_back({.node = node, .member = member});
}

void FunctionalGraphBuilder::set_depth(Visit& visit, int64_t depth) {
  if (!visit.has_depth) by_depth_time_.push_back(static_cast<size_t>(&visit - visits_.data()));
  visit.has_depth = true;
  visit.depth = depth;
}

void FunctionalGraphBuilder::find_depths() {
  for (size_t i = visits_.size(); i-- > 0;) {
    Visit& visit = visits_[i];
    FoundMember& member = members_[visit.member];
    // A layer that is called more than once stands where its first call is.
    const int64_t depth = std::max(visit.depth, member.depth);
    member.depth = depth;
    set_depth(visit, depth);
    for (const Tensor& input : visit.node->inputs) {
      const NodeHandle parent = FunctionalNode::of(replacement_of(input));
      if (!parent) continue;
      Visit& before = visits_[place_.at(parent.get())];
      set_depth(before, std::max(depth + 1, before.depth));
    }
  }
}

void FunctionalGraphBuilder::place_unused_inputs() {
  for (const Tensor& input : inputs_) {
    const NodeHandle node = FunctionalNode::of(input);
    if (place_.contains(node.get())) continue;
    place_[node.get()] = visits_.size();
    members_.push_back({node.get(), -1});
    visits_.push_back({.node = node, .member = members_.size() - 1});
    set_depth(visits_.back(), 0);
  }
}

void FunctionalGraphBuilder::order(FunctionalGraph& graph) const {
  std::vector<size_t> members(members_.size());
  for (size_t i = 0; i < members.size(); ++i) members[i] = i;
  std::stable_sort(members.begin(), members.end(), [&](size_t a, size_t b) {
    if (members_[a].depth != members_[b].depth) return members_[a].depth > members_[b].depth;
    return members_[a].visited < members_[b].visited;
  });
  std::vector<size_t> member_place(members.size());
  for (size_t i = 0; i < members.size(); ++i) member_place[members[i]] = i;

  std::vector<size_t> visits = by_depth_time_;
  std::stable_sort(visits.begin(), visits.end(),
                   [&](size_t a, size_t b) { return visits_[a].depth > visits_[b].depth; });
  graph.members_.resize(members.size());
  for (const size_t place : visits) {
    const Visit& visit = visits_[place];
    const size_t member = member_place[visit.member];
    graph.members_[member].calls.push_back(graph.calls_.size());
    graph.calls_.push_back({.node = visit.node, .member = member, .depth = visit.depth});
  }
  for (FunctionalGraph::Member& member : graph.members_) {
    std::sort(member.calls.begin(), member.calls.end(),
              [&](size_t a, size_t b) { return graph.calls_[a].node->index() < graph.calls_[b].node->index(); });
    for (size_t i = 0; i < member.calls.size(); ++i)
      graph.calls_[member.calls[i]].member_call = static_cast<int64_t>(i);
  }
}

void FunctionalGraphBuilder::connect(FunctionalGraph& graph) const {
  std::map<const FunctionalNode*, int64_t> calls;
  for (size_t i = 0; i < graph.calls_.size(); ++i) calls[graph.calls_[i].node.get()] = static_cast<int64_t>(i);
  const auto source = [&](const Tensor& given) -> FunctionalGraph::Source {
    const Tensor tensor = replacement_of(given);
    const NodeHandle node = FunctionalNode::of(tensor);
    if (!node) return {.constant = tensor};
    return {.call = calls.at(node.get()), .output = tensor.origin_output()};
  };
  for (FunctionalGraph::Call& call : graph.calls_)
    for (const Tensor& input : call.node->inputs) call.inputs.push_back(source(input));
  graph.symbolic_inputs = inputs_;
  for (const Tensor& input : inputs_) graph.inputs_.push_back(source(input));
  for (const Tensor& output : outputs_) graph.outputs_.push_back(source(output));
}

void FunctionalGraphBuilder::build(FunctionalGraph& graph) {
  for (const Tensor& output : outputs_) {
    node_of(output, "output");
    visit(output);
  }
  find_depths();
  place_unused_inputs();
  order(graph);
  connect(graph);
}

}  // namespace cornu
