// A graph as text, for people and for Graphviz.
#include <cctype>
#include <sstream>

#include <cornu/core/graph/graph.h>

namespace cornu {

namespace {

std::string to_text(const TensorSpec& spec) { return std::string(name(spec.dtype)) + " " + spec.shape.to_string(); }

std::string to_text(const std::vector<TensorSpec>& specs) {
  std::string text;
  for (const TensorSpec& spec : specs) text += (text.empty() ? "" : ", ") + to_text(spec);
  return text;
}

struct AttributeText {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(int64_t value) const { return Shape::is_name(value) ? "None" : std::to_string(value); }
  std::string operator()(double value) const {
    std::ostringstream text;
    text << value;
    return text.str();
  }
  std::string operator()(DType value) const { return std::string(name(value)); }
  std::string operator()(const Shape& value) const { return value.to_string(); }
  std::string operator()(const std::string& value) const { return "'" + value + "'"; }
  std::string operator()(const std::vector<int64_t>& values) const {
    std::string text;
    for (int64_t value : values) text += (text.empty() ? "" : ", ") + (*this)(value);
    return "[" + text + "]";
  }
  std::string operator()(const std::shared_ptr<const void>&) const { return "..."; }
};

/// "MaxPool2D" -> "max_pool2_d", "_FusedMatMul" -> "fused_mat_mul".
std::string snake_case(const std::string& type) {
  std::string text;
  for (const char c : type) {
    if (std::isupper(static_cast<unsigned char>(c)) && !text.empty() && text.back() != '_') text += '_';
    if (c != '_' || !text.empty()) text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

/// A constant of few elements as its values.
std::string constant_text(const Tensor& constant) {
  if (constant.size() > 4) return "...";
  std::ostringstream text;
  visit_dtype(constant.dtype(), [&]<class T>() {
    const T* values = static_cast<const T*>(constant.raw_data());
    for (int64_t i = 0; i < constant.size(); ++i) text << (i ? ", " : "") << +values[i];
  });
  return text.str();
}

class Writer {
 public:
  explicit Writer(const Graph& graph) : graph_(graph) {}

  std::string lines() const {
    std::string text;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) text += line(static_cast<int32_t>(i)) + "\n";
    text += "return";
    for (size_t i = 0; i < graph_.outputs.size(); ++i) text += (i ? ", " : " ") + value(graph_.outputs[i]);
    return text + "\n";
  }

  std::string dot() const {
    std::string text = "digraph {\n  node [shape=box, fontname=\"sans-serif\", style=rounded];\n";
    for (size_t i = 0; i < graph_.nodes.size(); ++i) text += drawing(static_cast<int32_t>(i));
    for (size_t i = 0; i < graph_.outputs.size(); ++i) {
      const std::string output = "output_" + std::to_string(i);
      text += "  \"" + output + "\" [shape=oval];\n" + edge(graph_.outputs[i], output);
    }
    return text + "}\n";
  }

 private:
  std::string value(const Value& value) const {
    const std::string name = graph_.name_of(value.node);
    return graph_.node(value).outputs.size() > 1 ? name + ":" + std::to_string(value.output) : name;
  }

  /// What stands between the parentheses: inputs, then attributes.
  std::string arguments(const Node& node) const {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    for (const Value& input : node.inputs) add(value(input));
    if (node.kind == Node::Kind::constant) add(constant_text(node.constant));
    if (node.variable.defined()) text = "'" + node.variable.path() + "'" + (text.empty() ? "" : ", " + text);
    for (const auto& [name, value] : node.attributes) add(std::string(name) + "=" + std::visit(AttributeText(), value));
    return text;
  }

  std::string line(int32_t index) const {
    const Node& node = graph_.nodes[static_cast<size_t>(index)];
    const std::string specs = node.outputs.empty() ? "" : ": " + to_text(node.outputs);
    return graph_.name_of(index) + specs + " = " + node.type() + "(" + arguments(node) + ")";
  }

  std::string drawing(int32_t index) const {
    const Node& node = graph_.nodes[static_cast<size_t>(index)];
    const std::string name = graph_.name_of(index);
    std::string text = "  \"" + name + "\" [label=\"" + name + "\\n" + node.type();
    if (node.variable.defined()) text += "\\n" + node.variable.path();
    if (!node.outputs.empty()) text += "\\n" + to_text(node.outputs);
    text += std::string("\"") + (node.has_effect() ? ", color=red" : "") + "];\n";
    for (const Value& input : node.inputs) text += edge(input, name);
    return text;
  }

  std::string edge(const Value& from, const std::string& to) const {
    return "  \"" + graph_.name_of(from.node) + "\" -> \"" + to + "\";\n";
  }

  const Graph& graph_;
};

}  // namespace

std::string Graph::name_of(int32_t index) const {
  const Node& node = nodes[static_cast<size_t>(index)];
  if (!node.name.empty()) return node.name;
  const std::string type = node.kind == Node::Kind::input    ? "input"
                           : node.kind == Node::Kind::read   ? "read"
                           : node.kind == Node::Kind::assign ? "assign"
                                                             : snake_case(node.type());
  return type + "_" + std::to_string(index);
}

std::string Graph::to_string() const { return Writer(*this).lines(); }
std::string Graph::to_dot() const { return Writer(*this).dot(); }

}  // namespace cornu
