#pragma once
#include <cornu/optimizers/optimizer.h>

namespace cornu::optimizers {

struct AdadeltaOptions {
  LearningRate learning_rate = 0.001;  ///< 1 in the paper
  double rho = 0.95;                   ///< in [0, 1]
  double epsilon = 1e-7;
  std::optional<double> weight_decay = {};
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// Steps by the root of the mean of past steps' squares over that of the gradients' squares:
///
///     a = rho * a + (1 - rho) * gradient^2
///     delta = sqrt(d + epsilon) / sqrt(a + epsilon) * gradient
///     d = rho * d + (1 - rho) * delta^2
///     variable -= learning_rate * delta
///
///     optimizers::Adadelta optimizer({.learning_rate = 1});
///
/// Keras's Adadelta. Zeiler, "ADADELTA: An Adaptive Learning Rate Method" (2012).
class CORNU_API Adadelta : public ConfiguredOptimizer<AdadeltaOptions> {
 public:
  explicit Adadelta(const AdadeltaOptions& options = {});

 private:
  void create_slots(const std::vector<Variable>& variables) override;
  void update(const Update& update) override;
  std::vector<Variable> accumulated_gradients_, accumulated_deltas_;
};

}  // namespace cornu::optimizers
