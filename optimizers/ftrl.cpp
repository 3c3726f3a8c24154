#include <cornu/optimizers/ftrl.h>
#include <cornu/optimizers/internal/preparation.h>

namespace cornu::optimizers {

void FtrlOptions::describe(Fields& fields) {
  describe_common(*this, fields);
  fields("learning_rate_power", learning_rate_power, {.maximum = 0});
  fields("initial_accumulator_value", initial_accumulator_value, at_least(0));
  fields("l1_regularization_strength", l1_regularization_strength, at_least(0));
  fields("l2_regularization_strength", l2_regularization_strength, at_least(0));
  fields("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength, at_least(0));
  fields("beta", beta);
}

Ftrl::Ftrl(const FtrlOptions& options) : ConfiguredOptimizer("Ftrl", options) {}

void Ftrl::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    accumulators_.push_back(add_variable_from_reference(variable, "accumulator", options_.initial_accumulator_value));
    linears_.push_back(add_variable_from_reference(variable, "linear"));
  }
}

void Ftrl::update(const Update& update) {
  const Variable& w = update.variable;
  kernels::update_ftrl(w.dtype(),
                       {.learning_rate = update.learning_rate,
                        .power = -options_.learning_rate_power,
                        .l1 = options_.l1_regularization_strength,
                        .l2 = options_.l2_regularization_strength + options_.beta / (2 * update.learning_rate),
                        .l2_shrinkage = options_.l2_shrinkage_regularization_strength,
                        .preparation = preparation_of(update)},
                       w.size(), w.update_in_place(), update.gradient.raw_data(),
                       accumulators_[update.index].update_in_place(), linears_[update.index].update_in_place());
}

}  // namespace cornu::optimizers
