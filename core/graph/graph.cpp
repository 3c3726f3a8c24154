#include <algorithm>
#include <unordered_set>

#include <cornu/core/error.h>
#include <cornu/core/graph/graph.h>
#include <cornu/core/graph/internal/rewrite.h>

namespace cornu {

const char* Node::type() const {
  switch (kind) {
    case Kind::input:
      return "Placeholder";
    case Kind::constant:
      return "Const";
    case Kind::read:
      return "ReadVariableOp";
    case Kind::assign:
      return "AssignVariableOp";
    case Kind::operation:
      return operation->name;
    case Kind::effect:
      return effect->name.c_str();
  }
  return "";
}

namespace {

std::vector<TensorSpec> specs_of(const Graph& graph, const std::vector<Value>& values) {
  std::vector<TensorSpec> specs;
  specs.reserve(values.size());
  for (const Value& value : values) specs.push_back(graph.spec(value));
  return specs;
}

}  // namespace

std::vector<TensorSpec> Graph::input_specs() const { return specs_of(*this, inputs); }
std::vector<TensorSpec> Graph::output_specs() const { return specs_of(*this, outputs); }

std::vector<Variable> Graph::variables() const {
  std::vector<Variable> variables;
  std::unordered_set<uint64_t> seen;
  const auto add = [&](const Variable& variable) {
    if (seen.insert(variable.id()).second) variables.push_back(variable);
  };
  for (const Node& node : nodes) {
    if (node.variable.defined()) add(node.variable);
    if (!node.effect) continue;
    for (const std::vector<Variable>* list : {&node.effect->reads, &node.effect->changes})
      for (const Variable& variable : *list) add(variable);
  }
  return variables;
}

bool Graph::has_effects() const {
  return std::any_of(nodes.begin(), nodes.end(), [](const Node& node) { return node.has_effect(); });
}

bool Graph::is_known() const {
  for (const Node& node : nodes)
    for (const TensorSpec& spec : node.outputs)
      if (!spec.shape.is_known()) return false;
  return true;
}

namespace {

class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph) {}

  void run() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) check(static_cast<int32_t>(i));
    for (const Value& input : graph_.inputs) {
      require(exists(input, size()), "an input is no value of the graph");
      require(graph_.node(input).kind == Node::Kind::input, "an input is not an input node");
    }
    for (const Value& output : graph_.outputs) require(exists(output, size()), "an output is no value of the graph");
  }

 private:
  int32_t size() const { return static_cast<int32_t>(graph_.nodes.size()); }
  bool exists(const Value& value, int32_t before) const {
    return value.node >= 0 && value.node < before && value.output >= 0 &&
           value.output < static_cast<int32_t>(graph_.node(value).outputs.size());
  }
  void require(bool condition, const std::string& what) const {
    if (!condition) throw StateError("the graph is not valid: " + what);
  }

  void check(int32_t index) const {
    const Node& node = graph_.nodes[static_cast<size_t>(index)];
    const std::string where = graph_.name_of(index) + " (" + node.type() + ") ";
    for (const Value& input : node.inputs)
      require(exists(input, index), where + "has an input that comes later or never");
    for (const int64_t name : node.kind == Node::Kind::operation ? names_read(node) : std::vector<int64_t>()) {
      const auto first = first_of_names_.find(name);
      require(first != first_of_names_.end() && first->second.node < index,
              where + "asks for an extent that nothing before it has");
    }
    switch (node.kind) {
      case Node::Kind::constant:
        require(node.constant.defined() && !node.constant.is_symbolic(), where + "has no value");
        return require(node.outputs.size() == 1 && node.constant.spec() == node.outputs[0], where + "has another spec");
      case Node::Kind::read:
        return require(node.variable.defined() && node.outputs.size() == 1, where + "reads no variable");
      case Node::Kind::assign:
        return check_assign(node, where);
      case Node::Kind::operation:
        return check_operation(node, where);
      case Node::Kind::effect:
        return require(node.effect != nullptr, where + "has no effect");
      case Node::Kind::input:
        return require(node.inputs.empty() && node.outputs.size() == 1, where + "is not an input");
    }
  }

  void check_assign(const Node& node, const std::string& where) const {
    require(node.variable.defined() && node.inputs.size() == 1, where + "assigns nothing");
    const TensorSpec& value = graph_.spec(node.inputs[0]);
    require(
        value.dtype == node.variable.dtype() && value.shape.is_compatible_with(node.variable.shape()),
        where + "assigns " + value.shape.to_string() + " to a variable of shape " + node.variable.shape().to_string());
  }

  void check_operation(const Node& node, const std::string& where) const {
    const std::vector<TensorSpec> specs = infer_specs(graph_, node);
    require(specs.size() == node.outputs.size(), where + "has another number of outputs");
    for (size_t i = 0; i < specs.size(); ++i)
      require(specs[i].dtype == node.outputs[i].dtype && specs[i].shape.is_compatible_with(node.outputs[i].shape),
              where + "gives " + specs[i].shape.to_string() + " where " + node.outputs[i].shape.to_string() +
                  " is written down");
  }

  const Graph& graph_;
  std::unordered_map<int64_t, Value> first_of_names_ = first_of_names(graph_);
};

}  // namespace

void Graph::verify() const { Verifier(*this).run(); }

}  // namespace cornu
