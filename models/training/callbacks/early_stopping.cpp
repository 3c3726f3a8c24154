#include <iostream>

#include <cornu/core/error.h>
#include <cornu/models/model.h>
#include <cornu/models/training/callbacks/early_stopping.h>

namespace cornu::callbacks {

EarlyStopping::EarlyStopping(const Options& options)
    : MonitorCallback("EarlyStopping", options.monitor, options.mode, options.min_delta), options_(options) {
  if (options.patience < 0)
    throw ValueError("EarlyStopping: patience must not be negative; received " + std::to_string(options.patience));
}

void EarlyStopping::on_train_begin(Logs&) {
  wait_ = stopped_epoch_ = best_epoch_ = 0;
  best_weights_.clear();
  set_best(std::nullopt);
}

void EarlyStopping::keep_weights(int64_t epoch) {
  best_epoch_ = epoch;
  if (options_.restore_best_weights) best_weights_ = model().get_weights();
}

void EarlyStopping::on_epoch_end(int64_t epoch, Logs& logs) {
  const std::optional<double> current = monitored(logs, "stopping early");
  if (!current || epoch < options_.start_from_epoch) return;
  if (options_.restore_best_weights && best_weights_.empty()) keep_weights(epoch);
  ++wait_;
  if (is_improvement(*current, best())) {
    set_best(*current);
    keep_weights(epoch);
    if (!options_.baseline || is_improvement(*current, options_.baseline)) wait_ = 0;
    return;
  }
  if (wait_ >= options_.patience && epoch > 0) {
    stopped_epoch_ = epoch;
    model().stop_training = true;
  }
}

void EarlyStopping::on_train_end(Logs&) {
  if (stopped_epoch_ > 0 && options_.verbose > 0)
    std::cout << "Epoch " << stopped_epoch_ + 1 << ": early stopping" << std::endl;
  if (!options_.restore_best_weights || best_weights_.empty()) return;
  if (options_.verbose > 0)
    std::cout << "Restoring model weights from the end of the best epoch: " << best_epoch_ + 1 << "." << std::endl;
  model().set_weights(best_weights_);
}

}  // namespace cornu::callbacks
