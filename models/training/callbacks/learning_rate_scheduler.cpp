#include <iostream>

#include <cornu/core/error.h>
#include <cornu/models/model.h>
#include <cornu/models/training/callbacks/learning_rate_scheduler.h>

namespace cornu::callbacks {

LearningRateScheduler::LearningRateScheduler(Schedule schedule, const Options& options, std::nullptr_t)
    : schedule_(std::move(schedule)), options_(options) {
  if (!schedule_) throw ValueError("LearningRateScheduler: the function is empty");
}

LearningRateScheduler::Schedule LearningRateScheduler::of_epoch(std::function<double(int64_t)> schedule) {
  if (!schedule) return {};
  return [schedule = std::move(schedule)](int64_t epoch, double) { return schedule(epoch); };
}

void LearningRateScheduler::on_epoch_begin(int64_t epoch, Logs&) {
  Optimizer& optimizer = model().optimizer();
  const double rate = schedule_(epoch, optimizer.learning_rate().item<float>());
  optimizer.set_learning_rate(rate);
  if (options_.verbose > 0)
    std::cout << "\nEpoch " << epoch + 1 << ": LearningRateScheduler setting learning rate to " << rate << "."
              << std::endl;
}

void LearningRateScheduler::on_epoch_end(int64_t, Logs& logs) {
  logs.set("learning_rate", model().optimizer().learning_rate());
}

}  // namespace cornu::callbacks
