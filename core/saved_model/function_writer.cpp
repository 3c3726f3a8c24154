#include <algorithm>
#include <cctype>

#include <cornu/core/saved_model/internal/function_writer.h>

namespace cornu::saved_model {

namespace {

/// "mlp/dense_1/kernel" as the name of an argument.
std::string argument_name(const std::string& path) {
  std::string name;
  for (const char c : path) {
    const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    name += std::isalnum(static_cast<unsigned char>(c)) ? lower : '_';
  }
  return std::isalpha(static_cast<unsigned char>(name.empty() ? '_' : name[0])) ? name : "variable" + name;
}

}  // namespace

proto::AttrValue shapes_attribute(const std::vector<TensorSpec>& specs) {
  proto::AttrValue value;
  value.mutable_list();
  for (const TensorSpec& spec : specs) *value.mutable_list()->add_shape() = to_proto(spec.shape);
  return value;
}

OutputReferences write_call(NodeWriter& nodes, const std::string& function, const OutputReferences& arguments,
                            const std::vector<TensorSpec>& results) {
  std::vector<proto::DataType> dtypes;
  for (const TensorSpec& spec : results) dtypes.push_back(to_proto(spec.dtype));
  return nodes.write("StatefulPartitionedCall", arguments,
                     {{"Tout", attribute(dtypes)},
                      {"_output_shapes", shapes_attribute(results)},
                      {"config_proto", attribute(std::string())},
                      {"f", function_attribute(function)}});
}

FunctionWriter::FunctionWriter(proto::FunctionDef& function, const std::string& name)
    : function_(function), nodes_(*function.mutable_node_def(), NodeWriter::Place::function) {
  function_.mutable_signature()->set_name(name);
  (*function_.mutable_attr())["_construction_context"] = attribute("kEagerRuntime");
  (*function_.mutable_attr())["_input_shapes"].mutable_list();
}

OutputReference FunctionWriter::add_argument(const std::string& name, proto::DataType dtype, const Shape& shape,
                                             const std::string& user_name) {
  auto& argument = *function_.mutable_signature()->add_input_arg();
  argument.set_name(nodes_.unique_name(argument_name(name)));
  argument.set_type(dtype);
  *(*function_.mutable_attr())["_input_shapes"].mutable_list()->add_shape() = to_proto(shape);
  const auto number = static_cast<uint32_t>(function_.signature().input_arg_size() - 1);
  auto& attributes = *(*function_.mutable_arg_attr())[number].mutable_attr();
  attributes["_user_specified_name"] = attribute(user_name);
  if (dtype != proto::DT_RESOURCE) attributes["_output_shapes"] = shapes_attribute({TensorSpec(shape)});
  return {.node = argument.name(), .dtype = dtype};
}

OutputReference FunctionWriter::add_input(const std::string& name, const TensorSpec& spec) {
  return add_argument(name, to_proto(spec.dtype), spec.shape, name);
}

OutputReference FunctionWriter::add_text_input(const std::string& name) {
  return add_argument(name, proto::DT_STRING, {}, name);
}

OutputReference FunctionWriter::add_handle(const Variable& variable) {
  const OutputReference handle = add_argument(variable.path() + "_resource", proto::DT_RESOURCE, {}, variable.path());
  auto& argument = *function_.mutable_signature()->mutable_input_arg(function_.signature().input_arg_size() - 1);
  auto& data = *argument.add_handle_data();
  data.set_dtype(to_proto(variable.dtype()));
  *data.mutable_shape() = to_proto(variable.shape());
  return handle;
}

void FunctionWriter::add_results(const OutputReferences& results, const std::vector<proto::DataType>& dtypes,
                                 const std::vector<std::string>& stateful) {
  std::string all;
  if (!stateful.empty()) {
    nodes_.write("NoOp", {});
    nodes_.after(stateful);
    all = nodes_.last_name();
  }
  for (size_t i = 0; i < results.size(); ++i) {
    const OutputReference result = nodes_.write("Identity", {results[i]})[0];
    if (!all.empty()) nodes_.after({all});
    auto& output = *function_.mutable_signature()->add_output_arg();
    output.set_name(i == 0 ? "identity" : "identity_" + std::to_string(i));
    output.set_type(dtypes[i]);
    (*function_.mutable_ret())[output.name()] = nodes_.text_of(result);
  }
  function_.mutable_signature()->set_is_stateful(!stateful.empty());
  for (const std::string& node : stateful) {
    function_.mutable_signature()->add_control_output(node);
    (*function_.mutable_control_ret())[node] = node;
  }
}

void FunctionWriter::finish(const OutputReferences& results, const std::vector<TensorSpec>& specs,
                            const std::vector<std::string>& stateful) {
  std::vector<proto::DataType> dtypes;
  for (const TensorSpec& spec : specs) dtypes.push_back(to_proto(spec.dtype));
  add_results(results, dtypes, stateful);
}

void FunctionWriter::finish_with_text(const OutputReference& result, const std::vector<std::string>& stateful) {
  add_results({result}, {proto::DT_STRING}, stateful);
}

}  // namespace cornu::saved_model
