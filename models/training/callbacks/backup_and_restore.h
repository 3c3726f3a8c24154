#pragma once
#include <memory>
#include <string>

#include <cornu/models/training/callback.h>
#include <cornu/models/training/callbacks/save_frequency.h>

namespace cornu::callbacks {

struct BackupAndRestoreOptions {
  SaveFrequency save_freq = "epoch";
  bool delete_checkpoint = true;  ///< once training has come to its end
};

/// Goes on with training that was interrupted, in whatever way. It saves weights, the optimizer's state, metrics,
/// random states and the place in the data into `backup_dir`; fit() with the same arguments in a new process goes on
/// behind the last save, within an epoch too, and ends with the bits of a run that was never interrupted. The history
/// has the epochs from there on. Keras's keras.callbacks.BackupAndRestore.
///
/// Batches of a generator function that went before are asked for again, and let go. What other callbacks have kept is
/// not saved.
///
///     model.fit(x, y, {.epochs = 10, .callbacks = {callbacks::BackupAndRestore("backup", {.save_freq = 100})}});
class CORNU_API BackupAndRestore : public Callback {
 public:
  using Options = BackupAndRestoreOptions;
  explicit BackupAndRestore(const std::string& backup_dir, const Options& options = {});

  /// Throws FileError for a backup that is damaged, ValueError for one of other data, ShapeError of another model.
  void on_train_begin(Logs&) override;
  void on_train_batch_begin(int64_t batch, Logs&) override;
  void on_train_batch_end(int64_t batch, Logs&) override;
  void on_epoch_end(int64_t epoch, Logs&) override;
  void on_train_end(Logs&) override;

 private:
  struct State;
  std::string backup_dir_;
  Options options_;
  std::shared_ptr<State> state_;
};

}  // namespace cornu::callbacks
