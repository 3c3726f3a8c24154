// The gradient of a graph is a graph: the traced nodes are replayed on a tape within a trace of their own, and of that
// trace the part from what is given to the gradients is taken out.
#include <algorithm>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/graph/internal/callable_graph.h>
#include <cornu/core/graph/internal/replay.h>
#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/internal/tracer.h>
#include <cornu/core/graph/passes.h>

namespace cornu {

LiftedGraph lift_reads(const Graph& graph) {
  LiftedGraph lifted;
  Rewriter rewriter(graph);
  std::vector<Value> inputs;
  std::vector<uint64_t> seen;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const auto index = static_cast<int32_t>(i);
    const bool is_first = node.kind == Node::Kind::read && is_floating(node.variable.dtype()) &&
                          std::find(seen.begin(), seen.end(), node.variable.id()) == seen.end();
    if (node.kind == Node::Kind::read) seen.push_back(node.variable.id());
    if (node.kind == Node::Kind::effect)
      for (const Variable& variable : node.effect->changes) seen.push_back(variable.id());
    if (!is_first) {
      rewriter.copy(index);
      continue;
    }
    const Value input =
        rewriter.add({.kind = Node::Kind::input, .outputs = node.outputs, .name = node.variable.path()});
    rewriter.replace({index, 0}, input);
    lifted.variables.push_back(node.variable);
    inputs.push_back(input);
  }
  lifted.graph = rewriter.finish();
  lifted.graph.inputs.insert(lifted.graph.inputs.end(), inputs.begin(), inputs.end());
  return lifted;
}

namespace {

/// A trace of a graph and of its gradient: first the graph's own nodes, then those of the gradient.
struct Joint {
  Graph graph;                       // inputs: the graph's, then the upstream gradients; outputs: the gradients
  std::vector<Value> results;        // of the graph itself
  std::vector<int32_t> upstream;     // which of them have an upstream gradient
  std::vector<int32_t> gradient_of;  // for each of the graph's inputs: the number of its gradient, or -1
  int32_t first_of_gradient = 0;     // node
};

Joint trace_with_gradient(const Graph& graph, const std::vector<bool>& reached) {
  Tracer tracer;
  Joint joint;
  const TracingScope scope(&tracer);
  TensorList inputs, sources, targets, seeds;
  GradientTape tape({.persistent = true, .watch_accessed_variables = false});
  for (const Value& input : graph.inputs) {
    inputs.push_back(tracer.add_input(graph.spec(input), graph.node(input).name));
    if (!is_floating(graph.spec(input).dtype)) continue;
    sources.push_back(inputs.back());
    tape.watch(inputs.back());
  }
  const TensorList results = replay(graph, inputs);
  joint.results = tracer.values_of(results);
  joint.first_of_gradient = tracer.size();
  tape.stop_recording([&] {
    for (size_t i = 0; i < results.size(); ++i) {
      if (!reached[i] || !is_floating(results[i].dtype())) continue;
      joint.upstream.push_back(static_cast<int32_t>(i));
      targets.push_back(results[i]);
      seeds.push_back(tracer.add_input(results[i].spec()));
    }
    TensorList found;
    if (!targets.empty()) found = tape.gradient(targets, sources, seeds);
    found.resize(sources.size());
    TensorList gradients;
    size_t source = 0;
    for (const Tensor& input : inputs) {
      joint.gradient_of.push_back(-1);
      if (!is_floating(input.dtype())) continue;
      const Tensor& gradient = found[source++];
      if (!gradient.defined()) continue;
      joint.gradient_of.back() = static_cast<int32_t>(gradients.size());
      gradients.push_back(gradient);
    }
    joint.graph = tracer.finish(gradients);
  });
  return joint;
}

bool is_given(const Node& node) { return node.kind == Node::Kind::constant || node.kind == Node::Kind::input; }

/// Whether the gradient cannot work the node out again by itself.
bool cannot_repeat(const Node& node) { return node.kind == Node::Kind::read || node.kind == Node::Kind::effect; }

/// The graph from `given` values, which become its inputs, to the outputs of `joint`.
Graph extract(const Graph& joint, const std::vector<Value>& given) {
  std::vector<bool> is_needed(joint.nodes.size(), false);
  const std::unordered_map<int64_t, Value> first = first_of_names(joint);
  for (const Value& output : joint.outputs) is_needed[static_cast<size_t>(output.node)] = true;
  const auto is_cut = [&](const Value& value) { return std::find(given.begin(), given.end(), value) != given.end(); };
  const auto has_name = [&](int64_t name) {
    return std::any_of(given.begin(), given.end(),
                       [&](const Value& value) { return joint.spec(value).shape.contains(name); });
  };
  for (size_t i = joint.nodes.size(); i-- > 0;) {
    if (!is_needed[i]) continue;
    for (const Value& input : joint.nodes[i].inputs)
      if (!is_cut(input)) is_needed[static_cast<size_t>(input.node)] = true;
    for (const int64_t name : names_read(joint.nodes[i]))
      if (const auto value = first.find(name); value != first.end() && !has_name(name))
        is_needed[static_cast<size_t>(value->second.node)] = true;
  }
  Rewriter rewriter(joint);
  std::vector<Value> inputs;
  for (const Value& value : given)
    inputs.push_back(rewriter.add({.kind = Node::Kind::input, .outputs = {joint.spec(value)}}));
  for (size_t i = 0; i < joint.nodes.size(); ++i) {
    const Node& node = joint.nodes[i];
    if (is_needed[i] && node.kind != Node::Kind::input && !node.has_effect()) rewriter.copy(static_cast<int32_t>(i));
    for (size_t k = 0; k < given.size(); ++k)
      if (given[k].node == static_cast<int32_t>(i)) rewriter.replace(given[k], inputs[k]);
  }
  Graph graph = rewriter.finish_with(joint.outputs);
  graph.inputs = inputs;
  return graph;
}

std::vector<bool> all_of(size_t count) { return std::vector<bool>(count, true); }

}  // namespace

