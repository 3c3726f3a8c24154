#include <charconv>
#include <chrono>
#include <filesystem>
#include <sstream>

#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/train/checkpoint.h>
#include <cornu/core/train/internal/checkpoint_state.h>

namespace cornu {

namespace fs = std::filesystem;

namespace {

std::string state_path(const std::string& directory) { return (fs::path(directory) / "checkpoint").string(); }

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return result + "\"";
}

std::string number(double value) {
  char text[64];
  return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}

/// Reads protobuf's text format as far as this message needs it: lines `name: "text"` and `name: number`.
class StateParser {
 public:
  StateParser(const std::string& path, const std::string& directory) : path_(path), directory_(directory) {}

  CheckpointState parse() {
    CheckpointState state;
    std::istringstream text(io::read_file(path_));
    for (std::string line; std::getline(text, line);) {
      ++line_;
      const size_t start = line.find_first_not_of(" \t\r");
      if (start == std::string::npos || line[start] == '#') continue;
      const size_t colon = line.find(':', start);
      if (colon == std::string::npos) fail("expected 'name: value'");
      const size_t value = line.find_first_not_of(" \t", colon + 1);
      if (value == std::string::npos) fail("the value is missing");
      const size_t end = line.find_last_not_of(" \t\r");
      set(state, line.substr(start, colon - start), line.substr(value, end + 1 - value));
    }
    if (state.latest.empty()) fail("there is no model_checkpoint_path");
    if (!state.timestamps.empty() && state.timestamps.size() != state.paths.size()) state.timestamps.clear();
    return state;
  }

 private:
  void set(CheckpointState& state, const std::string& name, const std::string& value) {
    if (name == "model_checkpoint_path") state.latest = path_in(text(value));
    if (name == "all_model_checkpoint_paths") state.paths.push_back(path_in(text(value)));
    if (name == "all_model_checkpoint_timestamps") state.timestamps.push_back(seconds(value));
    if (name == "last_preserved_timestamp") state.last_preserved_timestamp = seconds(value);
  }

  std::string path_in(const std::string& path) const {
    if (path.empty()) fail("a path is empty");
    return (fs::path(directory_) / path).string();  // an absolute path stays
  }

  std::string text(const std::string& value) const {
    const char quote = value[0];
    if (value.size() < 2 || (quote != '"' && quote != '\'') || value.back() != quote) fail("expected text in quotes");
    std::string result;
    for (size_t i = 1; i + 1 < value.size(); ++i) {
      const bool is_escaped = value[i] == '\\';
      if (is_escaped && ++i + 1 == value.size()) fail("the text does not end");
      result += is_escaped && value[i] == 'n' ? '\n' : value[i];
    }
    return result;
  }

  double seconds(const std::string& value) const {
    double result = 0;
    const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (error != std::errc() || rest != value.data() + value.size()) fail("expected a number of seconds");
    return result;
  }

  [[noreturn]] void fail(const std::string& message) const {
    throw FileError(path_ + ": line " + std::to_string(line_) + ": " + message +
                    "; it is not the file that tells of the checkpoints, or damaged");
  }

  std::string path_, directory_;
  int line_ = 0;
};

}  // namespace

std::string directory_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::optional<CheckpointState> read_checkpoint_state(const std::string& directory) {
  const std::string path = state_path(directory);
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  return StateParser(path, directory).parse();
}

void write_checkpoint_state(const std::string& directory, const CheckpointState& state) {
  const auto written = [&](const std::string& path) {
    const bool is_here = fs::path(directory_of(path)) == fs::path(directory_of(state_path(directory)));
    return quoted(is_here ? fs::path(path).filename().string() : fs::absolute(path).string());
  };
  std::string text = "model_checkpoint_path: " + written(state.latest) + "\n";
  for (const std::string& path : state.paths) text += "all_model_checkpoint_paths: " + written(path) + "\n";
  for (const double time : state.timestamps) text += "all_model_checkpoint_timestamps: " + number(time) + "\n";
  if (state.last_preserved_timestamp)
    text += "last_preserved_timestamp: " + number(*state.last_preserved_timestamp) + "\n";
  io::write_file_atomically(state_path(directory), std::string_view(text));
}

std::string latest_checkpoint(const std::string& directory) {
  const auto state = read_checkpoint_state(directory);
  if (!state) return "";
  if (io::bundle_exists(state->latest)) return state->latest;
  for (size_t i = state->paths.size(); i-- > 0;)
    if (io::bundle_exists(state->paths[i])) return state->paths[i];
  return "";
}

}  // namespace cornu
