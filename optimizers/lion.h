#pragma once
#include <cornu/optimizers/optimizer.h>

namespace cornu::optimizers {

struct LionOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;   ///< in (0, 1]
  double beta_2 = 0.99;  ///< in [0, 1]
  std::optional<double> weight_decay = {};
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// Steps of one size, by the sign of a mix of momentum and gradient:
///
///     variable -= learning_rate * sign(beta_1 * m + (1 - beta_1) * gradient)
///     m = beta_2 * m + (1 - beta_2) * gradient
///
/// A good learning rate is three to ten times smaller than AdamW's, a good weight_decay as many times larger.
///
///     optimizers::Lion optimizer({.learning_rate = 1e-4, .weight_decay = 0.05});
///
/// Keras's Lion. Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023).
class CORNU_API Lion : public ConfiguredOptimizer<LionOptions> {
 public:
  explicit Lion(const LionOptions& options = {});

 private:
  void create_slots(const std::vector<Variable>& variables) override;
  void update(const Update& update) override;
  std::vector<Variable> momentums_;
};

}  // namespace cornu::optimizers
