// Code within traced code: branches and bodies of loops become graphs that take all they use as inputs.
#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/internal/traced_code.h>
#include <cornu/core/graph/internal/tracer.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/recorder.h>

namespace cornu {

TracedCode trace_code(const std::string& name, const TensorListFunction& code,
                      const std::vector<TensorSpec>& arguments) {
  // Tapes around see what is computed here: of the code's own symbols nothing leads out, but numbers that it works out
  // from what they follow become captures.
  Tracer tracer(Tracer::current());
  const TracingScope scope(&tracer);
  TensorList inputs;
  for (const TensorSpec& spec : arguments) inputs.push_back(tracer.add_input(spec));
  try {
    Graph graph = tracer.finish(code(inputs));
    tracer.hand_over_undo();
    return {name, std::move(graph), arguments.size(), tracer.captures()};
  } catch (Error& error) {
    tracer.undo();
    error.add_context("in the " + name);
    throw;
  } catch (...) {
    tracer.undo();
    throw;
  }
}

namespace {

/// What codes do with variables.
struct VariableUse {
  std::vector<Variable> read, assigned, in_effects;

  explicit VariableUse(const std::vector<TracedCode>& codes) {
    for (const TracedCode& code : codes) note(code.graph);
    for (std::vector<Variable>* list : {&read, &assigned})
      std::erase_if(*list, [&](const Variable& variable) { return contains(in_effects, variable); });
    std::erase_if(read, [&](const Variable& variable) { return contains(assigned, variable); });
  }

 private:
  void note(const Graph& graph) {
    for (const Node& node : graph.nodes) {
      if (node.kind == Node::Kind::read) add_variable(read, node.variable);
      if (node.kind == Node::Kind::assign) add_variable(assigned, node.variable);
      if (node.kind != Node::Kind::effect) continue;
      for (const std::vector<Variable>* list : {&node.effect->reads, &node.effect->changes})
        for (const Variable& variable : *list) add_variable(in_effects, variable);
    }
  }
};

/// Whether a tape wants the gradient of a tensor that the code takes for a constant.
bool is_followed(const Tensor& tensor) {
  const auto all = recorders();
  return std::any_of(all.begin(), all.end(), [&](const Recorder* recorder) { return recorder->tracks(tensor); });
}

/// The same graph with its inputs before all other nodes, which may ask for their extents.
Graph inputs_first(const Graph& graph) {
  Rewriter rewriter(graph);
  for (const bool is_input : {true, false})
    for (size_t i = 0; i < graph.nodes.size(); ++i)
      if ((graph.nodes[i].kind == Node::Kind::input) == is_input) rewriter.copy(static_cast<int32_t>(i));
  return rewriter.finish();
}

/// Writes one code down anew.
class Lowering {
 public:
  explicit Lowering(const TracedCode& code) : code_(code), rewriter_(code.graph) {
    for (size_t i = 0; i < code.arguments; ++i) {
      const Value& argument = code.graph.inputs[i];
      arguments_.push_back({rewriter_.copy(argument.node), 0});
    }
    for (size_t i = 0; i < code.captures.size(); ++i) {
      const Value& input = code.graph.inputs[code.arguments + i];
      captures_.emplace_back(code.captures[i], Value{rewriter_.copy(input.node), 0});
    }
  }

  /// The input that stands for a tensor of the trace around.
  Value capture(const Tensor& tensor) {
    for (const auto& [known, value] : captures_)
      if (known.id() == tensor.id()) return value;
    return captures_.emplace_back(tensor, add_input(tensor.spec())).second;
  }
  /// From the beginning on, `variable` has the value of a tensor of the trace around.
  void bind(const Variable& variable, const Tensor& value) { values_.emplace_back(variable, capture(value)); }
  /// `variable` has the value of a further argument. What is read is a constant in the eyes of gradients, but for the
  /// value that the variable had before the loop: as if each read were one of the variable itself.
  void bind_argument(const Variable& variable, const Tensor& before) {
    const Value argument = add_input(before.spec());
    arguments_.push_back(argument);
    Value value = argument;
    if (is_floating(variable.dtype()) && reads(variable)) {
      value = stopped(argument);
      if (variable.trainable()) value = add(value, subtract(capture(before), stopped(capture(before))));
    }
    values_.emplace_back(variable, value);
  }

  void copy_nodes() {
    for (size_t i = 0; i < code_.graph.nodes.size(); ++i) {
      const Node& node = code_.graph.nodes[i];
      Value* value = node.variable.defined() ? find(node.variable) : nullptr;
      if (value && node.kind == Node::Kind::read)
        rewriter_.replace({static_cast<int32_t>(i), 0}, *value);
      else if (node.kind == Node::Kind::constant && is_followed(node.constant))
        rewriter_.replace({static_cast<int32_t>(i), 0}, capture(node.constant));
      else if (value && node.kind == Node::Kind::assign)
        *value = rewriter_.at(node.inputs[0]);
      else if (node.kind != Node::Kind::input)
        rewriter_.copy(static_cast<int32_t>(i));
    }
  }