Graph with_intermediates(const Graph& graph) {
  const Joint joint = trace_with_gradient(graph, all_of(graph.outputs.size()));
  std::vector<Value> crossing;
  const auto add = [&](const Value& value) {
    const bool known = std::find(crossing.begin(), crossing.end(), value) != crossing.end() ||
                       std::find(joint.results.begin(), joint.results.end(), value) != joint.results.end();
    if (!known) crossing.push_back(value);
  };
  for (int32_t i = joint.first_of_gradient; i < static_cast<int32_t>(joint.graph.nodes.size()); ++i)
    for (const Value& input : joint.graph.nodes[static_cast<size_t>(i)].inputs)
      if (input.node < joint.first_of_gradient && !is_given(joint.graph.node(input))) add(input);
  const std::unordered_map<int64_t, Value> first = first_of_names(joint.graph);
  for (int32_t i = joint.first_of_gradient; i < static_cast<int32_t>(joint.graph.nodes.size()); ++i)
    for (const int64_t name : names_read(joint.graph.nodes[static_cast<size_t>(i)]))
      if (const auto value = first.find(name); value != first.end() && value->second.node < joint.first_of_gradient &&
                                               !is_given(joint.graph.node(value->second)))
        add(value->second);
  for (const Value& gradient : joint.graph.outputs)
    if (gradient.node < joint.first_of_gradient && !is_given(joint.graph.node(gradient))) add(gradient);
  for (int32_t i = 0; i < joint.first_of_gradient; ++i) {
    const Node& node = joint.graph.nodes[static_cast<size_t>(i)];
    for (size_t k = 0; cannot_repeat(node) && k < node.outputs.size(); ++k) add({i, static_cast<int32_t>(k)});
  }
  Graph forward = joint.graph;
  forward.nodes.resize(static_cast<size_t>(joint.first_of_gradient));
  forward.inputs.resize(graph.inputs.size());
  forward.outputs = joint.results;
  forward.outputs.insert(forward.outputs.end(), crossing.begin(), crossing.end());
  return forward;
}

CallableGraph::Derivative differentiate(const CallableGraph& callable, const std::vector<bool>& upstream) {
  const Graph& graph = callable.traced();
  const Joint joint = trace_with_gradient(graph, upstream);
  CallableGraph::Derivative derivative;
  derivative.gradient_of = joint.gradient_of;
  // Of what could be given, only what is used.
  std::vector<Value> given(joint.graph.inputs.begin(), joint.graph.inputs.end());
  given.insert(given.end(), joint.results.begin(), joint.results.end());
  Graph whole = extract(joint.graph, given);
  std::vector<bool> is_used(given.size(), false);
  const auto use = [&](const Value& value) {
    for (size_t i = 0; i < whole.inputs.size(); ++i)
      if (whole.inputs[i] == value) is_used[i] = true;
  };
  for (const Node& node : whole.nodes)
    for (const Value& input : node.inputs) use(input);
  for (const Value& output : whole.outputs) use(output);
  const std::unordered_map<int64_t, Value> first = first_of_names(whole);
  for (const Node& node : whole.nodes)
    for (const int64_t name : names_read(node))
      if (const auto value = first.find(name); value != first.end()) use(value->second);

  const size_t inputs = graph.inputs.size(), seeds = joint.upstream.size();
  std::vector<Value> order;
  const auto take = [&](size_t i, std::vector<int32_t>& list, int32_t number) {
    if (!is_used[i]) return;
    list.push_back(number);
    order.push_back(whole.inputs[i]);
  };
  for (size_t i = 0; i < inputs; ++i) take(i, derivative.inputs, static_cast<int32_t>(i));
  for (size_t i = 0; i < joint.results.size(); ++i)
    take(inputs + seeds + i, derivative.outputs, static_cast<int32_t>(i));
  for (size_t i = 0; i < seeds; ++i) take(inputs + i, derivative.upstream, joint.upstream[i]);
  whole.inputs = order;
  derivative.graph =
      std::make_shared<const CallableGraph>("the gradient of " + callable.name(), passes::remove_dead_code(whole));
  return derivative;
}

}  // namespace cornu
