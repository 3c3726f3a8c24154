#include <cmath>

#include <cornu/core/error.h>
#include <cornu/core/ops/operation.h>
#include <cornu/optimizers/schedules/decay.h>

namespace cornu::optimizers::schedules {

namespace {

const LearningRateSchedule& schedule_of(const Call& call) {
  return *static_cast<const LearningRateSchedule*>(call.attributes.get<std::shared_ptr<const void>>("schedule").get());
}

TensorSpec infer_rate(const Call& call) {
  if (call.input().shape().size() != 1)
    throw ShapeError("a learning rate schedule takes one step; received the shape " + call.shape().to_string());
  if (call.dtype() == boolean) throw DTypeError("a learning rate schedule takes a number of steps; received bool");
  return {Shape(), float32};
}

void rate_kernel(const Call& call, std::span<Tensor> outputs) {
  const double step = visit_dtype(call.dtype(), [&]<class T>() { return static_cast<double>(*call.data<T>()); });
  *static_cast<float*>(outputs[0].mutable_data()) = static_cast<float>(schedule_of(call).at(step));
}

const Operation& rate_op = define({.name = "LearningRateSchedule",
                                   .infer = infer_rate,
                                   .kernel = rate_kernel,
                                   .no_gradient = "a learning rate is not differentiated by the number of the step"});

}  // namespace

Tensor LearningRateSchedule::operator()(const Tensor& step) const {
  std::shared_ptr<const void> self = weak_from_this().lock();
  if (!self) {
    if (step.defined() && step.is_symbolic())
      throw StateError(class_name() +
                       ": hold the schedule in a shared_ptr to call it with a symbolic step; what is recorded must "
                       "keep it alive");
    self = std::shared_ptr<const void>(this, [](const void*) {});
  }
  return apply(rate_op, {&step}, {{"schedule", self}});
}

Config LearningRateSchedule::get_config() const {
  throw StateError("the learning rate schedule " + class_name() + " has no configuration: override get_config()");
}

std::string LearningRateSchedule::class_name() const { return class_name_of(typeid(*this)); }

std::string LearningRateSchedule::to_json() const { return registry().wrap(class_name(), get_config()).dump(); }

Registry<LearningRateSchedule>& LearningRateSchedule::registry() {
  static Registry<LearningRateSchedule> known = [] {
    Registry<LearningRateSchedule> schedules("learning rate schedule", "keras.optimizers.schedules");
    schedules.add<ExponentialDecay>("ExponentialDecay");
    schedules.add<PiecewiseConstantDecay>("PiecewiseConstantDecay");
    schedules.add<PolynomialDecay>("PolynomialDecay");
    schedules.add<InverseTimeDecay>("InverseTimeDecay");
    schedules.add<CosineDecay>("CosineDecay");
    schedules.add<CosineDecayRestarts>("CosineDecayRestarts");
    return schedules;
  }();
  return known;
}

std::unique_ptr<LearningRateSchedule> deserialize(const std::string& json_text) {
  return LearningRateSchedule::registry().make(Config::parse(json_text));
}

void to_config(Config& out, const Steps& steps) {
  const double value = steps;
  if (value == std::floor(value) && std::fabs(value) < 0x1p53)
    out = Config(static_cast<int64_t>(value));
  else
    out = Config(value);
}
void from_config(const Config& in, Steps& steps) { steps = in.number(); }

}  // namespace cornu::optimizers::schedules
