#pragma once
#include <concepts>
#include <functional>
#include <memory>
#include <utility>

#include <cornu/core/autodiff/variable.h>
#include <cornu/optimizers/schedules/learning_rate_schedule.h>

namespace cornu::optimizers {

/// What an optimizer takes as its learning rate: a number, a Variable (whose changes it follows), a schedule, or a
/// function of the number of steps done, or of nothing.
///
///     optimizers::SGD a({.learning_rate = 0.1});
///     optimizers::SGD b({.learning_rate = schedules::CosineDecay({.initial_learning_rate = 0.1, .decay_steps =
///     1000})}); optimizers::SGD c({.learning_rate = [](double step) { return 0.1 / (1 + step); }});
class CORNU_API LearningRate {
 public:
  using Schedule = schedules::LearningRateSchedule;

  template <Number N>
  LearningRate(N rate) : number_(static_cast<double>(rate)) {}
  /// Throws StateError for a variable without a value, ShapeError or DTypeError unless it is one floating number.
  LearningRate(const Variable& rate);
  template <std::derived_from<Schedule> S>
  LearningRate(S schedule) : schedule_(std::make_shared<S>(std::move(schedule))) {}
  template <std::derived_from<Schedule> S>
  LearningRate(std::unique_ptr<S> schedule) : LearningRate(std::shared_ptr<const Schedule>(std::move(schedule))) {}
  LearningRate(std::shared_ptr<const Schedule> schedule);
  /// Throws ValueError for an empty function.
  template <class F>
  requires(std::is_invocable_r_v<double, const F&, double> && !std::derived_from<F, Schedule>) LearningRate(F function)
      : schedule_(of_function(std::function<double(double)>(std::move(function)))) {}
  template <class F>
  requires(std::is_invocable_r_v<double, const F&>) LearningRate(F function)
      : schedule_(of_function(std::function<double()>(std::move(function)))) {}

  bool is_number() const { return !is_variable() && !is_schedule(); }
  bool is_variable() const { return variable_.defined(); }
  bool is_schedule() const { return schedule_ != nullptr; }
  double number() const { return number_; }
  const Variable& variable() const { return variable_; }
  const Schedule& schedule() const { return *schedule_; }
  /// The learning rate of step number `step`, 0 for the first.
  double at(double step) const;
  /// The same as a tensor without axes, which a traced function works out at each call.
  Tensor at(const Tensor& step) const;

 private:
  static std::shared_ptr<const Schedule> of_function(std::function<double(double)> function);
  static std::shared_ptr<const Schedule> of_function(std::function<double()> function);
  double number_ = 0;
  Variable variable_;                         // instead of the number
  std::shared_ptr<const Schedule> schedule_;  // instead of both
};

/// Numbers and variables are written as their value, schedules as their configuration.
CORNU_API void to_config(Config& out, const LearningRate& rate);
CORNU_API void from_config(const Config& in, LearningRate& rate);

}  // namespace cornu::optimizers
