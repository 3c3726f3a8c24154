#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <variant>

#include <proto/graph.pb.h>

#include <cornu/core/io/internal/tensor_proto.h>
#include <cornu/core/io/internal/tensorflow_dtypes.h>
#include <cornu/core/summary/internal/graph_def.h>

namespace cornu::summary {

namespace {

constexpr int format_version = 1087;      // of graphs that TensorFlow 2.9 writes
constexpr int64_t largest_constant = 64;  // elements; of larger ones only the shape is written

/// Fit for TensorFlow: letters, digits, and "_.-/", beginning with a letter or digit.
std::string valid_name(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c));
    if (name.empty() && !is_plain) continue;
    name += is_plain || c == '_' || c == '.' || c == '-' || c == '/' ? c : '_';
  }
  while (!name.empty() && (name.back() == '_' || name.back() == '/')) name.pop_back();
  return name.empty() ? "node" : name;
}

/// "step (train.cpp:12)" -> "step".
std::string function_name(const std::string& place) { return valid_name(place.substr(0, place.find(" ("))); }

struct AttributeWriter {
  proto::AttrValue& to;
  void operator()(bool value) const { to.set_b(value); }
  void operator()(int64_t value) const { to.set_i(Shape::is_name(value) ? -1 : value); }
  void operator()(double value) const { to.set_f(static_cast<float>(value)); }
  void operator()(DType value) const { to.set_type(static_cast<proto::DataType>(io::tensorflow_dtype(value))); }
  void operator()(const Shape& value) const {
    to.mutable_list();
    for (const int64_t extent : value) to.mutable_list()->add_i(Shape::is_name(extent) ? -1 : extent);
  }
  void operator()(const std::string& value) const { to.set_s(value); }
  void operator()(const std::vector<int64_t>& values) const {
    to.mutable_list();
    for (const int64_t value : values) to.mutable_list()->add_i(value);
  }
  void operator()(const std::shared_ptr<const void>&) const {}  // means something to this process only
};

class GraphWriter {
 public:
  GraphWriter(const Graph& graph, std::string prefix, std::set<std::string>& taken, proto::GraphDef& to)
      : graph_(graph), prefix_(std::move(prefix)), taken_(taken), to_(to) {}

  void run() {
    for (const Node& node : graph_.nodes) names_.push_back(add(node));
    for (const Value& output : graph_.outputs) {
      proto::NodeDef& identity = new_node("", "Identity", "Identity");
      *identity.add_input() = reference(output);
      describe(identity, "T", {graph_.spec(output)});
    }
  }

 private:
  std::string unique(const std::string& name) {
    for (int number = 0;; ++number) {
      const std::string candidate = number == 0 ? name : name + "_" + std::to_string(number);
      if (taken_.insert(candidate).second) return candidate;
    }
  }

  proto::NodeDef& new_node(const std::string& scope, const std::string& leaf, const std::string& type) {
    const std::string path = scope.empty() ? leaf : scope + "/" + leaf;
    proto::NodeDef& node = *to_.add_node();
    node.set_name(unique(prefix_ + valid_name(path)));
    node.set_op(type);
    return node;
  }

  std::string reference(const Value& value) const {
    const std::string& name = names_[static_cast<size_t>(value.node)];
    return value.output == 0 ? name : name + ":" + std::to_string(value.output);
  }

  static void describe(proto::NodeDef& node, const char* dtype_name, const std::vector<TensorSpec>& outputs) {
    if (outputs.empty()) return;
    auto& attributes = *node.mutable_attr();
    attributes[dtype_name].set_type(static_cast<proto::DataType>(io::tensorflow_dtype(outputs[0].dtype)));
    for (const TensorSpec& spec : outputs)
      io::put_shape(spec.shape, *attributes["_output_shapes"].mutable_list()->add_shape());
  }

