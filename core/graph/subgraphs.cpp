#include <algorithm>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/graph/internal/replay.h>
#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/internal/subgraphs.h>
#include <cornu/core/graph/internal/tracer.h>
#include <cornu/core/ops/recorder.h>

namespace cornu {

// ---- effects ----------------------------------------------------------------------------------------------------

bool Subgraphs::have_effects() const {
  return std::any_of(graphs_.begin(), graphs_.end(), [](const auto& graph) { return graph->traced().has_effects(); });
}

std::shared_ptr<const void> as_attribute(Subgraphs graphs) {
  return std::make_shared<const Subgraphs>(std::move(graphs));
}

const Subgraphs& subgraphs_of(const Attributes& attributes) {
  return *static_cast<const Subgraphs*>(attributes.get<std::shared_ptr<const void>>("graphs").get());
}

bool contains(const std::vector<Variable>& list, const Variable& variable) {
  return std::any_of(list.begin(), list.end(), [&](const Variable& known) { return known.is_same(variable); });
}

void add_variable(std::vector<Variable>& list, const Variable& variable) {
  if (!contains(list, variable)) list.push_back(variable);
}

bool changes(const Node& node, const Variable& variable) {
  if (node.kind == Node::Kind::assign) return node.variable.is_same(variable);
  return node.kind == Node::Kind::effect && contains(node.effect->changes, variable);
}

namespace {

void add_variables(const Graph& graph, Effect& effect) {
  for (const Node& node : graph.nodes) {
    if (node.kind == Node::Kind::read) add_variable(effect.reads, node.variable);
    if (node.kind == Node::Kind::assign) add_variable(effect.changes, node.variable);
    if (node.kind != Node::Kind::effect) continue;
    for (const Variable& variable : node.effect->reads) add_variable(effect.reads, variable);
    for (const Variable& variable : node.effect->changes) add_variable(effect.changes, variable);
  }
}

}  // namespace

std::shared_ptr<const Effect> effect_of_subgraphs(const Call& call) {
  const Subgraphs& graphs = subgraphs_of(call.attributes);
  if (!graphs.have_effects()) return nullptr;
  const auto effect = std::make_shared<Effect>();
  effect->name = call.name();
  for (const auto& graph : graphs.list()) add_variables(graph->traced(), *effect);
  effect->run = [&operation = call.operation, attributes = call.attributes](std::span<const Tensor* const> inputs,
                                                                            std::span<Tensor> outputs) {
    operation.kernel({operation, inputs, attributes}, outputs);
  };
  return effect;
}

namespace {

/// The attributes with graphs that have no effects.
Attributes pure(const Attributes& attributes) {
  std::vector<Attributes::Entry> entries(attributes.begin(), attributes.end());
  for (auto& [name, value] : entries)
    if (std::string_view(name) == "graphs") value = as_attribute(subgraphs_of(attributes).without_effects());
  return Attributes(std::move(entries));
}

std::vector<bool> find_needed(const Graph& graph) {
  std::vector<bool> needed(graph.nodes.size(), false);
  for (const Value& output : graph.outputs) needed[static_cast<size_t>(output.node)] = true;
  for (size_t i = graph.nodes.size(); i-- > 0;)
    for (const Value& input : graph.nodes[i].inputs)
      if (needed[i]) needed[static_cast<size_t>(input.node)] = true;
  return needed;
}

Graph without_effects(const Graph& graph, const std::string& name) {
  const std::vector<bool> needed = find_needed(graph);
  Rewriter rewriter(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const bool depends = node.kind == Node::Kind::read || (node.kind == Node::Kind::effect && !node.operation);
    if (depends && needed[i])
      throw StateError("the gradient through " + name + " needs a value that it cannot work out again: '" +
                       graph.name_of(static_cast<int32_t>(i)) +
                       "' depends on what an effect changes; read the variable before, or move the effect out");
    if (needed[i] && node.has_effect()) {
      Node again = node;
      again.kind = Node::Kind::operation;
      again.effect = nullptr;
      again.attributes = pure(node.attributes);
      again.inputs = rewriter.at(node.inputs);
      const int32_t place = rewriter.add(std::move(again)).node;
      for (size_t k = 0; k < node.outputs.size(); ++k)
        rewriter.replace({static_cast<int32_t>(i), static_cast<int32_t>(k)}, {place, static_cast<int32_t>(k)});
    } else if (needed[i] || node.kind == Node::Kind::input) {
      rewriter.copy(static_cast<int32_t>(i));
    }
  }
  return rewriter.finish();
}

}  // namespace

Subgraphs Subgraphs::without_effects() const {
  if (!have_effects()) return *this;
  List list;
  for (const auto& graph : graphs_)
    list.push_back(
        std::make_shared<const CallableGraph>(graph->name(), cornu::without_effects(graph->traced(), graph->name())));
  return Subgraphs(std::move(list));
}

// ---- specs ------------------------------------------------------------------------------------------------------

std::vector<TensorSpec> specs_of(std::span<const Tensor* const> tensors) {
  std::vector<TensorSpec> specs;
  for (const Tensor* tensor : tensors) specs.push_back(tensor->spec());
  return specs;
}

std::vector<bool> are_floating(const std::vector<TensorSpec>& specs) {
  std::vector<bool> floating;
  for (const TensorSpec& spec : specs) floating.push_back(is_floating(spec.dtype));
  return floating;
}

std::vector<TensorSpec> infer_outputs(const CallableGraph& graph, const std::vector<TensorSpec>& inputs) {
  graph.require_inputs(inputs);
  std::vector<Shape> shapes;
  for (const TensorSpec& spec : inputs) shapes.push_back(spec.shape);
  if (std::all_of(shapes.begin(), shapes.end(), [](const Shape& shape) { return shape.is_known(); })) {
    TensorList symbols;
    for (const TensorSpec& spec : inputs) symbols.push_back(Tensor::symbolic(spec));
    return graph.executable(pointers(symbols)).output_specs();
  }
  std::vector<TensorSpec> specs = specialize(graph.traced(), shapes).output_specs();
  // An extent that no input has is another one at each call.
  const auto is_given = [&](int64_t extent) {
    return std::any_of(shapes.begin(), shapes.end(), [&](const Shape& shape) { return shape.contains(extent); });
  };
  for (TensorSpec& spec : specs)
    for (int64_t& extent : spec.shape)
      if (extent < 0 && !is_given(extent)) extent = -1;
  return specs;
}

// ---- gradients --------------------------------------------------------------------------------------------------

Graph trace_graph(const TensorListFunction& code, const std::vector<TensorSpec>& inputs) {
  Tracer tracer;
  const NoRecording unseen;
  const TracingScope scope(&tracer);
  TensorList arguments;
  for (const TensorSpec& spec : inputs) arguments.push_back(tracer.add_input(spec));
  return tracer.finish(code(arguments));
}

Graph pull_back(const Graph& graph, const std::vector<bool>& reached, const std::vector<bool>& wanted) {
  Tracer tracer;
  const NoRecording unseen;
  const TracingScope scope(&tracer);
  GradientTape tape({.watch_accessed_variables = false});
  TensorList inputs, sources, targets, seeds;
  for (size_t i = 0; i < wanted.size(); ++i) {
    inputs.push_back(tracer.add_input(graph.spec(graph.inputs[i])));
    if (wanted[i]) sources.push_back(inputs.back());
  }
  tape.watch(sources);
  const TensorList results = replay(graph, inputs);
  for (size_t i = 0; i < results.size(); ++i) {
    if (!reached[i]) continue;
    targets.push_back(results[i]);
    seeds.push_back(tracer.add_input(results[i].spec()));
  }
  return tracer.finish(tape.gradient(targets, sources, seeds, UnconnectedGradients::zero));
}

}  // namespace cornu
