#include <cornu/core/error.h>
#include <cornu/optimizers/adam.h>
#include <cornu/optimizers/internal/preparation.h>

namespace cornu::optimizers {

namespace {

template <class Options>
void describe_adam(Options& options, Fields& fields) {
  describe_common(options, fields);
  fields("beta_1", options.beta_1, half_open(0, 1));
  fields("beta_2", options.beta_2, half_open(0, 1));
  fields("epsilon", options.epsilon, at_least(0));
  fields("amsgrad", options.amsgrad);
}

/// AdamW's options in the order of Adam's.
AdamOptions adam_options(const AdamWOptions& options) {
  if (!options.weight_decay) throw ValueError("AdamW: weight_decay: must be given; plain Adam has none");
  return {.learning_rate = options.learning_rate,
          .beta_1 = options.beta_1,
          .beta_2 = options.beta_2,
          .epsilon = options.epsilon,
          .amsgrad = options.amsgrad,
          .weight_decay = options.weight_decay,
          .clipnorm = options.clipnorm,
          .clipvalue = options.clipvalue,
          .global_clipnorm = options.global_clipnorm,
          .use_ema = options.use_ema,
          .ema_momentum = options.ema_momentum,
          .ema_overwrite_frequency = options.ema_overwrite_frequency,
          .loss_scale_factor = options.loss_scale_factor,
          .gradient_accumulation_steps = options.gradient_accumulation_steps,
          .name = options.name};
}

}  // namespace

void AdamOptions::describe(Fields& fields) { describe_adam(*this, fields); }
void AdamWOptions::describe(Fields& fields) { describe_adam(*this, fields); }

Adam::Adam(const AdamOptions& options) : Adam("Adam", options) {}
Adam::Adam(const char* class_name, const AdamOptions& options) : ConfiguredOptimizer(class_name, options) {}
AdamW::AdamW(const AdamWOptions& options) : Adam("AdamW", adam_options(options)) {}

void Adam::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    momentums_.push_back(add_variable_from_reference(variable, "momentum"));
    velocities_.push_back(add_variable_from_reference(variable, "velocity"));
  }
  if (!options_.amsgrad) return;
  for (const Variable& variable : variables)
    largest_velocities_.push_back(add_variable_from_reference(variable, "velocity_hat"));
}

void Adam::update(const Update& update) {
  const Variable& w = update.variable;
  const size_t i = update.index;
  const double alpha =
      kernels::adam_alpha(w.dtype(), update.learning_rate, options_.beta_1, options_.beta_2, updates_done() + 1);
  kernels::update_adam(w.dtype(),
                       {.alpha = alpha,
                        .beta_1 = options_.beta_1,
                        .beta_2 = options_.beta_2,
                        .epsilon = options_.epsilon,
                        .preparation = preparation_of(update)},
                       w.size(), w.update_in_place(), update.gradient.raw_data(), momentums_[i].update_in_place(),
                       velocities_[i].update_in_place(),
                       options_.amsgrad ? largest_velocities_[i].update_in_place() : nullptr);
}

}  // namespace cornu::optimizers
