#include <algorithm>
#include <set>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/callable_graph.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/saved_model/internal/function_export.h>
#include <cornu/core/saved_model/internal/graph_export.h>
#include <cornu/core/saved_model/saved_model.h>

namespace cornu::saved_model {

namespace {

/// Gives a node another name, where others take its outputs too: "old", "old:1", "^old".
void rename(NodeWriter::Nodes& nodes, const std::string& from, const std::string& to) {
  for (proto::NodeDef& node : nodes) {
    if (node.name() == from) node.set_name(to);
    for (std::string& input : *node.mutable_input()) {
      const size_t first = input[0] == '^' ? 1 : 0, end = std::min(input.find(':'), input.size());
      if (input.compare(first, end - first, from) == 0) input.replace(first, end - first, to);
    }
  }
}

}  // namespace

void export_frozen_graph(const Signature& call, const std::string& file) {
  if (!call.function) throw ValueError("export_frozen_graph: the signature has no function");
  const Graph graph = simplified(call.function->callable().traced());
  require_writable(graph, "export_frozen_graph");
  const std::vector<std::string> inputs = names_or(call.inputs, "inputs", graph.inputs.size(), false);
  const std::vector<std::string> outputs = names_or(call.outputs, "output", graph.outputs.size(), true);
  proto::GraphDef message;
  NodeWriter nodes(*message.mutable_node(), NodeWriter::Place::graph);
  GraphExporter::Sources sources{.as_constants = true};
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TensorSpec& spec = graph.spec(graph.inputs[i]);
    sources.inputs.push_back(nodes.write("Placeholder", {},
                                         {{"dtype", attribute(to_proto(spec.dtype))}, {"shape", attribute(spec.shape)}},
                                         inputs[i])[0]);
  }
  const OutputReferences results = GraphExporter(graph, nodes, std::move(sources)).write();
  std::set<std::string> named(inputs.begin(), inputs.end());
  for (size_t i = 0; i < results.size(); ++i) {
    // Programs that drop identities look for the node that computes the result.
    const bool is_free = results[i].position == 0 && named.insert(results[i].node).second;
    if (is_free)
      rename(*message.mutable_node(), results[i].node, nodes.unique_name(outputs[i]));
    else
      nodes.write("Identity", {results[i]}, {}, outputs[i]);
  }
  message.mutable_versions()->set_producer(1395);
  message.mutable_versions()->set_min_consumer(12);
  std::string bytes;
  if (!message.SerializeToString(&bytes))
    throw FileError(file + ": the graph is too large for one message (2 GiB); use save()");
  io::write_file_atomically(file, std::string_view(bytes));
}

}  // namespace cornu::saved_model
