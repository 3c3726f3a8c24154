#pragma once
#include <memory>
#include <string>

#include <cornu/core/config/registry.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::optimizers::schedules {

/// Base of all schedules: the learning rate as a function of the number of steps done. Keras's LearningRateSchedule.
///
///     class Halving : public optimizers::schedules::LearningRateSchedule {
///      public:
///       double at(double step) const override { return 0.1 * std::pow(0.5, std::floor(step / 1000)); }
///     };
///     optimizers::SGD optimizer({.learning_rate = Halving()});
///
/// A function does as well: `.learning_rate = [](double step) { return 0.1 / (1 + step); }`.
class CORNU_API LearningRateSchedule : public std::enable_shared_from_this<LearningRateSchedule> {
 public:
  virtual ~LearningRateSchedule() = default;
  /// The learning rate of step number `step`, 0 for the first.
  virtual double at(double step) const = 0;

  /// The same of a tensor: one number of any dtype but boolean -> float32 of shape (). Throws ShapeError or DTypeError
  /// for another, and StateError for a symbolic step unless a shared_ptr holds this schedule.
  Tensor operator()(const Tensor& step) const;

  /// The options, as Keras writes them. Throws StateError for a class that does not override it.
  virtual Config get_config() const;
  virtual std::string class_name() const;
  /// {"class_name": ..., "config": {...}}, as Keras writes it.
  std::string to_json() const;

  /// All schedules that can be made from a configuration; add your own.
  static Registry<LearningRateSchedule>& registry();
};

/// The schedule of Keras's {"class_name": ..., "config": {...}}. Throws ValueError naming what is wrong.
CORNU_API std::unique_ptr<LearningRateSchedule> deserialize(const std::string& json_text);

}  // namespace cornu::optimizers::schedules
