#include <filesystem>

#include <google/protobuf/stubs/logging.h>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/saved_model/internal/message_file.h>

namespace cornu::saved_model {

namespace {

constexpr size_t most_bytes = size_t{1} << 31;  // a message is not larger

}  // namespace

proto::SavedModel read_message(const std::string& directory) {
  const std::string file = directory + "/saved_model.pb";
  const auto fail = [&](const std::string& why) { throw FileError(file + ": " + why); };
  if (!std::filesystem::exists(file) && std::filesystem::exists(directory + "/saved_model.pbtxt"))
    fail("is not there; the model was saved as text (saved_model.pbtxt), which is not read");
  const std::string bytes = io::read_file(file);
  proto::SavedModel model;
  const google::protobuf::LogSilencer silent;  // the error says it
  if (bytes.size() >= most_bytes || !model.ParseFromString(bytes))
    fail("is damaged, or no SavedModel: its message does not end where the file does");
  if (model.meta_graphs_size() == 0) fail("holds no graph");
  if (model.saved_model_schema_version() > 1)
    fail("has schema version " + std::to_string(model.saved_model_schema_version()) + "; 1 is the newest known");
  return model;
}

}  // namespace cornu::saved_model
