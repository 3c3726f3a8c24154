#include <cornu/optimizers/internal/preparation.h>
#include <cornu/optimizers/sgd.h>

namespace cornu::optimizers {

void SGDOptions::describe(Fields& fields) {
  describe_common(*this, fields);
  fields("momentum", momentum, between(0, 1));
  fields("nesterov", nesterov);
}

SGD::SGD(const SGDOptions& options) : ConfiguredOptimizer("SGD", options) {}

void SGD::create_slots(const std::vector<Variable>& variables) {
  if (options_.momentum == 0) return;
  for (const Variable& variable : variables) velocities_.push_back(add_variable_from_reference(variable, "momentum"));
}

void SGD::update(const Update& update) {
  const Variable& w = update.variable;
  void* velocity = options_.momentum == 0 ? nullptr : velocities_[update.index].update_in_place();
  kernels::update_sgd(w.dtype(),
                      {.learning_rate = update.learning_rate,
                       .momentum = options_.momentum,
                       .nesterov = options_.nesterov,
                       .preparation = preparation_of(update)},
                      w.size(), w.update_in_place(), update.gradient.raw_data(), velocity);
}

}  // namespace cornu::optimizers
