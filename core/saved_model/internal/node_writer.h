#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <proto/graph.pb.h>

#include <cornu/core/saved_model/internal/tensor_proto.h>

namespace cornu::saved_model {

/// A tensor that a written node gives: what further nodes name as their input.
struct OutputReference {
  std::string node;
  std::string output = {};  ///< the name of the node's output; empty for an argument of a function
  int32_t number = 0;       ///< among the tensors of that output
  int32_t position = 0;     ///< among all of the node's
  proto::DataType dtype = proto::DT_INVALID;
};
using OutputReferences = std::vector<OutputReference>;

proto::AttrValue attribute(bool value);
proto::AttrValue attribute(int64_t value);
proto::AttrValue attribute(float value);
proto::AttrValue attribute(proto::DataType value);
proto::AttrValue attribute(const std::string& value);
proto::AttrValue attribute(const char* value);
proto::AttrValue attribute(const Shape& value);
proto::AttrValue attribute(const std::vector<int64_t>& value);
proto::AttrValue attribute(const std::vector<proto::DataType>& value);
proto::AttrValue function_attribute(const std::string& name);
using NodeAttributes = std::vector<std::pair<std::string, proto::AttrValue>>;

/// Writes nodes of TensorFlow's operations into a graph or the body of a function. The attributes of dtypes and counts
/// follow from the inputs; no name is given twice.
class NodeWriter {
 public:
  using Nodes = google::protobuf::RepeatedPtrField<proto::NodeDef>;
  enum class Place { graph, function };
  NodeWriter(Nodes& nodes, Place place) : nodes_(nodes), place_(place) {}

  /// Writes a node and gives back what it gives. `inputs` are the tensors of all inputs one behind the other; a list of
  /// them takes those that the others leave. `name` is made unique.
  OutputReferences write(const std::string& operation, const OutputReferences& inputs,
                         const NodeAttributes& attributes = {}, const std::string& name = {});
  /// A tensor that does not change. In functions an equal small one is written once; importers of frozen graphs take
  /// constants apart, and each use needs its own.
  OutputReference constant(const Tensor& value, const std::string& name = {});
  OutputReference strings(const std::vector<std::string>& values, bool is_scalar, const std::string& name);
  /// A name that no other node has.
  std::string unique_name(const std::string& wanted);
  /// Makes the node that was written last come after these.
  void after(const std::vector<std::string>& nodes);
  const std::string& last_name() const { return nodes_.Get(nodes_.size() - 1).name(); }
  /// As an input names it.
  std::string text_of(const OutputReference& reference) const;
  /// The operations that were written.
  const std::set<std::string>& operations() const { return operations_; }

 private:
  Nodes& nodes_;
  Place place_;
  std::set<std::string> names_, operations_;
  std::map<std::string, int> counts_;
  std::map<std::string, OutputReference> constants_;
};

}  // namespace cornu::saved_model
