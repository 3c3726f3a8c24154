#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>

#include <google/protobuf/stubs/logging.h>
#include <proto/event.pb.h>

#include <cornu/core/error.h>
#include <cornu/core/io/tfrecord.h>
#include <cornu/core/summary/scalars.h>

namespace cornu::summary {

namespace {

namespace fs = std::filesystem;

bool is_event_file(const fs::path& path) { return path.filename().string().find("tfevents") != std::string::npos; }

/// Event files by their runs; within a run by name, which begins with the time.
std::map<std::string, std::vector<std::string>> find_runs(const std::string& path) {
  std::map<std::string, std::vector<std::string>> runs;
  if (!fs::is_directory(path)) return {{".", {path}}};
  std::error_code error;
  for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error))
    if (entry->is_regular_file() && is_event_file(entry->path()))
      runs[fs::relative(entry->path().parent_path(), path).string()].push_back(entry->path().string());
  if (error) throw FileError("cannot read the folder '" + path + "': " + error.message());
  for (auto& [run, files] : runs) std::sort(files.begin(), files.end());
  return runs;
}

template <class T>
std::optional<double> first_of(const std::string& content) {
  T number;
  if (content.size() != sizeof number) return {};
  std::memcpy(&number, content.data(), sizeof number);
  return static_cast<double>(number);
}

/// The number in a tensor of one; nothing for other tensors.
std::optional<double> number_of(const proto::TensorProto& tensor) {
  for (const auto& dimension : tensor.tensor_shape().dim())
    if (dimension.size() != 1) return {};
  const std::string& content = tensor.tensor_content();
  switch (tensor.dtype()) {
    case proto::DT_FLOAT:
      return tensor.float_val_size() == 1 ? std::optional<double>(tensor.float_val(0)) : first_of<float>(content);
    case proto::DT_DOUBLE:
      return tensor.double_val_size() == 1 ? std::optional<double>(tensor.double_val(0)) : first_of<double>(content);
    default:
      return {};
  }
}

class Reader {
 public:
  void read_run(const std::string& run, const std::vector<std::string>& files) {
    const google::protobuf::LogSilencer silent;  // the error says it
    plugins_.clear();
    for (const std::string& file : files) {
      io::TFRecordReader records(file);
      while (const std::optional<std::string> record = records.next()) {
        proto::Event event;
        if (!event.ParseFromString(*record)) throw FileError(file + ": a record is no event: this is no event file");
        for (const proto::Summary_Value& value : event.summary().value()) add(run, event, value);
      }
    }
  }

  std::vector<ScalarSeries> finish() {
    std::vector<ScalarSeries> all;
    for (auto& [key, series] : series_) all.push_back(std::move(series));
    return all;
  }

 private:
  /// Writers may say whose plugin a tag is with its first value only.
  bool is_scalar(const proto::Summary_Value& value) {
    if (value.has_simple_value()) return true;
    if (value.has_metadata()) plugins_[value.tag()] = value.metadata().plugin_data().plugin_name();
    const auto found = plugins_.find(value.tag());
    return value.has_tensor() && found != plugins_.end() && found->second == "scalars";
  }

  void add(const std::string& run, const proto::Event& event, const proto::Summary_Value& value) {
    if (!is_scalar(value)) return;
    const std::optional<double> number =
        value.has_simple_value() ? std::optional<double>(value.simple_value()) : number_of(value.tensor());
    if (!number) return;
    ScalarSeries& series = series_[{value.tag(), run}];
    series.run = run;
    series.tag = value.tag();
    series.points.push_back({event.step(), event.wall_time(), *number});
  }

  std::map<std::pair<std::string, std::string>, ScalarSeries> series_;  // by tag and run
  std::map<std::string, std::string> plugins_;                          // by tag
};

}  // namespace

std::vector<ScalarSeries> read_scalars(const std::string& path) {
  Reader reader;
  for (const auto& [run, files] : find_runs(path)) reader.read_run(run, files);
  return reader.finish();
}

}  // namespace cornu::summary
