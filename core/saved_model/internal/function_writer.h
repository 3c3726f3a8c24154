#pragma once
#include <string>
#include <vector>

#include <proto/graph.pb.h>

#include <cornu/core/autodiff/variable.h>
#include <cornu/core/saved_model/internal/node_writer.h>

namespace cornu::saved_model {

/// Writes a function of a graph's library: its arguments, its nodes, its results.
class FunctionWriter {
 public:
  FunctionWriter(proto::FunctionDef& function, const std::string& name);

  OutputReference add_input(const std::string& name, const TensorSpec& spec);
  OutputReference add_text_input(const std::string& name);
  /// The handle of a variable, which stands behind all inputs.
  OutputReference add_handle(const Variable& variable);
  NodeWriter& nodes() { return nodes_; }
  /// Names the results. `stateful` are nodes that happen whether or not a result needs them.
  void finish(const OutputReferences& results, const std::vector<TensorSpec>& specs,
              const std::vector<std::string>& stateful);
  void finish_with_text(const OutputReference& result, const std::vector<std::string>& stateful);

 private:
  OutputReference add_argument(const std::string& name, proto::DataType dtype, const Shape& shape,
                               const std::string& user_name);
  void add_results(const OutputReferences& results, const std::vector<proto::DataType>& dtypes,
                   const std::vector<std::string>& stateful);
  proto::FunctionDef& function_;
  NodeWriter nodes_;
};

/// Writes a call of a function of the library; what it gives.
OutputReferences write_call(NodeWriter& nodes, const std::string& function, const OutputReferences& arguments,
                            const std::vector<TensorSpec>& results);
/// A list of shapes, as attributes named _output_shapes are.
proto::AttrValue shapes_attribute(const std::vector<TensorSpec>& specs);

}  // namespace cornu::saved_model
