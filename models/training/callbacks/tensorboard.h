#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <cornu/models/training/callback.h>
#include <cornu/models/training/callbacks/save_frequency.h>

namespace cornu::callbacks {

/// When TensorBoard gets the values of batches: "epoch" not at all, "batch" each, or every so many.
class CORNU_API UpdateFrequency {
 public:
  /// "epoch" or "batch". Throws ValueError for another text.
  UpdateFrequency(const char* moment);
  /// Throws ValueError unless 1 <= batches.
  UpdateFrequency(int batches);
  bool is_due(int64_t batch) const { return batches_ > 0 && batch % batches_ == 0; }

 private:
  int64_t batches_ = 0;
};

/// Batches that are profiled: none, one, or from the first to the last of a pair, counted from 1 over the whole run.
class ProfileBatch {
 public:
  ProfileBatch(int64_t batch = 0) : first_(batch), last_(batch) {}
  ProfileBatch(int64_t first, int64_t last) : first_(first), last_(last) {}
  bool begins_with(int64_t batch) const { return first_ > 0 && batch == first_; }
  bool ends_with(int64_t batch) const { return first_ > 0 && batch == last_; }

 private:
  int64_t first_, last_;
};

struct TensorBoardOptions {
  std::string log_dir = "logs";
  int64_t histogram_freq = 0;           ///< epochs between histograms of all weights; 0: none
  bool write_graph = true;              ///< the graph of the training step
  bool write_images = false;            ///< with the histograms, the weights as pictures
  bool write_steps_per_second = false;  ///< a scalar for each epoch
  UpdateFrequency update_freq = "epoch";
  ProfileBatch profile_batch = 0;
};

/// Writes what TensorBoard shows: the logs of each epoch as `epoch_loss` and so on, in LOG_DIR/train and
/// LOG_DIR/validation, the learning rate, and what the options ask for. An evaluation writes
/// `evaluation_loss_vs_iterations` and so on, also one on its own. Keras's keras.callbacks.TensorBoard.
///
///     model.fit(x, y, {.callbacks = {callbacks::TensorBoard({.log_dir = "logs", .histogram_freq = 1})}});
class CORNU_API TensorBoard : public Callback {
 public:
  using Options = TensorBoardOptions;
  explicit TensorBoard(const Options& options = {});

  void on_train_begin(Logs&) override;
  void on_train_end(Logs&) override;
  void on_epoch_begin(int64_t epoch, Logs&) override;
  void on_epoch_end(int64_t epoch, Logs& logs) override;
  void on_train_batch_begin(int64_t batch, Logs&) override;
  void on_train_batch_end(int64_t batch, Logs& logs) override;
  void on_test_begin(Logs&) override;
  void on_test_end(Logs& logs) override;

 private:
  struct State;
  void begin(bool is_training);
  Options options_;
  std::shared_ptr<State> state_;  // of the run
  bool is_training_ = false;
};

}  // namespace cornu::callbacks
