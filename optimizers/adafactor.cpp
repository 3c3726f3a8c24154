#include <algorithm>
#include <cmath>

#include <cornu/core/kernels/optimizer_update.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/optimizers/adafactor.h>

namespace cornu::optimizers {

void AdafactorOptions::describe(Fields& fields) {
  describe_common(*this, fields);
  fields("beta_2_decay", beta_2_decay, {.maximum = 0});
  fields("epsilon_1", epsilon_1, at_least(0));
  fields("epsilon_2", epsilon_2, at_least(0));
  fields("clip_threshold", clip_threshold, above(0));
  fields("relative_step", relative_step);
}

Adafactor::Adafactor(const AdafactorOptions& options) : ConfiguredOptimizer("Adafactor", options) {}

void Adafactor::create_slots(const std::vector<Variable>& variables) {
  for (const Variable& variable : variables) {
    Shape rows, columns;  // of variables of less than two axes: places that stay 0, as Keras keeps them
    if (variable.shape().rank() >= 2) {
      rows = columns = variable.shape();
      rows.erase(rows.rank() - 1);
      columns.erase(columns.rank() - 2);
    }
    rows_.push_back(add_variable(rows, variable.dtype(), variable.name()));
    columns_.push_back(add_variable(columns, variable.dtype(), variable.name()));
    velocities_.push_back(add_variable_from_reference(variable, "velocity"));
  }
}

void Adafactor::move_second_moments(size_t index, const Tensor& squares, double beta_2) {
  const auto moved = [beta_2](const Variable& average, const Tensor& x) {
    average.assign(average.peek() * beta_2 + x * (1 - beta_2));
    return average.peek();
  };
  if (squares.rank() < 2) {
    moved(velocities_[index], squares);
    return;
  }
  const Tensor rows = moved(rows_[index], reduce_mean(squares, -1));
  const Tensor columns = moved(columns_[index], reduce_mean(squares, -2));
  const Tensor relative = rows / reduce_mean(rows, -1, {.keepdims = true});
  velocities_[index].assign(expand_dims(relative, -1) * expand_dims(columns, -2));
}

namespace {

double root_mean_square(const Tensor& x) {
  return std::sqrt(kernels::sum_of_squares(x.dtype(), x.raw_data(), x.size()) / static_cast<double>(x.size()));
}

}  // namespace

void Adafactor::update_step(const Tensor& gradient, const Variable& variable, double learning_rate) {
  if (variable.size() == 0) return;
  const size_t index = index_of(variable);
  const double t = static_cast<double>(updates_done() + 1);
  // Keras bounds the rate by 1 / sqrt(t) in any case; relative_step bounds what a number gives once more.
  const double rate = std::min(learning_rate, 1 / std::sqrt(t));
  const double step = std::max(options_.epsilon_2, root_mean_square(variable.peek())) * rate;
  move_second_moments(index, square(gradient) + options_.epsilon_1, 1 - std::pow(t, options_.beta_2_decay));
  const Tensor u = gradient / sqrt(velocities_[index].peek());
  variable.assign_sub(u * (step / std::max(1.0, root_mean_square(u) / options_.clip_threshold)));
}

}  // namespace cornu::optimizers
