#include <cmath>

#include <cornu/core/kernels/optimizer_update.h>
#include <cornu/core/ops/math.h>
#include <cornu/optimizers/lamb.h>

namespace cornu::optimizers {

void LambOptions::describe(Fields& fields) {
  describe_common(*this, fields);
  fields("beta_1", beta_1, half_open(0, 1));
  fields("beta_2", beta_2, half_open(0, 1));
  fields("epsilon", epsilon, at_least(0));
}

Lamb::Lamb(const LambOptions& options) : ConfiguredOptimizer("Lamb", options) {}

void Lamb::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    momentums_.push_back(add_variable_from_reference(variable, "momentum"));
    velocities_.push_back(add_variable_from_reference(variable, "velocity"));
  }
}

namespace {

double norm_of(const Tensor& x) { return std::sqrt(kernels::sum_of_squares(x.dtype(), x.raw_data(), x.size())); }

}  // namespace

void Lamb::update_step(const Tensor& gradient, const Variable& variable, double learning_rate) {
  const size_t i = index_of(variable);
  const double t = static_cast<double>(updates_done() + 1);
  const Variable &m = momentums_[i], &v = velocities_[i];
  m.assign_add((gradient - m.peek()) * (1 - options_.beta_1));
  v.assign_add((square(gradient) - v.peek()) * (1 - options_.beta_2));
  const Tensor mean = m.peek() / (1 - std::pow(options_.beta_1, t));
  const Tensor root = sqrt(v.peek() / (1 - std::pow(options_.beta_2, t)));
  const Tensor delta = mean / (root + options_.epsilon);
  const double variable_norm = norm_of(variable.peek()), delta_norm = norm_of(delta);
  const double ratio = variable_norm > 0 && delta_norm > 0 ? variable_norm / delta_norm : 1;
  variable.assign_sub(delta * (ratio * learning_rate));
}

}  // namespace cornu::optimizers
