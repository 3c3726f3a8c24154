#include <cmath>

#include <cornu/optimizers/internal/preparation.h>
#include <cornu/optimizers/nadam.h>

namespace cornu::optimizers {

void NadamOptions::describe(Fields& fields) {
  describe_common(*this, fields);
  fields("beta_1", beta_1, half_open(0, 1));
  fields("beta_2", beta_2, half_open(0, 1));
  fields("epsilon", epsilon, at_least(0));
}

Nadam::Nadam(const NadamOptions& options) : ConfiguredOptimizer("Nadam", options) {}

void Nadam::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    momentums_.push_back(add_variable_from_reference(variable, "momentum"));
    velocities_.push_back(add_variable_from_reference(variable, "velocity"));
  }
  product_ = add_variable({}, variables.empty() ? float32 : variables[0].dtype(), "variable", 1);
}

double Nadam::u(int64_t step) const { return options_.beta_1 * (1 - 0.5 * std::pow(0.96, static_cast<double>(step))); }

double Nadam::product() const {
  const void* value = product_.peek().raw_data();
  return product_.dtype() == float32 ? *static_cast<const float*>(value) : *static_cast<const double*>(value);
}

void Nadam::begin_updates() { product_.assign(product() * u(updates_done() + 1)); }

void Nadam::update(const Update& update) {
  const Variable& w = update.variable;
  const int64_t t = updates_done() + 1;
  const double next = u(t + 1);
  kernels::update_nadam(w.dtype(),
                        {.learning_rate = update.learning_rate,
                         .beta_1 = options_.beta_1,
                         .beta_2 = options_.beta_2,
                         .epsilon = options_.epsilon,
                         .m_scale = next / (1 - product() * next),
                         .g_scale = (1 - u(t)) / (1 - product()),
                         .v_scale = 1 / (1 - std::pow(options_.beta_2, static_cast<double>(t))),
                         .preparation = preparation_of(update)},
                        w.size(), w.update_in_place(), update.gradient.raw_data(),
                        momentums_[update.index].update_in_place(), velocities_[update.index].update_in_place());
}

}  // namespace cornu::optimizers
