#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <unistd.h>

#include <cornu/core/error.h>
#include <cornu/core/train/checkpoint.h>
#include <cornu/models/model.h>
#include <cornu/models/training/callbacks/model_checkpoint.h>
#include <cornu/models/training/internal/file_pattern.h>

namespace cornu::callbacks {

namespace {

std::string five_digits(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.5f", value);
  return text;
}

void make_folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw FileError("ModelCheckpoint: cannot make the folder '" + folder.string() + "': " + error.message());
}

/// As far as it is known before its fields are.
void check_folder_of(const std::string& pattern) {
  const std::string known = pattern.substr(0, pattern.find('{'));
  make_folder_of(known);
  const std::filesystem::path parent = std::filesystem::path(known).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    throw FileError("ModelCheckpoint: cannot write into the folder '" + folder + "': " + std::strerror(errno));
}

}  // namespace

ModelCheckpoint::ModelCheckpoint(const std::string& filepath, const Options& options)
    : MonitorCallback("ModelCheckpoint", options.monitor, options.mode, 0, options.initial_value_threshold),
      filepath_(filepath),
      options_(options) {
  if (filepath.empty()) throw ValueError("ModelCheckpoint: the path is empty");
}

void ModelCheckpoint::on_train_begin(Logs&) {
  check_pattern(filepath_, "ModelCheckpoint");
  check_folder_of(filepath_);
  if (saves_whole_model() && model().built()) model().get_config();
}

void ModelCheckpoint::on_train_batch_end(int64_t batch, Logs& logs) {
  if (options_.save_freq.is_due(batch)) save(batch, logs);
}

void ModelCheckpoint::on_epoch_end(int64_t, Logs& logs) {
  if (options_.save_freq.is_each_epoch()) save(std::nullopt, logs);
}

void ModelCheckpoint::save(std::optional<int64_t> batch, const Logs& logs) {
  Logs fields{{"epoch", epoch_ + 1}};
  if (batch) fields.set("batch", *batch + 1);
  fields.add(logs);
  const std::string path = format_pattern(filepath_, fields, "ModelCheckpoint");
  if (options_.save_best_only && !is_worth_saving(logs, path)) return;
  if (options_.verbose > 0 && !options_.save_best_only)
    std::cout << "\nEpoch " << epoch_ + 1 << ": saving model to " << path << std::endl;
  make_folder_of(path);
  write(path);
}

bool ModelCheckpoint::is_worth_saving(const Logs& logs, const std::string& path) {
  const std::optional<double> current = monitored(logs, "saving the best model");
  if (!current) return false;
  const bool is_better = is_improvement(*current, best());
  if (options_.verbose > 0) {
    const std::string before = best() ? five_digits(*best()) : "None";
    std::cout << "\nEpoch " << epoch_ + 1 << ": " << options_.monitor
              << (is_better ? " improved from " + before + " to " + five_digits(*current) + ", saving model to " + path
                            : " did not improve from " + before)
              << std::endl;
  }
  if (is_better) set_best(*current);
  return is_better;
}

void ModelCheckpoint::write(const std::string& path) {
  if (options_.save_weights_only)
    model().save_weights(path);
  else if (path.ends_with(".keras"))
    model().save(path);
  else
    Checkpoint({{"model", model()}, {"optimizer", model().optimizer()}}).write(path);
}

}  // namespace cornu::callbacks
