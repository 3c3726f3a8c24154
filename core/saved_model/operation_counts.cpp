#include <proto/saved_model.pb.h>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/saved_model/internal/operation_counts.h>

namespace cornu::saved_model {

std::map<std::string, int64_t> operation_counts(const std::string& directory) {
  const std::string file = directory + "/saved_model.pb";
  proto::SavedModel model;
  if (!model.ParseFromString(io::read_file(file))) throw FileError(file + ": is damaged, or no SavedModel");
  std::map<std::string, int64_t> counts;
  for (const proto::MetaGraphDef& meta : model.meta_graphs()) {
    for (const proto::NodeDef& node : meta.graph_def().node()) ++counts[node.op()];
    for (const proto::FunctionDef& function : meta.graph_def().library().function())
      for (const proto::NodeDef& node : function.node_def()) ++counts[node.op()];
  }
  return counts;
}

}  // namespace cornu::saved_model
