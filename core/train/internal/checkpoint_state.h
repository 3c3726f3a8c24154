#pragma once
#include <optional>
#include <string>
#include <vector>

namespace cornu {

/// The file `checkpoint` in a folder of checkpoints: which there are, and which is the last. TensorFlow's
/// CheckpointState, as text.
struct CheckpointState {
  std::string latest = {};              // path
  std::vector<std::string> paths = {};  // all that are kept, the oldest first
  std::vector<double> timestamps = {};  // of those, seconds since 1970
  std::optional<double> last_preserved_timestamp = {};
};

/// Nothing if there is no such file. Throws FileError, naming file and line, for one that is damaged.
std::optional<CheckpointState> read_checkpoint_state(const std::string& directory);
/// Paths in the directory are written as names, so that it may be moved.
void write_checkpoint_state(const std::string& directory, const CheckpointState& state);

/// The folder of a checkpoint's path; "." for a name alone.
std::string directory_of(const std::string& path);
/// Seconds since 1970.
double seconds_now();

}  // namespace cornu
