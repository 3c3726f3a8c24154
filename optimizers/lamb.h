#pragma once
#include <cornu/optimizers/optimizer.h>

namespace cornu::optimizers {

struct LambOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;    ///< in [0, 1)
  double beta_2 = 0.999;  ///< in [0, 1)
  double epsilon = 1e-7;
  std::optional<double> weight_decay = {};
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// Adam whose step for each variable is as long as the variable's norm says, for large batches; in step t = 1, 2, ...:
///
///     m += (1 - beta_1) * (gradient - m)
///     v += (1 - beta_2) * (gradient^2 - v)
///     delta = m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon)
///     variable -= learning_rate * |variable| / |delta| * delta, or with 1 for the ratio where a norm is 0
///
///     optimizers::Lamb optimizer({.learning_rate = 1e-3});
///
/// Keras's Lamb. You et al., "Large Batch Optimization for Deep Learning" (2020).
class CORNU_API Lamb : public ConfiguredOptimizer<LambOptions> {
 public:
  explicit Lamb(const LambOptions& options = {});

 private:
  void create_slots(const std::vector<Variable>& variables) override;
  void update_step(const Tensor& gradient, const Variable& variable, double learning_rate) override;
  std::vector<Variable> momentums_, velocities_;
};

}  // namespace cornu::optimizers
