#pragma once
#include <cornu/optimizers/optimizer.h>

namespace cornu::optimizers {

struct AdamOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;    ///< in [0, 1)
  double beta_2 = 0.999;  ///< in [0, 1)
  double epsilon = 1e-7;
  bool amsgrad = false;
  std::optional<double> weight_decay = {};
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// Steps by the mean of the gradients over the root of the mean of their squares, in step t = 1, 2, ...:
///
///     m += (1 - beta_1) * (gradient - m)
///     v += (1 - beta_2) * (gradient^2 - v)
///     variable -= learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)
///
/// With `amsgrad` the largest v so far takes the place of v in the last line.
///
///     optimizers::Adam optimizer({.learning_rate = 1e-3});
///
/// Keras's Adam. Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), where epsilon is the "epsilon hat"
/// of section 2; Reddi et al., "On the Convergence of Adam and Beyond" (2018).
class CORNU_API Adam : public ConfiguredOptimizer<AdamOptions> {
 public:
  explicit Adam(const AdamOptions& options = {});

 protected:
  Adam(const char* class_name, const AdamOptions& options);
  void create_slots(const std::vector<Variable>& variables) override;
  void update(const Update& update) override;

 private:
  std::vector<Variable> momentums_, velocities_, largest_velocities_;
};

struct AdamWOptions {
  LearningRate learning_rate = 0.001;
  std::optional<double> weight_decay = 0.004;  ///< must be given
  double beta_1 = 0.9;                         ///< in [0, 1)
  double beta_2 = 0.999;                       ///< in [0, 1)
  double epsilon = 1e-7;
  bool amsgrad = false;
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// Adam with decoupled weight decay: variable -= variable * weight_decay * learning_rate before Adam's step.
///
///     optimizers::AdamW optimizer({.learning_rate = 1e-3, .weight_decay = 0.01});
///     optimizer.exclude_from_weight_decay({}, {"bias", "beta", "gamma"});
///
/// Keras's AdamW. Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019).
class CORNU_API AdamW : public Adam {
 public:
  using Options = AdamWOptions;
  explicit AdamW(const AdamWOptions& options = {});
};

}  // namespace cornu::optimizers
