#include <algorithm>
#include <cstring>
#include <iterator>

#include <cornu/core/graph/internal/rewrite.h>

namespace cornu {

Value Rewriter::at(const Value& value) const {
  return replacement_[static_cast<size_t>(value.node)][static_cast<size_t>(value.output)];
}

std::vector<Value> Rewriter::at(const std::vector<Value>& values) const {
  std::vector<Value> result;
  result.reserve(values.size());
  for (const Value& value : values) result.push_back(at(value));
  return result;
}

int32_t Rewriter::copy(int32_t index) {
  Node node = from_.nodes[static_cast<size_t>(index)];
  node.inputs = at(node.inputs);
  const size_t count = node.outputs.size();
  const int32_t place = add(std::move(node)).node;
  for (size_t k = 0; k < count; ++k) replace({index, static_cast<int32_t>(k)}, {place, static_cast<int32_t>(k)});
  return place;
}

Value Rewriter::add(Node node) {
  to_.nodes.push_back(std::move(node));
  return {static_cast<int32_t>(to_.nodes.size() - 1), 0};
}

Value Rewriter::add_constant(const Tensor& constant) {
  return add({.kind = Node::Kind::constant, .outputs = {constant.spec()}, .constant = constant});
}

Value Rewriter::add_operation(const Operation& operation, std::vector<Value> inputs, const Attributes& attributes) {
  Node node{.operation = &operation, .attributes = attributes, .inputs = std::move(inputs)};
  node.outputs = infer_specs(to_, node);
  for (TensorSpec& spec : node.outputs) spec.shape = spec.shape.with_names();
  return add(std::move(node));
}

void Rewriter::replace(const Value& value, const Value& by) {
  Node& heir = to_.nodes[static_cast<size_t>(by.node)];
  if (heir.scope.empty() && heir.kind != Node::Kind::input) heir.scope = from_.node(value).scope;
  std::vector<Value>& outputs = replacement_[static_cast<size_t>(value.node)];
  if (outputs.size() <= static_cast<size_t>(value.output)) outputs.resize(static_cast<size_t>(value.output) + 1);
  outputs[static_cast<size_t>(value.output)] = by;
}

Graph Rewriter::finish() {
  to_.inputs = at(from_.inputs);
  return finish_with(from_.outputs);
}

Graph Rewriter::finish_with(const std::vector<Value>& outputs) {
  to_.outputs = at(outputs);
  return std::move(to_);
}

bool is_operation(const Node& node, std::string_view name) {
  return node.kind == Node::Kind::operation && node.operation->name == name;
}

bool is_same_spec(const TensorSpec& a, const TensorSpec& b) {
  return a.dtype == b.dtype && std::equal(a.shape.begin(), a.shape.end(), b.shape.begin(), b.shape.end()) &&
         !a.shape.contains(-1);
}

namespace {

void add_names(const Shape& shape, std::vector<int64_t>& names) {
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(names), Shape::is_name);
}

}  // namespace

std::vector<int64_t> names_read(const Node& node) {
  std::vector<int64_t> names;
  for (const auto& [key, value] : node.attributes) {
    if (const auto* number = std::get_if<int64_t>(&value); number && Shape::is_name(*number)) names.push_back(*number);
    if (const auto* shape = std::get_if<Shape>(&value)) add_names(*shape, names);
    if (const auto* list = std::get_if<std::vector<int64_t>>(&value))
      std::copy_if(list->begin(), list->end(), std::back_inserter(names), Shape::is_name);
  }
  if (node.kind == Node::Kind::effect)
    for (const TensorSpec& output : node.outputs) add_names(output.shape, names);
  return names;
}

std::unordered_map<int64_t, Value> first_of_names(const Graph& graph) {
  std::unordered_map<int64_t, Value> first;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (node.kind == Node::Kind::effect) continue;
    for (size_t k = 0; k < node.outputs.size(); ++k)
      for (const int64_t extent : node.outputs[k].shape)
        if (Shape::is_name(extent)) first.try_emplace(extent, Value{static_cast<int32_t>(i), static_cast<int32_t>(k)});
  }
  return first;
}

std::vector<std::vector<int32_t>> count_uses(const Graph& graph) {
  std::vector<std::vector<int32_t>> uses;
  for (const Node& node : graph.nodes) uses.emplace_back(node.outputs.size(), 0);
  const auto count = [&](const Value& value) {
    ++uses[static_cast<size_t>(value.node)][static_cast<size_t>(value.output)];
  };
  for (const Node& node : graph.nodes)
    for (const Value& input : node.inputs) count(input);
  for (const Value& output : graph.outputs) count(output);
  return uses;
}

bool is_filled_with(const Graph& graph, const Value& value, double number) {
  const Node& node = graph.node(value);
  if (is_operation(node, "Fill")) return node.attributes.get<double>("value") == number;
  if (node.kind != Node::Kind::constant) return false;
  bool all = node.constant.size() > 0 && node.constant.size() <= 4096;
  visit_dtype(node.constant.dtype(), [&]<class T>() {
    const T* elements = static_cast<const T*>(node.constant.raw_data());
    for (int64_t i = 0; all && i < node.constant.size(); ++i) all = static_cast<double>(elements[i]) == number;
  });
  return all;
}

Tensor filling_of(const Node& node) {
  if (is_operation(node, "Fill")) {
    Tensor element = Tensor::allocate({}, node.outputs[0].dtype);
    const Attributes scalar = {
        {"shape", Shape()}, {"value", node.attributes.get<double>("value")}, {"dtype", node.outputs[0].dtype}};
    node.operation->kernel({*node.operation, {}, scalar}, {&element, 1});
    return element;
  }
  if (node.kind != Node::Kind::constant || node.constant.size() < 2) return {};
  const size_t size = size_of(node.constant.dtype()), bytes = static_cast<size_t>(node.constant.size()) * size;
  const auto* data = static_cast<const std::byte*>(node.constant.raw_data());
  if (std::memcmp(data, data + size, bytes - size) != 0) return {};
  return Tensor::view(node.constant, {}, 0).copy();
}

std::vector<TensorSpec> infer_specs(const Graph& graph, const Node& node) {
  TensorList inputs;
  for (const Value& input : node.inputs) inputs.push_back(Tensor::symbolic(graph.spec(input)));
  const std::vector<const Tensor*> arguments = pointers(inputs);
  const Call call{*node.operation, arguments, node.attributes};
  if (node.operation->infer) return {node.operation->infer(call)};
  return node.operation->infer_outputs(call);
}

}  // namespace cornu
