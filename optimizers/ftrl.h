#pragma once
#include <cornu/optimizers/optimizer.h>

namespace cornu::optimizers {

struct FtrlOptions {
  LearningRate learning_rate = 0.001;                 ///< above 0
  double learning_rate_power = -0.5;                  ///< at most 0; 0 keeps the learning rate as it is
  double initial_accumulator_value = 0.1;             ///< at least 0
  double l1_regularization_strength = 0.0;            ///< at least 0
  double l2_regularization_strength = 0.0;            ///< at least 0
  double l2_shrinkage_regularization_strength = 0.0;  ///< at least 0: adds 2 * this * variable to the gradient
  double beta = 0.0;
  std::optional<double> weight_decay = {};
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// "Follow the regularized leader", for shallow models of many rare features; with p(x) = x^(-learning_rate_power):
///
///     n' = n + gradient^2
///     z += gradient + 2 * l2_shrinkage * variable - (p(n') - p(n)) / learning_rate * variable
///     variable = (clip(z, -l1, l1) - z) / (p(n') / learning_rate + 2 * l2 + beta / learning_rate)
///     n = n'
///
///     optimizers::Ftrl optimizer({.learning_rate = 0.05, .l1_regularization_strength = 0.01});
///
/// Keras's Ftrl. McMahan et al., "Ad Click Prediction: a View from the Trenches" (2013).
class CORNU_API Ftrl : public ConfiguredOptimizer<FtrlOptions> {
 public:
  explicit Ftrl(const FtrlOptions& options = {});

 private:
  void create_slots(const std::vector<Variable>& variables) override;
  void update(const Update& update) override;
  std::vector<Variable> accumulators_, linears_;
};

}  // namespace cornu::optimizers
