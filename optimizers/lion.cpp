#include <cornu/optimizers/internal/preparation.h>
#include <cornu/optimizers/lion.h>

namespace cornu::optimizers {

void LionOptions::describe(Fields& fields) {
  describe_common(*this, fields);
  fields("beta_1", beta_1, {.minimum = 0, .maximum = 1, .exclusive_minimum = true});
  fields("beta_2", beta_2, between(0, 1));
}

Lion::Lion(const LionOptions& options) : ConfiguredOptimizer("Lion", options) {}

void Lion::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) momentums_.push_back(add_variable_from_reference(variable, "momentum"));
}

void Lion::update(const Update& update) {
  const Variable& w = update.variable;
  kernels::update_lion(w.dtype(),
                       {.learning_rate = update.learning_rate,
                        .beta_1 = options_.beta_1,
                        .beta_2 = options_.beta_2,
                        .preparation = preparation_of(update)},
                       w.size(), w.update_in_place(), update.gradient.raw_data(),
                       momentums_[update.index].update_in_place());
}

}  // namespace cornu::optimizers
