// A step of an optimizer: checks, clipping, accumulation, the updates, averages.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <sstream>

#include <cornu/core/error.h>
#include <cornu/core/kernels/optimizer_update.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/optimizers/internal/state.h>

namespace cornu {

// ---- what is checked before anything changes --------------------------------------------------------------------

/// How many of the gradients have a value. Throws for what cannot be applied.
size_t Optimizer::check(const GradientsAndVariables& pairs) const {
  size_t present = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const auto& [gradient, variable] = pairs[i];
    if (!variable.defined())
      throw StateError(class_name() + ": variable " + std::to_string(i) + " of the list has no value");
    if (state().built && state().find(variable, i) == State::unknown) index_of(variable);  // throws
    if (!gradient.defined()) continue;
    ++present;
    if (gradient.shape() != variable.shape() &&
        !(gradient.is_symbolic() && gradient.shape().is_compatible_with(variable.shape())))
      throw ShapeError(class_name() + ": variable '" + variable.path() + "' has the shape " +
                       variable.shape().to_string() + ", its gradient " + gradient.shape().to_string());
    if (gradient.dtype() != variable.dtype() && !is_floating(gradient.dtype()))
      throw DTypeError(class_name() + ": variable '" + variable.path() + "' is " +
                       std::string(cornu::name(variable.dtype())) + ", its gradient " +
                       std::string(cornu::name(gradient.dtype())));
    if (gradient.is_symbolic() && !tracing())
      throw StateError(class_name() + ": the gradient of variable '" + variable.path() +
                       "' is symbolic; its values are not there");
  }
  return present;
}

namespace {

std::string names_without_gradient(const GradientsAndVariables& pairs) {
  std::vector<std::string> names;
  for (const auto& [gradient, variable] : pairs)
    if (!gradient.defined()) names.push_back(variable.path());
  return join(names);
}

}  // namespace

void Optimizer::warn_of_missing(const GradientsAndVariables& pairs) const {
  if (state().has_warned) return;
  state().has_warned = true;
  std::fprintf(stderr, "warning: %s: there are no gradients for the variables %s, which stay as they are\n",
               class_name().c_str(), names_without_gradient(pairs).c_str());
}

void Optimizer::apply_gradients(const GradientsAndVariables& pairs) {
  if (pairs.empty())
    throw ValueError(class_name() +
                     ": there are no gradients and variables to apply; is the model built, and is it trainable?");
  const size_t present = check(pairs);
  if (present == 0)
    throw ValueError(class_name() + ": there is no gradient for any variable: " + names_without_gradient(pairs) +
                     "; does the loss depend on them, and was it computed while the tape was recording?");
  if (!built()) {
    std::vector<Variable> variables;
    for (const auto& [gradient, variable] : pairs) variables.push_back(variable);
    build(variables);
  }
  if (present < pairs.size()) warn_of_missing(pairs);
  if (tracing()) return trace_step(pairs);
  const NoRecording unseen;
  run_step(pairs);
}

void Optimizer::apply(const TensorList& gradients) {
  if (!built())
    throw StateError(class_name() +
                     ": apply() without variables needs an optimizer that is built; call build(variables)"
                     " or apply_gradients(zip(gradients, variables))");
  apply_gradients(zip(gradients, state().trained));
}

int64_t Optimizer::updates_done() const { return state().steps_done() / state().accumulation_steps(); }

// ---- the step ---------------------------------------------------------------------------------------------------

namespace {

double sum_of_squares(const Tensor& x) { return kernels::sum_of_squares(x.dtype(), x.raw_data(), x.size()); }

/// variable = keep * variable + take * x
void blend(const Variable& variable, double keep, const Tensor& x, double take) {
  kernels::blend(variable.dtype(), keep, variable.update_in_place(), take, x.raw_data(), variable.size());
}

void clear(const Variable& variable) {
  std::memset(variable.update_in_place(), 0, static_cast<size_t>(variable.size()) * size_of(variable.dtype()));
}

/// `gradient` in the variable's dtype.
const Tensor& as_variable(const Tensor& gradient, const Variable& variable, Tensor& held) {
  if (gradient.dtype() == variable.dtype()) return gradient;
  held = cast(gradient, variable.dtype());
  return held;
}

/// What a gradient of norm `norm` is multiplied by so that its norm is at most `limit`; NaN for NaN.
double clipping_factor(double norm, double limit) { return norm <= limit ? 1 : limit / norm; }

}  // namespace

double Optimizer::State::learning_rate() const {
  const double rate = options.learning_rate.at(static_cast<double>(steps_done()));
  if (rate >= 0 && rate <= std::numeric_limits<double>::max()) return rate;
  std::ostringstream received;
  received << rate;
  throw ValueError(class_name + ": learning_rate: must be finite and at least 0; received " + received.str() +
                   " at step " + std::to_string(steps_done()));
}