  const std::vector<std::pair<Tensor, Value>>& captures() const { return captures_; }

  Graph finish(const TensorList& captures, const std::vector<Variable>& results) {
    std::vector<Value> inputs = arguments_, outputs;
    for (const Tensor& tensor : captures) inputs.push_back(capture(tensor));
    for (const Variable& variable : results) outputs.push_back(*find(variable));
    Graph graph = rewriter_.finish_with(code_.graph.outputs);
    graph.inputs = std::move(inputs);
    graph.outputs.insert(graph.outputs.end(), outputs.begin(), outputs.end());
    return inputs_first(graph);
  }

 private:
  Value add_input(const TensorSpec& spec) { return rewriter_.add({.kind = Node::Kind::input, .outputs = {spec}}); }
  Value stopped(const Value& value) { return rewriter_.add_operation(find_operation("StopGradient"), {value}); }
  Value add(const Value& a, const Value& b) { return rewriter_.add_operation(find_operation("Add"), {a, b}); }
  Value subtract(const Value& a, const Value& b) { return rewriter_.add_operation(find_operation("Sub"), {a, b}); }

  bool reads(const Variable& variable) const {
    return std::any_of(code_.graph.nodes.begin(), code_.graph.nodes.end(), [&](const Node& node) {
      return node.kind == Node::Kind::read && node.variable.is_same(variable);
    });
  }
  Value* find(const Variable& variable) {
    for (auto& [known, value] : values_)
      if (known.is_same(variable)) return &value;
    return nullptr;
  }
  const TracedCode& code_;
  Rewriter rewriter_;
  std::vector<Value> arguments_;
  std::vector<std::pair<Tensor, Value>> captures_;
  std::vector<std::pair<Variable, Value>> values_;  // at the place that is copied
};

/// The names of unknown extents among attributes.
std::vector<int64_t> extents_in(const Graph& graph) {
  std::vector<int64_t> names;
  const auto note = [&](int64_t extent) {
    if (Shape::is_name(extent)) names.push_back(extent);
  };
  for (const Node& node : graph.nodes)
    for (const auto& [name, value] : node.attributes) {
      if (const auto* number = std::get_if<int64_t>(&value)) note(*number);
      if (const auto* shape = std::get_if<Shape>(&value))
        for (const int64_t extent : *shape) note(extent);
      if (const auto* list = std::get_if<std::vector<int64_t>>(&value))
        for (const int64_t extent : *list) note(extent);
    }
  return names;
}

/// All captures, and tensors that tell the extents that codes use without using the tensors.
TensorList union_of_captures(const std::vector<TracedCode>& codes, const std::vector<Lowering>& lowerings) {
  TensorList all;
  for (const Lowering& lowering : lowerings)
    for (const auto& [tensor, value] : lowering.captures())
      if (std::none_of(all.begin(), all.end(), [&, id = tensor.id()](const Tensor& known) { return known.id() == id; }))
        all.push_back(tensor);
  for (const TracedCode& code : codes)
    for (const int64_t extent : extents_in(code.graph)) {
      const auto has_it = [&](const Tensor& tensor) { return tensor.shape().contains(extent); };
      if (std::any_of(all.begin(), all.end(), has_it)) continue;
      const Tensor tensor = Tracer::current()->with_extent(extent);
      if (tensor.defined()) all.push_back(tensor);
    }
  return all;
}

void bind_all(std::vector<Lowering>& lowerings, const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    const Tensor value = variable.value();
    for (Lowering& lowering : lowerings) lowering.bind(variable, value);
  }
}

}  // namespace

LoweredCodes lower_branches(const std::vector<TracedCode>& codes) {
  const VariableUse use(codes);
  std::vector<Lowering> lowerings(codes.begin(), codes.end());
  bind_all(lowerings, use.read);
  bind_all(lowerings, use.assigned);
  LoweredCodes lowered{.assigned = use.assigned};
  for (Lowering& lowering : lowerings) lowering.copy_nodes();
  lowered.captures = union_of_captures(codes, lowerings);
  for (Lowering& lowering : lowerings) lowered.graphs.push_back(lowering.finish(lowered.captures, use.assigned));
  return lowered;
}

LoweredCodes lower_loop(const std::vector<TracedCode>& codes) {
  const VariableUse use(codes);
  std::vector<Lowering> lowerings(codes.begin(), codes.end());
  bind_all(lowerings, use.read);
  LoweredCodes lowered{.assigned = use.assigned};
  for (const Variable& variable : use.assigned) {
    lowered.initial.push_back(variable.value());
    for (Lowering& lowering : lowerings) lowering.bind_argument(variable, lowered.initial.back());
  }
  for (Lowering& lowering : lowerings) lowering.copy_nodes();
  lowered.captures = union_of_captures(codes, lowerings);
  for (Lowering& lowering : lowerings) {
    const bool is_body = &lowering == &lowerings.back();
    lowered.graphs.push_back(lowering.finish(lowered.captures, is_body ? use.assigned : std::vector<Variable>()));
  }
  return lowered;
}

}  // namespace cornu
