#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/train/checkpoint.h>

namespace cornu {

struct CheckpointManagerOptions {
  std::optional<int64_t> max_to_keep = {};          ///< the oldest are removed beyond that; all are kept by default
  std::optional<double> keep_every_n_hours = {};    ///< of those that would be removed, keeps one in so many hours
  std::string checkpoint_name = "ckpt";             ///< the files are DIRECTORY/NAME-N
  std::optional<Variable> step_counter = {};        ///< what checkpoint_interval counts, as the optimizer's iterations
  std::optional<int64_t> checkpoint_interval = {};  ///< save() does nothing sooner than so many steps after the last
  std::function<void()> init_fn = {};               ///< what restore_or_initialize() calls where there is no checkpoint
  bool asynchronous = false;                        ///< as CheckpointOptions
};

/// Keeps the latest checkpoints of a folder, and removes older ones. TensorFlow's tf.train.CheckpointManager.
///
///     CheckpointManager manager(checkpoint, "folder", {.max_to_keep = 3});
///     manager.restore_or_initialize();
///     for (; epoch < 10; ++epoch) {
///       train_epoch();
///       manager.save();
///     }
///
/// An older checkpoint is removed once a newer one is on the disk and the file `checkpoint` tells of it.
class CORNU_API CheckpointManager {
 public:
  /// Makes the directory if there is none, and goes on with the checkpoints that its file `checkpoint` tells of. Throws
  /// ValueError for options that do not hold, FileError for a damaged file.
  CheckpointManager(const Checkpoint& checkpoint, const std::string& directory,
                    const CheckpointManagerOptions& options = {});
  ~CheckpointManager();
  CheckpointManager(const CheckpointManager&) = delete;
  CheckpointManager& operator=(const CheckpointManager&) = delete;

  /// Saves, as Checkpoint::save(); returns the path. Nothing, and no path, if checkpoint_interval has not passed,
  /// unless `check_interval` is false.
  std::optional<std::string> save(bool check_interval = true);
  /// Restores the latest checkpoint and returns its path; calls init_fn where there is none.
  std::optional<std::string> restore_or_initialize();

  /// Paths of the checkpoints that are kept, the oldest first.
  std::vector<std::string> checkpoints() const;
  /// The last of them; empty if there is none.
  std::string latest_checkpoint() const;
  const std::string& directory() const;
  /// Waits for what is written asynchronously, as Checkpoint::sync().
  void sync();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cornu
