#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include <cornu/core/error.h>
#include <cornu/optimizers/schedules/decay.h>

namespace cornu::optimizers::schedules {

void ExponentialDecayOptions::describe(Fields& fields) {
  fields("initial_learning_rate", initial_learning_rate, finite_at_least(0));
  fields("decay_steps", decay_steps, above(0));
  fields("decay_rate", decay_rate, finite_at_least(0));
  fields("staircase", staircase);
  fields("name", name);
}

ExponentialDecay::ExponentialDecay(const ExponentialDecayOptions& options) : Configured("ExponentialDecay", options) {}

double ExponentialDecay::at(double step) const {
  const double passed = step / options_.decay_steps;
  return options_.initial_learning_rate *
         std::pow(options_.decay_rate, options_.staircase ? std::floor(passed) : passed);
}

void PiecewiseConstantDecayOptions::describe(Fields& fields) {
  fields("boundaries", boundaries);
  fields("values", values, finite_at_least(0));
  fields("name", name);
}

PiecewiseConstantDecay::PiecewiseConstantDecay(const PiecewiseConstantDecayOptions& options)
    : Configured("PiecewiseConstantDecay", options) {
  const std::vector<double>&boundaries = options_.boundaries, &values = options_.values;
  if (boundaries.size() + 1 != values.size())
    throw ValueError("PiecewiseConstantDecay: values must be one more than boundaries; received " +
                     std::to_string(values.size()) + " values and " + std::to_string(boundaries.size()) +
                     " boundaries");
  if (std::adjacent_find(boundaries.begin(), boundaries.end(), std::greater_equal<>()) != boundaries.end())
    throw ValueError("PiecewiseConstantDecay: boundaries must increase; received " +
                     get_config().at("boundaries").dump());
}

double PiecewiseConstantDecay::at(double step) const {
  const auto boundary = std::lower_bound(options_.boundaries.begin(), options_.boundaries.end(), step);
  return options_.values[static_cast<size_t>(boundary - options_.boundaries.begin())];
}

void PolynomialDecayOptions::describe(Fields& fields) {
  fields("initial_learning_rate", initial_learning_rate, finite_at_least(0));
  fields("decay_steps", decay_steps, above(0));
  fields("end_learning_rate", end_learning_rate, finite_at_least(0));
  fields("power", power, finite());
  fields("cycle", cycle);
  fields("name", name);
}

PolynomialDecay::PolynomialDecay(const PolynomialDecayOptions& options) : Configured("PolynomialDecay", options) {}

double PolynomialDecay::at(double step) const {
  double decay_steps = options_.decay_steps;
  if (options_.cycle)
    decay_steps *= step == 0 ? 1 : std::ceil(step / decay_steps);
  else
    step = std::min(step, decay_steps);
  return (options_.initial_learning_rate - options_.end_learning_rate) *
             std::pow(std::max(0., 1 - step / decay_steps), options_.power) +
         options_.end_learning_rate;
}

void InverseTimeDecayOptions::describe(Fields& fields) {
  fields("initial_learning_rate", initial_learning_rate, finite_at_least(0));
  fields("decay_steps", decay_steps, above(0));
  fields("decay_rate", decay_rate, finite_at_least(0));
  fields("staircase", staircase);
  fields("name", name);
}

InverseTimeDecay::InverseTimeDecay(const InverseTimeDecayOptions& options) : Configured("InverseTimeDecay", options) {}

double InverseTimeDecay::at(double step) const {
  const double passed = step / options_.decay_steps;
  return options_.initial_learning_rate /
         (1 + options_.decay_rate * (options_.staircase ? std::floor(passed) : passed));
}

namespace {

/// Half a cosine, from 1 down to `end`, of which `fraction` is done.
double cosine(double fraction, double end, double amplitude = 1) {
  return (1 - end) * amplitude * 0.5 * (1 + std::cos(std::numbers::pi * fraction)) + end;
}

}  // namespace

void CosineDecayOptions::describe(Fields& fields) {
  fields("initial_learning_rate", initial_learning_rate, finite_at_least(0));
  fields("decay_steps", decay_steps, above(0));
  fields("alpha", alpha, finite());
  fields("name", name);
  fields("warmup_target", warmup_target, finite_at_least(0));
  fields("warmup_steps", warmup_steps, at_least(0));
}

CosineDecay::CosineDecay(const CosineDecayOptions& options) : Configured("CosineDecay", options) {}

double CosineDecay::at(double step) const {
  const double initial = options_.initial_learning_rate;
  const double warmup_steps = options_.warmup_target ? static_cast<double>(options_.warmup_steps) : 0;
  const double start = options_.warmup_target.value_or(initial);
  if (step < warmup_steps) return (start - initial) * (step / warmup_steps) + initial;
  const double decayed = std::min(step - warmup_steps, static_cast<double>(options_.decay_steps));
  return start * cosine(decayed / options_.decay_steps, options_.alpha);
}

void CosineDecayRestartsOptions::describe(Fields& fields) {
  fields("initial_learning_rate", initial_learning_rate, finite_at_least(0));
  fields("first_decay_steps", first_decay_steps, above(0));
  fields("t_mul", t_mul, finite_at_least(1));
  fields("m_mul", m_mul, finite_at_least(0));
  fields("alpha", alpha, finite());
  fields("name", name);
}

CosineDecayRestarts::CosineDecayRestarts(const CosineDecayRestartsOptions& options)
    : Configured("CosineDecayRestarts", options) {}

double CosineDecayRestarts::at(double step) const {
  const double periods = step / options_.first_decay_steps, t = options_.t_mul;  // in lengths of the first
  double restarts = std::floor(periods), fraction = periods - restarts;
  if (t != 1) {
    // Period i begins at (t^i - 1) / (t - 1). The logarithm may miss an exact beginning by one.
    const auto begin = [t](double i) { return (std::pow(t, i) - 1) / (t - 1); };
    restarts = std::floor(std::log(1 + periods * (t - 1)) / std::log(t));
    if (periods >= begin(restarts + 1)) ++restarts;
    if (periods < begin(restarts)) --restarts;
    fraction = (periods - begin(restarts)) / std::pow(t, restarts);
  }
  return options_.initial_learning_rate * cosine(fraction, options_.alpha, std::pow(options_.m_mul, restarts));
}

}  // namespace cornu::optimizers::schedules