  /// The name of the node that stands for a variable, made at its first use.
  const std::string& handle_of(const Variable& variable) {
    const auto [found, is_new] = handles_.try_emplace(variable.id());
    if (!is_new) return found->second;
    proto::NodeDef& node = new_node("", variable.path(), "VarHandleOp");
    auto& attributes = *node.mutable_attr();
    attributes["dtype"].set_type(static_cast<proto::DataType>(io::tensorflow_dtype(variable.dtype())));
    io::put_shape(variable.shape(), *attributes["shape"].mutable_shape());
    attributes["shared_name"].set_s(variable.path());
    return found->second = node.name();
  }

  std::string add(const Node& node) {
    switch (node.kind) {
      case Node::Kind::input:
        return add_input(node);
      case Node::Kind::constant:
        return add_constant(node);
      case Node::Kind::read:
      case Node::Kind::assign:
        return add_access(node);
      default:
        return add_operation(node);
    }
  }

  std::string add_input(const Node& node) {
    proto::NodeDef& input = new_node("", node.name.empty() ? "input" : node.name, "Placeholder");
    describe(input, "dtype", node.outputs);
    io::put_shape(node.outputs[0].shape, *(*input.mutable_attr())["shape"].mutable_shape());
    return input.name();
  }

  std::string add_constant(const Node& node) {
    proto::NodeDef& constant = new_node(node.scope, "Const", "Const");
    describe(constant, "dtype", node.outputs);
    proto::TensorProto& value = *(*constant.mutable_attr())["value"].mutable_tensor();
    if (node.constant.size() <= largest_constant) {
      io::put_tensor(node.constant, value);
    } else {
      value.set_dtype(static_cast<proto::DataType>(io::tensorflow_dtype(node.constant.dtype())));
      io::put_shape(node.constant.shape(), *value.mutable_tensor_shape());
    }
    return constant.name();
  }

  std::string add_access(const Node& node) {
    const std::string handle = handle_of(node.variable);
    const bool is_read = node.kind == Node::Kind::read;
    proto::NodeDef& access = new_node(node.scope, is_read ? "ReadVariableOp" : "AssignVariableOp", node.type());
    *access.add_input() = handle;
    for (const Value& input : node.inputs) *access.add_input() = reference(input);
    describe(access, "dtype", is_read ? node.outputs : std::vector<TensorSpec>{graph_.spec(node.inputs[0])});
    return access.name();
  }

  std::string add_operation(const Node& node) {
    proto::NodeDef& operation = new_node(node.scope, node.type(), node.type());
    for (const Value& input : node.inputs) *operation.add_input() = reference(input);
    if (node.effect)
      for (const Variable& variable : node.effect->changes) *operation.add_input() = handle_of(variable);
    describe(operation, "T", node.outputs);
    for (const auto& [name, value] : node.attributes)
      if (!std::holds_alternative<std::shared_ptr<const void>>(value))
        std::visit(AttributeWriter{(*operation.mutable_attr())[name]}, value);
    return operation.name();
  }

  const Graph& graph_;
  const std::string prefix_;
  std::set<std::string>& taken_;
  proto::GraphDef& to_;
  std::vector<std::string> names_;           // of the nodes
  std::map<uint64_t, std::string> handles_;  // of the variables, by id
};

}  // namespace

std::string graph_def(const std::vector<NamedGraph>& graphs) {
  proto::GraphDef to;
  to.mutable_versions()->set_producer(format_version);
  std::set<std::string> taken, prefixes;
  for (const auto& [name, graph] : graphs) {
    std::string prefix;
    if (graphs.size() > 1) {
      prefix = function_name(name);
      for (int number = 1; !prefixes.insert(prefix).second; ++number)
        prefix = function_name(name) + "_" + std::to_string(number);
      prefix += "/";
    }
    GraphWriter(*graph, prefix, taken, to).run();
  }
  return to.SerializeAsString();
}

}  // namespace cornu::summary
