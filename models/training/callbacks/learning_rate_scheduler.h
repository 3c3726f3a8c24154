#pragma once
#include <functional>

#include <cornu/models/training/callback.h>

namespace cornu::callbacks {

struct LearningRateSchedulerOptions {
  int verbose = 0;  ///< 1: says what it sets
};

/// Sets the learning rate at the beginning of each epoch by a function of the epoch and the present rate, or of the
/// epoch alone; the logs get it. Keras's keras.callbacks.LearningRateScheduler.
///
///     callbacks::LearningRateScheduler([](int64_t epoch, double rate) { return epoch < 10 ? rate : rate * 0.9; })
class CORNU_API LearningRateScheduler : public Callback {
 public:
  using Options = LearningRateSchedulerOptions;
  using Schedule = std::function<double(int64_t epoch, double learning_rate)>;

  /// Throws ValueError for an empty function.
  template <class F>
  requires std::is_invocable_r_v<double, F&, int64_t, double>
  explicit LearningRateScheduler(F schedule, const Options& options = {})
      : LearningRateScheduler(Schedule(std::move(schedule)), options, nullptr) {}
  template <class F>
  requires(
      std::is_invocable_r_v<double, F&, int64_t> &&
      !std::is_invocable_r_v<double, F&, int64_t, double>) explicit LearningRateScheduler(F schedule,
                                                                                          const Options& options = {})
      : LearningRateScheduler(of_epoch(std::move(schedule)), options, nullptr) {}

  void on_epoch_begin(int64_t epoch, Logs&) override;
  void on_epoch_end(int64_t epoch, Logs& logs) override;

 private:
  LearningRateScheduler(Schedule schedule, const Options& options, std::nullptr_t);
  static Schedule of_epoch(std::function<double(int64_t epoch)> schedule);
  Schedule schedule_;
  Options options_;
};

}  // namespace cornu::callbacks
