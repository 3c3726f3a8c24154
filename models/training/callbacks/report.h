#pragma once
#include <memory>
#include <string>

#include <cornu/models/training/callback.h>

namespace cornu::callbacks {

/// Writes a report of the training into one HTML file that needs nothing else: curves and a table of all losses and
/// metrics, the model's summary, what it was compiled and fitted with, and how long it took. The file is replaced whole
/// after each epoch.
///
///     model.fit(x, y, {.epochs = 20, .callbacks = {callbacks::Report("report.html")}});
class CORNU_API Report : public Callback {
 public:
  explicit Report(const std::string& path);

  void on_train_begin(Logs&) override;
  void on_epoch_begin(int64_t, Logs&) override;
  void on_train_batch_end(int64_t batch, Logs&) override;
  /// Throws FileError if the file cannot be written.
  void on_epoch_end(int64_t epoch, Logs& logs) override;

 private:
  struct State;
  std::string path_;
  std::shared_ptr<State> state_;
};

}  // namespace cornu::callbacks