void Optimizer::run_step(const GradientsAndVariables& pairs) {
  State& state = this->state();
  const int64_t steps = state.accumulation_steps();
  const double unscale = 1 / state.options.loss_scale_factor.value_or(1);
  const bool updates = (state.steps_done() + 1) % steps == 0;
  const double learning_rate = updates ? state.learning_rate() : 0;
  if (steps == 1) {
    run_updates(pairs, learning_rate, unscale, false);
  } else {
    accumulate(pairs);
    if (updates) {
      run_updates(pairs, learning_rate, unscale / static_cast<double>(steps), true);
      for (const Variable& sum : state.accumulators) clear(sum);
    }
  }
  if (state.options.use_ema) move_averages();
  ++*static_cast<int64_t*>(state.iterations.update_in_place());
  for (const auto& [gradient, variable] : pairs)
    if (gradient.defined() && variable.constraint()) variable.assign(variable.constraint()(variable.peek()));
}

void Optimizer::accumulate(const GradientsAndVariables& pairs) {
  for (size_t i = 0; i < pairs.size(); ++i) {
    const auto& [gradient, variable] = pairs[i];
    Tensor held;
    if (gradient.defined())
      blend(state().accumulators[state().find(variable, i)], 1, as_variable(gradient, variable, held), 1);
  }
}

/// Updates the variables that have a gradient, by the gradient itself or by what was accumulated, times `scale`.
void Optimizer::run_updates(const GradientsAndVariables& pairs, double learning_rate, double scale, bool accumulated) {
  const State& state = this->state();
  const OptimizerOptions& options = state.options;
  const auto gradient_of = [&](size_t i, Tensor& held) -> const Tensor& {
    const auto& [gradient, variable] = pairs[i];
    return accumulated ? state.accumulators[state.find(variable, i)].peek() : as_variable(gradient, variable, held);
  };
  const double decay = options.weight_decay.value_or(0) * learning_rate;
  const double clip_value =
      options.clipvalue.value_or(0) > 0 ? *options.clipvalue : std::numeric_limits<double>::infinity();
  if (options.global_clipnorm.value_or(0) > 0) {
    double squares = 0;
    for (size_t i = 0; i < pairs.size(); ++i) {
      Tensor held;
      if (pairs[i].first.defined()) squares += sum_of_squares(gradient_of(i, held));
    }
    const double norm = std::sqrt(squares) * scale;
    // As in Keras, an infinite gradient makes all of them NaN, so that it is not missed.
    scale *= std::isinf(norm) ? std::nan("") : clipping_factor(norm, *options.global_clipnorm);
  }
  begin_updates();
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (!pairs[i].first.defined()) continue;
    Tensor held;
    const Tensor& gradient = gradient_of(i, held);
    const size_t index = state.find(pairs[i].second, i);
    double own_scale = scale;
    if (options.clipnorm.value_or(0) > 0)
      own_scale *= clipping_factor(std::sqrt(sum_of_squares(gradient)) * scale, *options.clipnorm);
    update({gradient, pairs[i].second, state.abandoned_slots + index, learning_rate, own_scale, clip_value,
            state.decays[index] ? decay : 0});
  }
}

void Optimizer::begin_updates() {}

void Optimizer::update(const Update& update) {
  Tensor gradient = update.gradient.is_placed() ? update.gradient.copy() : update.gradient;
  if (update.gradient_scale != 1) gradient = gradient * update.gradient_scale;
  if (std::isfinite(update.clip_value)) gradient = clip_by_value(gradient, -update.clip_value, update.clip_value);
  if (update.decay != 0) update.variable.assign_sub(update.variable.peek() * update.decay);
  update_step(gradient, update.variable, update.learning_rate);
}

void Optimizer::update_step(const Tensor&, const Variable&, double) {
  throw StateError(class_name() + ": an optimizer must override update_step()");
}

// ---- averages ---------------------------------------------------------------------------------------------------

void Optimizer::move_averages() {
  const State& state = this->state();
  const double momentum = updates_done() == 0 ? 0 : state.options.ema_momentum;
  for (size_t i = 0; i < state.trained.size(); ++i)
    blend(state.averages[i], momentum, state.trained[i].peek(), 1 - momentum);
  const auto frequency = state.options.ema_overwrite_frequency;
  if (frequency && (updates_done() + 1) % *frequency == 0) overwrite_by_averages(state.trained);
}

void Optimizer::overwrite_by_averages(const std::vector<Variable>& variables) const {
  for (const Variable& variable : variables) variable.assign(state().averages[state().find(variable, 0)].peek());
}

void Optimizer::finalize_variable_values(const std::vector<Variable>& variables) const {
  if (!state().options.use_ema) return;
  if (variables.size() != state().averages.size())
    throw ValueError(class_name() + ": finalize_variable_values: received " + std::to_string(variables.size()) +
                     " variables; the optimizer has averages of " + std::to_string(state().averages.size()));
  for (const Variable& variable : variables) index_of(variable);  // all known before any is changed
  overwrite_by_averages(variables);
}

}  // namespace cornu
