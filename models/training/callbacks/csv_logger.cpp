#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <cornu/core/error.h>
#include <cornu/models/training/callbacks/csv_logger.h>
#include <cornu/models/training/internal/number_text.h>
#include <cornu/models/training/internal/training.h>

namespace cornu::callbacks {

CSVLogger::CSVLogger(const std::string& filename, const Options& options) : filename_(filename), options_(options) {
  if (options.separator.empty()) throw ValueError("CSVLogger: the separator is empty");
}

void CSVLogger::on_train_begin(Logs&) {
  keys_.clear();
  has_header_ = false;
  if (options_.append) {
    std::ifstream before(filename_);
    std::string line;
    has_header_ = std::getline(before, line) && !line.empty();
  }
  file_ = std::make_shared<std::ofstream>(filename_, options_.append ? std::ios::app : std::ios::trunc);
  if (!*file_)
    throw FileError("CSVLogger: cannot write '" + filename_ + "': " + std::strerror(errno) +
                    "; does the folder exist?");
}

void CSVLogger::write_header(const Logs& logs) {
  keys_ = logs.names();
  std::sort(keys_.begin(), keys_.end());
  const bool has_validation =
      std::any_of(keys_.begin(), keys_.end(), [](const std::string& key) { return key.rfind("val_", 0) == 0; });
  const detail::FitState* fit = model().training_state().fit;
  if (!has_validation && fit && fit->validates) {
    const std::vector<std::string> of_training = keys_;
    for (const std::string& key : of_training)
      if (key != "learning_rate") keys_.push_back("val_" + key);
  }
  if (has_header_) return;
  has_header_ = true;
  *file_ << "epoch";
  for (const std::string& key : keys_) *file_ << options_.separator << key;
  *file_ << '\n';
}

void CSVLogger::on_epoch_end(int64_t epoch, Logs& logs) {
  if (!file_) return;
  if (keys_.empty()) write_header(logs);
  *file_ << epoch;
  for (const std::string& key : keys_)
    *file_ << options_.separator << (logs.contains(key) ? number_text(logs[key]) : "NA");
  *file_ << '\n' << std::flush;
  if (!*file_) throw FileError("CSVLogger: cannot write '" + filename_ + "': " + std::strerror(errno));
}

void CSVLogger::on_train_end(Logs&) { file_.reset(); }

}  // namespace cornu::callbacks
