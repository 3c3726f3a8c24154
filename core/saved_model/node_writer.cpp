#include <algorithm>
#include <cctype>

#include <cornu/core/error.h>
#include <cornu/core/saved_model/internal/node_writer.h>
#include <cornu/core/saved_model/internal/operation_signatures.h>

namespace cornu::saved_model {

proto::AttrValue attribute(bool value) {
  proto::AttrValue result;
  result.set_b(value);
  return result;
}
proto::AttrValue attribute(int64_t value) {
  proto::AttrValue result;
  result.set_i(value);
  return result;
}
proto::AttrValue attribute(float value) {
  proto::AttrValue result;
  result.set_f(value);
  return result;
}
proto::AttrValue attribute(proto::DataType value) {
  proto::AttrValue result;
  result.set_type(value);
  return result;
}
proto::AttrValue attribute(const std::string& value) {
  proto::AttrValue result;
  result.set_s(value);
  return result;
}
proto::AttrValue attribute(const char* value) { return attribute(std::string(value)); }
proto::AttrValue attribute(const Shape& value) {
  proto::AttrValue result;
  *result.mutable_shape() = to_proto(value);
  return result;
}
proto::AttrValue attribute(const std::vector<int64_t>& value) {
  proto::AttrValue result;
  result.mutable_list()->mutable_i()->Add(value.begin(), value.end());
  return result;
}
proto::AttrValue attribute(const std::vector<proto::DataType>& value) {
  proto::AttrValue result;
  auto* list = result.mutable_list();
  for (const proto::DataType dtype : value) list->add_type(dtype);
  return result;
}
proto::AttrValue function_attribute(const std::string& name) {
  proto::AttrValue result;
  result.mutable_func()->set_name(name);
  return result;
}

namespace {

constexpr int64_t small_constant = 64;  // elements

[[noreturn]] void fail_on_dtype(const OperationSignature& signature, const ArgumentSignature& argument,
                                proto::DataType expected, proto::DataType given) {
  throw ValueError("TensorFlow's " + signature.name + " takes " + to_string(expected) + " as " + argument.name +
                   ", not " + to_string(given));
}

/// The dtype that the inputs of one argument share, held against what the operation and other arguments ask for.
void imply_dtype(const OperationSignature& signature, const ArgumentSignature& argument,
                 std::span<const OutputReference> inputs, proto::NodeDef& node) {
  for (const OutputReference& input : inputs) {
    proto::DataType expected = argument.dtype;
    if (expected == proto::DT_INVALID) {
      const auto entry = node.mutable_attr()->insert({argument.dtype_attribute, attribute(input.dtype)}).first;
      expected = entry->second.type();
    }
    if (input.dtype != expected) fail_on_dtype(signature, argument, expected, input.dtype);
  }
}

/// The tensors of the inputs, argument by argument, and the attributes that they imply.
void imply_attributes(const OperationSignature& signature, const OutputReferences& inputs, proto::NodeDef& node) {
  const auto lists = std::count_if(signature.inputs.begin(), signature.inputs.end(),
                                   [](const ArgumentSignature& argument) { return argument.is_list(); });
  const auto singles = static_cast<int64_t>(signature.inputs.size()) - lists;
  const int64_t in_list = static_cast<int64_t>(inputs.size()) - singles;
  if (lists > 1 || in_list < 0 || (lists == 0 && in_list != 0))
    throw ValueError("TensorFlow's " + signature.name + " takes other inputs than the " +
                     std::to_string(inputs.size()) + " given");
  auto& attributes = *node.mutable_attr();
  size_t next = 0;
  for (const ArgumentSignature& argument : signature.inputs) {
    const auto count = argument.is_list() ? static_cast<size_t>(in_list) : size_t{1};
    if (argument.is_dtype_list) {
      std::vector<proto::DataType> dtypes;
      for (size_t i = 0; i < count; ++i) dtypes.push_back(inputs[next + i].dtype);
      attributes[argument.dtype_attribute] = attribute(dtypes);
    } else {
      imply_dtype(signature, argument, std::span(inputs).subspan(next, count), node);
    }
    if (!argument.count_attribute.empty()) attributes[argument.count_attribute] = attribute(in_list);
    next += count;
  }
}

proto::DataType dtype_of(const ArgumentSignature& argument, const proto::NodeDef& node, int index) {
  if (argument.dtype != proto::DT_INVALID) return argument.dtype;
  const proto::AttrValue& value = node.attr().at(argument.dtype_attribute);
  return argument.is_dtype_list ? value.list().type(index) : value.type();
}

int count_of(const ArgumentSignature& argument, const proto::NodeDef& node) {
  if (argument.is_dtype_list) return node.attr().at(argument.dtype_attribute).list().type_size();
  if (argument.count_attribute.empty()) return 1;
  return static_cast<int>(node.attr().at(argument.count_attribute).i());
}

}  // namespace

std::string NodeWriter::unique_name(const std::string& wanted) {
  std::string clean;
  for (const char c : wanted)
    clean +=
        std::isalnum(static_cast<unsigned char>(c)) || (c == '_' && !clean.empty()) || c == '/' || c == '.' ? c : '_';
  if (clean.empty() || !std::isalnum(static_cast<unsigned char>(clean.front()))) clean = "node" + clean;
  std::string name = clean;
  while (!names_.insert(name).second) name = clean + "_" + std::to_string(++counts_[clean]);
  return name;
}

std::string NodeWriter::text_of(const OutputReference& reference) const {
  if (reference.output.empty()) return reference.node;
  if (place_ == Place::function)
    return reference.node + ":" + reference.output + ":" + std::to_string(reference.number);
  return reference.position == 0 ? reference.node : reference.node + ":" + std::to_string(reference.position);
}

OutputReferences NodeWriter::write(const std::string& operation, const OutputReferences& inputs,
                                   const NodeAttributes& attributes, const std::string& name) {
  const OperationSignature& signature = signature_of(operation);
  proto::NodeDef node;
  node.set_op(operation);
  for (const OutputReference& input : inputs) node.add_input(text_of(input));
  imply_attributes(signature, inputs, node);
  for (const auto& [key, value] : attributes) (*node.mutable_attr())[key] = value;
  node.set_name(unique_name(name.empty() ? operation : name));
  OutputReferences outputs;
  for (const ArgumentSignature& output : signature.outputs) {
    const int count = count_of(output, node);
    for (int i = 0; i < count; ++i)
      outputs.push_back({node.name(), output.name, i, static_cast<int32_t>(outputs.size()), dtype_of(output, node, i)});
  }
  operations_.insert(operation);
  *nodes_.Add() = std::move(node);
  return outputs;
}

OutputReference NodeWriter::constant(const Tensor& value, const std::string& name) {
  proto::AttrValue content;
  *content.mutable_tensor() = to_proto(value);
  const bool may_share = place_ == Place::function && name.empty() && value.size() <= small_constant;
  const std::string key = may_share ? content.SerializeAsString() : std::string();
  if (const auto found = constants_.find(key); !key.empty() && found != constants_.end()) return found->second;
  const OutputReference reference =
      write("Const", {}, {{"dtype", attribute(to_proto(value.dtype()))}, {"value", std::move(content)}}, name)[0];
  if (!key.empty()) constants_.emplace(key, reference);
  return reference;
}

OutputReference NodeWriter::strings(const std::vector<std::string>& values, bool is_scalar, const std::string& name) {
  proto::AttrValue content;
  content.mutable_tensor()->set_dtype(proto::DT_STRING);
  *content.mutable_tensor()->mutable_tensor_shape() =
      to_proto(is_scalar ? Shape() : Shape({static_cast<int64_t>(values.size())}));
  for (const std::string& value : values) content.mutable_tensor()->add_string_val(value);
  return write("Const", {}, {{"dtype", attribute(proto::DT_STRING)}, {"value", std::move(content)}}, name)[0];
}

void NodeWriter::after(const std::vector<std::string>& nodes) {
  proto::NodeDef& node = *nodes_.Mutable(nodes_.size() - 1);
  for (const std::string& name : nodes) node.add_input("^" + name);
}

}  // namespace cornu::saved_model
