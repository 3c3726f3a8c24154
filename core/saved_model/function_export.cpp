#include <algorithm>
#include <cctype>
#include <numeric>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/callable_graph.h>
#include <cornu/core/saved_model/internal/function_export.h>
#include <cornu/core/saved_model/internal/function_writer.h>
#include <cornu/core/saved_model/internal/graph_export.h>

namespace cornu::saved_model {

std::vector<std::string> names_or(const std::vector<std::string>& given, const std::string& base, size_t count,
                                  bool number_one) {
  std::vector<std::string> names = given;
  if (names.empty())
    for (size_t i = 0; i < count; ++i)
      names.push_back(count == 1 && !number_one ? base : base + "_" + std::to_string(i));
  if (names.size() != count)
    throw ValueError("saved_model: the function has " + std::to_string(count) + " " + base + "; received " +
                     std::to_string(names.size()) + " names");
  for (const std::string& name : names) {
    const bool is_name =
        !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) &&
        std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
    if (!is_name) throw ValueError("saved_model: '" + name + "' must be letters, digits and _, a letter first");
    if (std::count(names.begin(), names.end(), name) > 1)
      throw ValueError("saved_model: the name '" + name + "' is given twice");
  }
  return names;
}

std::string FunctionExporter::new_name(const std::string& name) {
  return "__inference_" + name + "_" + std::to_string(++count_);
}

ExportedFunction FunctionExporter::write(const ConcreteFunction& function, const std::string& name,
                                         std::vector<std::string> input_names, std::vector<std::string> output_names) {
  const Graph graph = simplified(function.callable().traced());
  require_writable(graph, name);
  ExportedFunction exported{.name = new_name(name),
                            .arguments = function.signature(),
                            .input_names = std::move(input_names),
                            .output_names = std::move(output_names),
                            .inputs = graph.input_specs(),
                            .outputs = graph.output_specs(),
                            .variables = graph.variables()};
  FunctionWriter writer(*library_.add_function(), exported.name);
  GraphExporter::Sources sources;
  for (size_t i = 0; i < exported.inputs.size(); ++i)
    sources.inputs.push_back(writer.add_input(exported.input_names[i], exported.inputs[i]));
  for (const Variable& variable : exported.variables) sources.variables[variable.id()] = writer.add_handle(variable);
  GraphExporter exporter(graph, writer.nodes(), std::move(sources));
  const OutputReferences results = exporter.write();
  writer.finish(results, exported.outputs, exporter.stateful_nodes());
  operations_.insert(writer.nodes().operations().begin(), writer.nodes().operations().end());
  return exported;
}

namespace {

/// The numbers of `names` in order of the names.
std::vector<size_t> sorted(const std::vector<std::string>& names) {
  std::vector<size_t> order(names.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return names[a] < names[b]; });
  return order;
}

template <class T>
std::vector<T> reordered(const std::vector<T>& list, const std::vector<size_t>& order) {
  std::vector<T> result;
  for (const size_t i : order) result.push_back(list[i]);
  return result;
}

}  // namespace

ExportedFunction FunctionExporter::write_wrapper(const ExportedFunction& called, const std::string& name) {
  const std::vector<size_t> inputs = sorted(called.input_names), outputs = sorted(called.output_names);
  ExportedFunction wrapper{.name = new_name("signature_wrapper_" + name),
                           .arguments = {},
                           .input_names = reordered(called.input_names, inputs),
                           .output_names = reordered(called.output_names, outputs),
                           .inputs = reordered(called.inputs, inputs),
                           .outputs = reordered(called.outputs, outputs),
                           .variables = called.variables};
  FunctionWriter writer(*library_.add_function(), wrapper.name);
  OutputReferences arguments(called.inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i)
    arguments[inputs[i]] = writer.add_input(wrapper.input_names[i], wrapper.inputs[i]);
  for (const Variable& variable : wrapper.variables) arguments.push_back(writer.add_handle(variable));
  const OutputReferences results = write_call(writer.nodes(), called.name, arguments, called.outputs);
  writer.finish(reordered(results, outputs), wrapper.outputs, {writer.nodes().last_name()});
  operations_.insert(writer.nodes().operations().begin(), writer.nodes().operations().end());
  return wrapper;
}

