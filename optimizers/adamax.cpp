#include <cmath>

#include <cornu/optimizers/adamax.h>
#include <cornu/optimizers/internal/preparation.h>

namespace cornu::optimizers {

void AdamaxOptions::describe(Fields& fields) {
  describe_common(*this, fields);
  fields("beta_1", beta_1, half_open(0, 1));
  fields("beta_2", beta_2, between(0, 1));
  fields("epsilon", epsilon, at_least(0));
}

Adamax::Adamax(const AdamaxOptions& options) : ConfiguredOptimizer("Adamax", options) {}

void Adamax::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    momentums_.push_back(add_variable_from_reference(variable, "momentum"));
    norms_.push_back(add_variable_from_reference(variable, "norm"));
  }
}

void Adamax::update(const Update& update) {
  const Variable& w = update.variable;
  const double t = static_cast<double>(updates_done() + 1);
  kernels::update_adamax(w.dtype(),
                         {.alpha = update.learning_rate / (1 - std::pow(options_.beta_1, t)),
                          .beta_1 = options_.beta_1,
                          .beta_2 = options_.beta_2,
                          .epsilon = options_.epsilon,
                          .preparation = preparation_of(update)},
                         w.size(), w.update_in_place(), update.gradient.raw_data(),
                         momentums_[update.index].update_in_place(), norms_[update.index].update_in_place());
}

}  // namespace cornu::optimizers
