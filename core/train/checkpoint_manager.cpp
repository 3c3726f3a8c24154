#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <mutex>

#include <cornu/core/error.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/train/checkpoint_manager.h>
#include <cornu/core/train/internal/checkpoint_state.h>

namespace cornu {

namespace {

struct Kept {
  std::string path;
  double timestamp;
};

void check(const CheckpointManagerOptions& options) {
  const auto fail = [](const std::string& message) { throw ValueError("CheckpointManager: " + message); };
  if (options.max_to_keep && *options.max_to_keep < 1) fail("max_to_keep must be at least 1");
  if (options.keep_every_n_hours && !(*options.keep_every_n_hours > 0)) fail("keep_every_n_hours must be above 0");
  if (options.checkpoint_interval && *options.checkpoint_interval < 1) fail("checkpoint_interval must be at least 1");
  if (options.checkpoint_interval && !options.step_counter)
    fail("checkpoint_interval needs a step_counter, as the optimizer's iterations()");
  if (options.checkpoint_name.empty() || options.checkpoint_name.find('/') != std::string::npos)
    fail("checkpoint_name must be a name without '/'; received '" + options.checkpoint_name + "'");
}

}  // namespace

struct CheckpointManager::State {
  State(const Checkpoint& checkpoint, const std::string& directory, const CheckpointManagerOptions& options)
      : checkpoint(checkpoint), directory(directory), options(options) {
    check(options);
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) throw FileError("CheckpointManager: cannot make the folder '" + directory + "': " + error.message());
    last_preserved = seconds_now();
    if (const auto state = read_checkpoint_state(directory)) go_on_with(*state);
  }

  void go_on_with(const CheckpointState& state) {
    std::vector<std::string> paths = state.paths;
    if (std::find(paths.begin(), paths.end(), state.latest) == paths.end()) paths.push_back(state.latest);
    for (size_t i = 0; i < paths.size(); ++i)
      if (io::bundle_exists(paths[i]))
        kept.push_back({paths[i], i < state.timestamps.size() ? state.timestamps[i] : seconds_now()});
    last_preserved = state.last_preserved_timestamp.value_or(kept.empty() ? seconds_now() : kept.front().timestamp);
  }

  int64_t step() const {
    const Tensor value = options.step_counter->peek();
    return value.dtype() == int32 ? value.item<int32_t>() : value.item<int64_t>();
  }

  bool is_due() const {
    return !options.checkpoint_interval || !last_step || step() - *last_step >= *options.checkpoint_interval;
  }

  /// The new checkpoint is on the disk: tells of it, and only then removes others.
  void add(const std::string& path) {
    std::vector<std::string> removed;
    CheckpointState state;
    {
      const std::lock_guard lock(mutex);
      std::erase_if(kept, [&](const Kept& other) { return other.path == path; });
      kept.push_back({path, seconds_now()});
      removed = drop_oldest();
      state.latest = path;
      state.last_preserved_timestamp = last_preserved;
      for (const Kept& one : kept) {
        state.paths.push_back(one.path);
        state.timestamps.push_back(one.timestamp);
      }
    }
    write_checkpoint_state(directory, state);
    for (const std::string& old : removed) io::remove_bundle(old);
  }

  std::vector<std::string> drop_oldest() {
    std::vector<std::string> removed;
    while (options.max_to_keep && static_cast<int64_t>(kept.size()) > *options.max_to_keep) {
      const Kept oldest = kept.front();
      kept.erase(kept.begin());
      constexpr double seconds_in_hour = 3600;
      if (options.keep_every_n_hours &&
          oldest.timestamp - last_preserved >= *options.keep_every_n_hours * seconds_in_hour)
        last_preserved = oldest.timestamp;  // its files stay
      else
        removed.push_back(oldest.path);
    }
    return removed;
  }

  Checkpoint checkpoint;
  std::string directory;
  CheckpointManagerOptions options;
  mutable std::mutex mutex;  // a thread that writes adds its checkpoint
  std::vector<Kept> kept;
  double last_preserved;
  std::optional<int64_t> last_step;
};

CheckpointManager::CheckpointManager(const Checkpoint& checkpoint, const std::string& directory,
                                     const CheckpointManagerOptions& options)
    : state_(std::make_shared<State>(checkpoint, directory, options)) {}

CheckpointManager::~CheckpointManager() {
  try {
    sync();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "warning: a checkpoint could not be written: %s\n", error.what());
  }
}

std::optional<std::string> CheckpointManager::save(bool check_interval) {
  State& state = *state_;
  if (check_interval && !state.is_due()) return std::nullopt;
  const std::string prefix = (std::filesystem::path(state.directory) / state.options.checkpoint_name).string();
  const std::string path = state.checkpoint.save_as(
      prefix, state.checkpoint.save_counter() + 1, {.asynchronous = state.options.asynchronous},
      [manager = state_](const std::string& path) { manager->add(path); });
  if (state.options.step_counter) state.last_step = state.step();
  return path;
}

std::optional<std::string> CheckpointManager::restore_or_initialize() {
  const std::string latest = latest_checkpoint();
  if (latest.empty()) {
    if (state_->options.init_fn) state_->options.init_fn();
    return std::nullopt;
  }
  state_->checkpoint.restore(latest);
  if (state_->options.step_counter) state_->last_step = state_->step();
  return latest;
}

std::vector<std::string> CheckpointManager::checkpoints() const {
  const std::lock_guard lock(state_->mutex);
  std::vector<std::string> paths;
  for (const Kept& one : state_->kept) paths.push_back(one.path);
  return paths;
}

std::string CheckpointManager::latest_checkpoint() const {
  const std::vector<std::string> paths = checkpoints();
  return paths.empty() ? "" : paths.back();
}

const std::string& CheckpointManager::directory() const { return state_->directory; }
void CheckpointManager::sync() { state_->checkpoint.sync(); }

}  // namespace cornu
