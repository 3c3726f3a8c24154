#pragma once
#include <map>
#include <string>
#include <vector>

#include <cornu/core/graph/graph.h>
#include <cornu/core/saved_model/internal/node_writer.h>

namespace cornu::saved_model {

/// The graph without what changes nothing, in the operations of the table that TensorFlow has as well: nothing is
/// fused.
CORNU_API Graph simplified(Graph graph);

/// Throws ValueError naming all nodes that cannot be written with TensorFlow's operations.
CORNU_API void require_writable(const Graph& graph, const std::string& name);

/// Writes the nodes of a graph, in order, but for its inputs and the reads of variables, for which the caller says what
/// stands.
class CORNU_API GraphExporter {
 public:
  /// What an input, or a variable, is in the written graph.
  struct Sources {
    OutputReferences inputs = {};
    std::map<uint64_t, OutputReference> variables = {};  ///< handles by the variables' ids
    bool as_constants = false;                           ///< variables are written as constants of their values instead
  };
  GraphExporter(const Graph& graph, NodeWriter& writer, Sources sources);

  /// Writes everything; the graph's results.
  OutputReferences write();
  /// The nodes that read or change variables, in their order.
  const std::vector<std::string>& stateful_nodes() const { return stateful_nodes_; }

 private:
  void write_node(int32_t index);
  void write_read(int32_t index);
  void write_assignment(int32_t index);
  const OutputReference& at(const Value& value) const;
  void give(int32_t index, OutputReferences outputs);
  OutputReference write_extents(const std::vector<int64_t>& extents, bool may_infer);
  OutputReference write_extent(int64_t name, DType dtype);
  void note_extents(int32_t index);

  const Graph& graph_;
  NodeWriter& writer_;
  Sources sources_;
  std::vector<OutputReferences> written_;  // by node
  struct Place {
    Value value;
    int axis;
  };
  std::map<int64_t, Place> places_;             // where an extent of unknown size is found, by its name
  std::map<int64_t, OutputReference> counted_;  // those that were asked for
  std::map<uint64_t, std::string> last_assignment_;
  std::vector<std::string> stateful_nodes_;
};

}  // namespace cornu::saved_model
