#include <filesystem>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/saved_model/internal/fingerprint.h>
#include <cornu/core/saved_model/internal/inspection.h>
#include <cornu/core/saved_model/internal/message_file.h>

namespace cornu::saved_model {

namespace {

void compare(const std::string& file, uint64_t expected) {
  if (fingerprint(io::read_file(file)) != expected)
    throw FileError(file +
                    ": its hash is not the one in fingerprint.pb: one of the two is damaged, or of another model");
}

}  // namespace

std::map<std::string, int64_t> operation_counts(const std::string& directory) {
  const proto::SavedModel model = read_message(directory);
  std::map<std::string, int64_t> counts;
  for (const proto::MetaGraphDef& meta : model.meta_graphs()) {
    for (const proto::NodeDef& node : meta.graph_def().node()) ++counts[node.op()];
    for (const proto::FunctionDef& function : meta.graph_def().library().function())
      for (const proto::NodeDef& node : function.node_def()) ++counts[node.op()];
  }
  return counts;
}

void verify_fingerprint(const std::string& directory) {
  const std::string file = directory + "/fingerprint.pb", index = directory + "/variables/variables.index";
  if (!std::filesystem::exists(file)) return;
  proto::FingerprintDef message;
  if (!message.ParseFromString(io::read_file(file))) throw FileError(file + ": is damaged, or no fingerprint");
  compare(directory + "/saved_model.pb", message.saved_model_checksum());
  if (std::filesystem::exists(index)) compare(index, message.checkpoint_hash());
}

}  // namespace cornu::saved_model
