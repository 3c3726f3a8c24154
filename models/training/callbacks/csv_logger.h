#pragma once
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include <cornu/models/training/callback.h>

namespace cornu::callbacks {

struct CSVLoggerOptions {
  std::string separator = ",";
  bool append = false;  ///< behind what the file has, without another line of names
};

/// Writes a line for each epoch into a file: its number and the logs in the order of their names, "NA" where an epoch
/// has no value. Keras's keras.callbacks.CSVLogger.
///
///     callbacks::CSVLogger("training.csv", {.separator = ";"})
class CORNU_API CSVLogger : public Callback {
 public:
  using Options = CSVLoggerOptions;
  explicit CSVLogger(const std::string& filename, const Options& options = {});

  /// Throws FileError if the file cannot be written.
  void on_train_begin(Logs&) override;
  void on_epoch_end(int64_t epoch, Logs& logs) override;
  void on_train_end(Logs&) override;

 private:
  void write_header(const Logs& logs);

  std::string filename_;
  Options options_;
  std::shared_ptr<std::ofstream> file_;
  std::vector<std::string> keys_;
  bool has_header_ = false;
};

}  // namespace cornu::callbacks