// ---- saving and restoring, for TensorFlow -----------------------------------------------------------------------

namespace {

using Entries = std::vector<std::pair<std::string, Variable>>;
constexpr const char* object_graph_key = "_CHECKPOINTABLE_OBJECT_GRAPH";

/// The names of all tensors, and an empty slice for each.
OutputReferences write_tensor_names(NodeWriter& nodes, const Entries& entries, const std::string& operation) {
  std::vector<std::string> keys;
  for (const auto& [key, variable] : entries) keys.push_back(key);
  keys.push_back(object_graph_key);
  return {nodes.strings(keys, false, operation + "/tensor_names"),
          nodes.strings(std::vector<std::string>(keys.size()), false, operation + "/shape_and_slices")};
}

}  // namespace

std::string FunctionExporter::write_save(const Entries& entries) {
  const std::string name = new_name("_traced_save");
  FunctionWriter writer(*library_.add_function(), name);
  NodeWriter& nodes = writer.nodes();
  const OutputReference prefix = writer.add_text_input("file_prefix");
  OutputReferences handles;
  for (const auto& [key, variable] : entries) handles.push_back(writer.add_handle(variable));
  const OutputReference graph = writer.add_text_input("savev2_const");
  const OutputReference part = nodes.write("StringJoin", {prefix, nodes.strings({"_temp/part"}, true, "Const")})[0];
  const OutputReference file =
      nodes.write("ShardedFilename", {part, nodes.constant(Tensor::from_span<int32_t>(std::vector<int32_t>{0}, {})),
                                      nodes.constant(Tensor::from_span<int32_t>(std::vector<int32_t>{1}, {}))})[0];
  OutputReferences saved = write_tensor_names(nodes, entries, "SaveV2");
  saved.insert(saved.begin(), file);
  std::vector<std::string> stateful;
  for (size_t i = 0; i < entries.size(); ++i) {
    saved.push_back(nodes.write("ReadVariableOp", {handles[i]},
                                {{"dtype", attribute(to_proto(entries[i].second.dtype()))}}, "Read/ReadVariableOp")[0]);
    stateful.push_back(nodes.last_name());
  }
  saved.push_back(graph);
  nodes.write("SaveV2", saved);
  const std::string save = nodes.last_name();
  const OutputReference prefixes = nodes.write("Pack", {file}, {}, "MergeV2Checkpoints/checkpoint_prefixes")[0];
  nodes.after({save});
  nodes.write("MergeV2Checkpoints", {prefixes, prefix});
  stateful.push_back(nodes.last_name());
  writer.finish_with_text(prefix, stateful);
  operations_.insert(nodes.operations().begin(), nodes.operations().end());
  return name;
}

std::string FunctionExporter::write_restore(const Entries& entries) {
  const std::string name = new_name("_traced_restore");
  FunctionWriter writer(*library_.add_function(), name);
  NodeWriter& nodes = writer.nodes();
  const OutputReference prefix = writer.add_text_input("file_prefix");
  OutputReferences handles;
  for (const auto& [key, variable] : entries) handles.push_back(writer.add_handle(variable));
  OutputReferences inputs = write_tensor_names(nodes, entries, "RestoreV2");
  inputs.insert(inputs.begin(), prefix);
  std::vector<proto::DataType> dtypes;
  for (const auto& [key, variable] : entries) dtypes.push_back(to_proto(variable.dtype()));
  dtypes.push_back(proto::DT_STRING);
  const OutputReferences restored = nodes.write("RestoreV2", inputs, {{"dtypes", attribute(dtypes)}});
  std::vector<std::string> stateful;
  for (size_t i = 0; i < entries.size(); ++i) {
    nodes.write("AssignVariableOp", {handles[i], nodes.write("Identity", {restored[i]})[0]});
    stateful.push_back(nodes.last_name());
  }
  writer.finish_with_text(prefix, stateful);
  operations_.insert(nodes.operations().begin(), nodes.operations().end());
  return name;
}

}  // namespace cornu::saved_model
