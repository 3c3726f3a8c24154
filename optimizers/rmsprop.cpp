#include <cornu/optimizers/internal/preparation.h>
#include <cornu/optimizers/rmsprop.h>

namespace cornu::optimizers {

void RMSpropOptions::describe(Fields& fields) {
  describe_common(*this, fields);
  fields("rho", rho, between(0, 1));
  fields("momentum", momentum, between(0, 1));
  fields("epsilon", epsilon, at_least(0));
  fields("centered", centered);
}

RMSprop::RMSprop(const RMSpropOptions& options) : ConfiguredOptimizer("RMSprop", options) {}

void RMSprop::create_slots(const std::vector<Variable>& variables) {
  const auto add = [&](std::vector<Variable>& slots, const char* name) {
    for (const Variable& variable : variables) slots.push_back(add_variable_from_reference(variable, name));
  };
  add(velocities_, "velocity");
  if (options_.momentum > 0) add(momentums_, "momentum");
  if (options_.centered) add(average_gradients_, "average_gradient");
}

void RMSprop::update(const Update& update) {
  const Variable& w = update.variable;
  const size_t i = update.index;
  kernels::update_rmsprop(w.dtype(),
                          {.learning_rate = update.learning_rate,
                           .rho = options_.rho,
                           .momentum = options_.momentum,
                           .epsilon = options_.epsilon,
                           .preparation = preparation_of(update)},
                          w.size(), w.update_in_place(), update.gradient.raw_data(), velocities_[i].update_in_place(),
                          options_.momentum > 0 ? momentums_[i].update_in_place() : nullptr,
                          options_.centered ? average_gradients_[i].update_in_place() : nullptr);
}

}  // namespace cornu::optimizers
