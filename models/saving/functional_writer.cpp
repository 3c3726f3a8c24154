// Functional models as Keras writes them: get_config and serialize_node of keras/src/models/functional.py.
#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/models/internal/functional_graph.h>
#include <cornu/models/saving/internal/operations.h>
#include <cornu/models/saving/internal/serialization.h>

namespace cornu::saving {

namespace {

using Source = FunctionalGraph::Source;

const FunctionalGraph::Call& call_of(const FunctionalGraph& graph, const Source& source) {
  return graph.calls()[static_cast<size_t>(source.call)];
}

/// [name, which call, which output].
Config history(const FunctionalGraph& graph, const Source& source, int64_t first_call) {
  const int64_t call = first_call + call_of(graph, source).member_call;
  return std::vector<Config>{graph.name_of(source), Config(call), Config(int64_t{source.output})};
}

/// A constant of an operation is a number.
Config number_config(const Tensor& constant) {
  if (constant.size() != 1)
    throw ValueError("the functional model uses a constant of shape " + constant.shape().to_string() +
                     ", which Cornu does not write to Keras's files; make it in the call() of a layer");
  const double number = cast(constant, float64).item<double>();
  return is_floating(constant.dtype()) ? Config(number) : Config(static_cast<int64_t>(number));
}

Config tensor_config(const FunctionalGraph& graph, const Source& source) {
  if (source.call < 0) return number_config(source.constant);
  const TensorSpec& spec = graph.spec(source);
  Config shape, tensor = Config::object(), written = Config::object();
  to_config(shape, spec.shape.without_names());
  tensor.set("shape", shape);
  tensor.set("dtype", std::string(name(spec.dtype)));
  tensor.set("keras_history", history(graph, source, 0));
  written.set("class_name", "__keras_tensor__");
  written.set("config", tensor);
  return written;
}

bool takes_any_number(const FunctionalNode& node) {
  const FunctionalOperation* known = find_operation(node);
  return known && known->arity == 0;
}

Config call_config(const FunctionalGraph& graph, const FunctionalGraph::Call& call) {
  std::vector<Config> tensors;
  for (const Source& source : call.inputs) tensors.push_back(tensor_config(graph, source));
  Config arguments = Config::object(), options = Config::object();
  const bool takes_list = call.node->is_operation() ? takes_any_number(*call.node) : call.node->takes_list;
  arguments.set("args", takes_list ? std::vector<Config>{Config(tensors)} : tensors);
  if (call.node->options.training) options.set("training", *call.node->options.training);
  arguments.set("kwargs", options);
  return arguments;
}

/// Where a model begins or ends. Of a functional model within it, Keras counts the calls from 1 here.
Config end_config(const FunctionalGraph& graph, const Source& source) {
  const bool is_functional = graph.class_of(graph.members()[call_of(graph, source).member]) == "Functional";
  return history(graph, source, is_functional ? 1 : 0);
}

Config ends_config(const FunctionalGraph& graph, const std::vector<Source>& sources,
                   const std::vector<std::string>& keys) {
  if (keys.empty() && sources.size() == 1) return end_config(graph, sources[0]);
  std::vector<Config> list;
  Config named = Config::object();
  for (size_t i = 0; i < sources.size(); ++i) {
    list.push_back(end_config(graph, sources[i]));
    if (!keys.empty()) named.set(keys[i], list.back());
  }
  return keys.empty() ? Config(list) : named;
}

Config operation_object(const FunctionalGraph& graph, const FunctionalGraph::Member& member) {
  const FunctionalNode& node = graph.node_of(member);
  const FunctionalOperation* known = find_operation(node);
  if (!known || (known->arity > 0 && graph.calls()[member.calls[0]].inputs.size() != known->arity))
    throw ValueError(
        "the functional model uses the operation '" + graph.name_of(member) +
        "' directly, which Cornu does not write to Keras's files; use a layer for it, or compute it in the "
        "call() of a layer of your own");
  Config config = Config::object(), written = Config::object();
  // Keras's classes with arguments of their own did not take a name at first.
  if (known->write)
    known->write(node, config);
  else
    config.set("name", graph.name_of(member));
  written.set("module", known->module);
  written.set("class_name", known->class_name);
  written.set("config", config);
  written.set("registered_name", known->class_name);
  return written;
}

}  // namespace

Config ModelWriter::member_object(const FunctionalGraph& graph, size_t number) {
  const FunctionalGraph::Member& member = graph.members()[number];
  const FunctionalNode& node = graph.node_of(member);
  Config written = node.is_operation() ? operation_object(graph, member) : object_of(node.layer());
  std::vector<Config> calls;
  for (const size_t call : member.calls)
    if (!graph.calls()[call].inputs.empty()) calls.push_back(call_config(graph, graph.calls()[call]));
  written.set("name", graph.name_of(member));
  written.set("inbound_nodes", calls);
  return written;
}

Config ModelWriter::functional_config(const Model& model, const FunctionalGraph& graph) {
  std::vector<Config> members;
  for (size_t i = 0; i < graph.members().size(); ++i) members.push_back(member_object(graph, i));
  Config config = Config::object();
  config.set("name", model.name());
  config.set("trainable", model.trainable());
  config.set("layers", members);
  config.set("input_layers", ends_config(graph, graph.inputs(), graph.input_keys));
  config.set("output_layers", ends_config(graph, graph.outputs(), graph.output_keys));
  return config;
}

}  // namespace cornu::saving
