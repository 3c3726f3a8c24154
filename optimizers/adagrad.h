#pragma once
#include <cornu/optimizers/optimizer.h>

namespace cornu::optimizers {

struct AdagradOptions {
  LearningRate learning_rate = 0.001;
  double initial_accumulator_value = 0.1;  ///< at least 0
  double epsilon = 1e-7;
  std::optional<double> weight_decay = {};
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// Divides the gradient by the root of the sum of all its squares, so that parameters that are updated often move less:
///
///     accumulator += gradient^2
///     variable -= learning_rate * gradient / sqrt(accumulator + epsilon)
///
///     optimizers::Adagrad optimizer({.learning_rate = 0.1});
///
/// Keras's Adagrad. Duchi et al., "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization"
/// (2011).
class CORNU_API Adagrad : public ConfiguredOptimizer<AdagradOptions> {
 public:
  explicit Adagrad(const AdagradOptions& options = {});

 private:
  void create_slots(const std::vector<Variable>& variables) override;
  void update(const Update& update) override;
  std::vector<Variable> accumulators_;
};

}  // namespace cornu::optimizers
