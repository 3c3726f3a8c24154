#include <cornu/optimizers/adadelta.h>
#include <cornu/optimizers/internal/preparation.h>

namespace cornu::optimizers {

void AdadeltaOptions::describe(Fields& fields) {
  describe_common(*this, fields);
  fields("rho", rho, between(0, 1));
  fields("epsilon", epsilon, at_least(0));
}

Adadelta::Adadelta(const AdadeltaOptions& options) : ConfiguredOptimizer("Adadelta", options) {}

void Adadelta::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    accumulated_gradients_.push_back(add_variable_from_reference(variable, "accumulated_grad"));
    accumulated_deltas_.push_back(add_variable_from_reference(variable, "accumulated_delta_var"));
  }
}

void Adadelta::update(const Update& update) {
  const Variable& w = update.variable;
  kernels::update_adadelta(w.dtype(),
                           {.learning_rate = update.learning_rate,
                            .rho = options_.rho,
                            .epsilon = options_.epsilon,
                            .preparation = preparation_of(update)},
                           w.size(), w.update_in_place(), update.gradient.raw_data(),
                           accumulated_gradients_[update.index].update_in_place(),
                           accumulated_deltas_[update.index].update_in_place());
}

}  // namespace cornu::optimizers
