#pragma once
#include <cornu/models/training/callbacks/monitor.h>
#include <cornu/models/training/callbacks/save_frequency.h>

namespace cornu::callbacks {

struct ModelCheckpointOptions {
  std::string monitor = "val_loss";
  int verbose = 0;                 ///< 1: says what it saves
  bool save_best_only = false;     ///< only when the value is the best so far
  bool save_weights_only = false;  ///< as Model::save_weights(), which goes by the file's name, instead of the whole
  std::string mode = "auto";       ///< "min", "max", or "auto": by the metric
  SaveFrequency save_freq = "epoch";
  std::optional<double> initial_value_threshold = {};  ///< what has to be beaten first
};

/// Saves the model while it is trained. The path may have fields: `{epoch:02d}`, counted from 1, `{batch}` and all
/// names of the logs, `{val_loss:.2f}`. `NAME.keras` is the whole model; any other path without `save_weights_only` a
/// checkpoint of TensorFlow's format that has `model` and `optimizer`. Files appear whole. Keras's
/// keras.callbacks.ModelCheckpoint.
///
///     callbacks::ModelCheckpoint("models/{epoch:02d}-{val_loss:.2f}.keras", {.save_best_only = true})
class CORNU_API ModelCheckpoint : public MonitorCallback {
 public:
  using Options = ModelCheckpointOptions;
  explicit ModelCheckpoint(const std::string& filepath, const Options& options = {});

  /// Throws ValueError for a path with a bad field, FileError if there is no folder to write into, StateError for a
  /// model that cannot be saved.
  void on_train_begin(Logs&) override;
  void on_epoch_begin(int64_t epoch, Logs&) override { epoch_ = epoch; }
  void on_train_batch_end(int64_t batch, Logs& logs) override;
  void on_epoch_end(int64_t epoch, Logs& logs) override;

 private:
  /// Throws FileError if the file or a folder for it cannot be written.
  void save(std::optional<int64_t> batch, const Logs& logs);
  bool is_worth_saving(const Logs& logs, const std::string& path);
  void write(const std::string& path);
  bool saves_whole_model() const { return !options_.save_weights_only && filepath_.ends_with(".keras"); }

  std::string filepath_;
  Options options_;
  int64_t epoch_ = 0;
};

}  // namespace cornu::callbacks
