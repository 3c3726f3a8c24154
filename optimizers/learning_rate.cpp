#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/operation.h>
#include <cornu/optimizers/learning_rate.h>

namespace cornu::optimizers {

namespace {

class FunctionSchedule : public schedules::LearningRateSchedule {
 public:
  explicit FunctionSchedule(std::function<double(double)> function) : function_(std::move(function)) {}
  double at(double step) const override { return function_(step); }
  Config get_config() const override {
    throw StateError(
        "a learning rate that is a function has no configuration: derive a class from LearningRateSchedule");
  }

 private:
  std::function<double(double)> function_;
};

}  // namespace

LearningRate::LearningRate(const Variable& rate) : variable_(rate) {
  if (!rate.defined())
    throw StateError("learning_rate: the variable has no value: it was default-constructed or moved from");
  if (rate.size() != 1)
    throw ShapeError("learning_rate: expected a variable of one number; variable '" + rate.path() + "' has the shape " +
                     rate.shape().to_string());
  if (!is_floating(rate.dtype()))
    throw DTypeError("learning_rate: expected a floating variable; variable '" + rate.path() + "' is " +
                     std::string(name(rate.dtype())));
}

LearningRate::LearningRate(std::shared_ptr<const Schedule> schedule) : schedule_(std::move(schedule)) {
  if (!schedule_) throw ValueError("learning_rate: the pointer to the schedule is null");
}

double LearningRate::at(double step) const {
  if (is_number()) return number_;
  if (is_schedule()) return schedule_->at(step);
  const Tensor& value = variable_.peek();
  return value.dtype() == float32 ? *static_cast<const float*>(value.raw_data())
                                  : *static_cast<const double*>(value.raw_data());
}

namespace {

const Operation& scheduled_rate_op = define({
    .name = "_ScheduledRate",
    .infer = [](const Call& call) -> TensorSpec {
      if (call.dtype() != int64 || call.shape() != Shape())
        throw ShapeError("_ScheduledRate: expected the number of steps, int64 (); received " +
                         std::string(name(call.dtype())) + " " + call.shape().to_string());
      return {Shape(), float32};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          const auto& rate = call.attributes.get<std::shared_ptr<const void>>("schedule");
          *static_cast<float*>(outputs[0].mutable_data()) = static_cast<float>(
              static_cast<const LearningRate*>(rate.get())->at(static_cast<double>(*call.data<int64_t>())));
        },
    .no_gradient = "it depends on a number of steps",
});

}  // namespace

Tensor LearningRate::at(const Tensor& step) const {
  return apply(scheduled_rate_op, {&step},
               {{"schedule", std::shared_ptr<const void>(std::make_shared<const LearningRate>(*this))}});
}

std::shared_ptr<const schedules::LearningRateSchedule> LearningRate::of_function(
    std::function<double(double)> function) {
  if (!function) throw ValueError("learning_rate: the function is empty; give one of the number of steps done");
  return std::make_shared<FunctionSchedule>(std::move(function));
}

std::shared_ptr<const schedules::LearningRateSchedule> LearningRate::of_function(std::function<double()> function) {
  if (!function) return of_function(std::function<double(double)>());
  return of_function([function = std::move(function)](double) { return function(); });
}

void to_config(Config& out, const LearningRate& rate) {
  if (rate.is_schedule())
    out = LearningRate::Schedule::registry().wrap(rate.schedule().class_name(), rate.schedule().get_config());
  else
    out = Config(rate.at(0));
}

void from_config(const Config& in, LearningRate& rate) {
  if (in.is_number())
    rate = LearningRate(in.number());
  else
    rate = LearningRate(schedules::LearningRateSchedule::registry().make(in));
}

}  // namespace cornu::optimizers
