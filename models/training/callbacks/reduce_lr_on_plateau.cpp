#include <algorithm>
#include <iostream>

#include <cornu/core/error.h>
#include <cornu/models/model.h>
#include <cornu/models/training/callbacks/reduce_lr_on_plateau.h>

namespace cornu::callbacks {

namespace {

void check_not_negative(const char* name, int64_t epochs) {
  if (epochs < 0)
    throw ValueError("ReduceLROnPlateau: " + std::string(name) + " must not be negative; received " +
                     std::to_string(epochs));
}

}  // namespace

ReduceLROnPlateau::ReduceLROnPlateau(const Options& options)
    : MonitorCallback("ReduceLROnPlateau", options.monitor, options.mode, options.min_delta), options_(options) {
  if (!(options.factor > 0 && options.factor < 1))
    throw ValueError("ReduceLROnPlateau: factor must be above 0 and below 1; received " +
                     std::to_string(options.factor));
  check_not_negative("patience", options.patience);
  check_not_negative("cooldown", options.cooldown);
  if (!(options.min_lr >= 0))
    throw ValueError("ReduceLROnPlateau: min_lr must be at least 0; received " + std::to_string(options.min_lr));
}

void ReduceLROnPlateau::on_train_begin(Logs&) {
  if (model().optimizer().get_config().at("learning_rate").is_object())
    throw StateError(
        "ReduceLROnPlateau: the optimizer's learning rate is a schedule, which sets it by itself; make the optimizer "
        "with a number to set it");
  wait_ = cooldown_left_ = 0;
  set_best(std::nullopt);
}

void ReduceLROnPlateau::on_epoch_end(int64_t epoch, Logs& logs) {
  logs.set("learning_rate", model().optimizer().learning_rate());
  const std::optional<double> current = monitored(logs, "reducing the learning rate");
  if (!current) return;
  if (cooldown_left_ > 0) {
    --cooldown_left_;
    wait_ = 0;
  }
  if (is_improvement(*current, best())) {
    set_best(*current);
    wait_ = 0;
  } else if (cooldown_left_ == 0 && ++wait_ >= options_.patience) {
    reduce(epoch);
  }
}

void ReduceLROnPlateau::reduce(int64_t epoch) {
  Optimizer& optimizer = model().optimizer();
  const double old_rate = optimizer.learning_rate().item<float>();
  if (!(old_rate > static_cast<double>(static_cast<float>(options_.min_lr)))) return;
  const double new_rate = std::max(old_rate * options_.factor, options_.min_lr);
  optimizer.set_learning_rate(new_rate);
  if (options_.verbose > 0)
    std::cout << "\nEpoch " << epoch + 1 << ": ReduceLROnPlateau reducing learning rate to " << new_rate << "."
              << std::endl;
  cooldown_left_ = options_.cooldown;
  wait_ = 0;
}

}  // namespace cornu::callbacks
