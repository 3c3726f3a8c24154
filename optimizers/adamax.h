#pragma once
#include <cornu/optimizers/optimizer.h>

namespace cornu::optimizers {

struct AdamaxOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;    ///< in [0, 1)
  double beta_2 = 0.999;  ///< in [0, 1]
  double epsilon = 1e-7;
  std::optional<double> weight_decay = {};
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// Adam with the infinity norm, in step t = 1, 2, ...:
///
///     m += (1 - beta_1) * (gradient - m)
///     u = max(beta_2 * u, |gradient|)
///     variable -= learning_rate / (1 - beta_1^t) * m / (u + epsilon)
///
///     optimizers::Adamax optimizer({.learning_rate = 2e-3});
///
/// Keras's Adamax. Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), section 7.1.
class CORNU_API Adamax : public ConfiguredOptimizer<AdamaxOptions> {
 public:
  explicit Adamax(const AdamaxOptions& options = {});

 private:
  void create_slots(const std::vector<Variable>& variables) override;
  void update(const Update& update) override;
  std::vector<Variable> momentums_, norms_;
};

}  // namespace cornu::optimizers
