#include <cornu/optimizers/adagrad.h>
#include <cornu/optimizers/internal/preparation.h>

namespace cornu::optimizers {

void AdagradOptions::describe(Fields& fields) {
  describe_common(*this, fields);
  fields("initial_accumulator_value", initial_accumulator_value, at_least(0));
  fields("epsilon", epsilon, at_least(0));
}

Adagrad::Adagrad(const AdagradOptions& options) : ConfiguredOptimizer("Adagrad", options) {}

void Adagrad::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables)
    accumulators_.push_back(add_variable_from_reference(variable, "accumulator", options_.initial_accumulator_value));
}

void Adagrad::update(const Update& update) {
  const Variable& w = update.variable;
  kernels::update_adagrad(
      w.dtype(),
      {.learning_rate = update.learning_rate, .epsilon = options_.epsilon, .preparation = preparation_of(update)},
      w.size(), w.update_in_place(), update.gradient.raw_data(), accumulators_[update.index].update_in_place());
}

}  // namespace cornu::optimizers
