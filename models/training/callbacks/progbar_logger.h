#pragma once
#include <memory>
#include <optional>
#include <ostream>

#include <cornu/models/training/callback.h>
#include <cornu/models/training/progress_bar.h>

namespace cornu::callbacks {

/// Prints what fit(), evaluate() and predict() do: a progress bar (verbose 1), or a line an epoch (verbose 2). fit()
/// has one unless it is silent. Keras's keras.callbacks.ProgbarLogger.
class CORNU_API ProgbarLogger : public Callback {
 public:
  /// Prints to `out`, standard output by default.
  explicit ProgbarLogger(std::ostream* out = nullptr) : out_(out) {}

  void on_train_begin(Logs&) override;
  void on_train_end(Logs&) override;
  void on_epoch_begin(int64_t epoch, Logs&) override;
  void on_epoch_end(int64_t epoch, Logs& logs) override;
  void on_train_batch_end(int64_t batch, Logs& logs) override;
  void on_test_begin(Logs&) override;
  void on_test_batch_end(int64_t batch, Logs& logs) override;
  void on_test_end(Logs& logs) override;
  void on_predict_begin(Logs&) override;
  void on_predict_batch_end(int64_t batch, Logs&) override;
  void on_predict_end(Logs&) override;

 private:
  void begin();
  void show(int64_t batch, const Logs& logs);
  void finish(const Logs& logs);

  std::ostream* out_;
  std::optional<int64_t> steps_;
  std::shared_ptr<ProgressBar> bar_;
  int64_t seen_ = 0;
  bool is_training_ = false;
};

}  // namespace cornu::callbacks
