#pragma once
#include <cornu/optimizers/optimizer.h>

namespace cornu::optimizers {

struct RMSpropOptions {
  LearningRate learning_rate = 0.001;
  double rho = 0.9;       ///< in [0, 1]
  double momentum = 0.0;  ///< in [0, 1]
  double epsilon = 1e-7;
  bool centered = false;
  std::optional<double> weight_decay = {};
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// Divides the gradient by the root of a running mean of its square:
///
///     v = rho * v + (1 - rho) * gradient^2
///     increment = learning_rate * gradient / sqrt(v + epsilon)
///     momentum = 0:  variable -= increment
///     else:          m = momentum * m + increment, variable -= m
///
/// With `centered` the variance takes the place of v under the root: v - a^2, a = rho * a + (1 - rho) * gradient.
///
///     optimizers::RMSprop optimizer({.learning_rate = 1e-3, .momentum = 0.9});
///
/// Keras's RMSprop. Tieleman and Hinton, "Lecture 6.5 - RMSprop" (2012).
class CORNU_API RMSprop : public ConfiguredOptimizer<RMSpropOptions> {
 public:
  explicit RMSprop(const RMSpropOptions& options = {});

 private:
  void create_slots(const std::vector<Variable>& variables) override;
  void update(const Update& update) override;
  std::vector<Variable> velocities_, momentums_, average_gradients_;
};

}  // namespace cornu::optimizers
