#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/layers/constraints.h>

namespace cornu::constraints {

std::string ConstraintBase::class_name() const { return class_name_of(typeid(*this)); }

std::shared_ptr<const ConstraintBase> ConstraintBase::by_name(const std::string& name) {
  return registry().make(name, Config::object());
}

Registry<ConstraintBase>& ConstraintBase::registry() {
  static Registry<ConstraintBase> instance = [] {
    Registry<ConstraintBase> all("constraint", "keras.constraints");
    all.add<MaxNorm>("MaxNorm");
    all.add<NonNeg>("NonNeg");
    all.add<UnitNorm>("UnitNorm");
    all.add<MinMaxNorm>("MinMaxNorm");
    return all;
  }();
  return instance;
}

void MaxNormOptions::describe(Fields& fields) {
  fields("max_value", max_value, at_least(0));
  fields("axis", axis);
}
MaxNorm::MaxNorm(const Options& options) : Configured("MaxNorm", options) {}
void UnitNormOptions::describe(Fields& fields) { fields("axis", axis); }
UnitNorm::UnitNorm(const Options& options) : Configured("UnitNorm", options) {}
void MinMaxNormOptions::describe(Fields& fields) {
  fields("min_value", min_value, at_least(0));
  fields("max_value", max_value, at_least(0));
  fields("rate", rate, between(0, 1));
  fields("axis", axis);
}

namespace {

constexpr double epsilon = 1e-7;  // Keras's

Tensor norms_of(const Tensor& weight, const Integers& axis) {
  const Axes axes = axis.defined() ? Axes(axis.values()) : Axes();
  return sqrt(reduce_sum(square(weight), axes, {.keepdims = true}));
}

}  // namespace

Tensor MaxNorm::operator()(const Tensor& weight) const {
  const Tensor norms = norms_of(weight, options_.axis);
  return weight * (clip_by_value(norms, 0, options_.max_value) / (epsilon + norms));
}

Tensor NonNeg::operator()(const Tensor& weight) const { return maximum(weight, 0); }

Tensor UnitNorm::operator()(const Tensor& weight) const { return weight / (epsilon + norms_of(weight, options_.axis)); }

MinMaxNorm::MinMaxNorm(const Options& options) : Configured("MinMaxNorm", options) {
  if (options.min_value > options.max_value)
    throw ValueError("MinMaxNorm: min_value must be at most max_value; received " + std::to_string(options.min_value) +
                     " and " + std::to_string(options.max_value));
}

Tensor MinMaxNorm::operator()(const Tensor& weight) const {
  const Tensor norms = norms_of(weight, options_.axis);
  const Tensor clipped = clip_by_value(norms, options_.min_value, options_.max_value);
  const Tensor desired = options_.rate == 1 ? clipped : options_.rate * clipped + (1 - options_.rate) * norms;
  return weight * (desired / (epsilon + norms));
}

}  // namespace cornu::constraints
