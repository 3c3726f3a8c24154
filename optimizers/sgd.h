#pragma once
#include <cornu/optimizers/optimizer.h>

namespace cornu::optimizers {

struct SGDOptions {
  LearningRate learning_rate = 0.01;
  double momentum = 0.0;  ///< in [0, 1]
  bool nesterov = false;
  std::optional<double> weight_decay = {};
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// Gradient descent, with momentum if it is not 0:
///
///     momentum = 0:  variable -= learning_rate * gradient
///     else:          velocity = momentum * velocity - learning_rate * gradient
///                    variable += velocity, or with `nesterov` momentum * velocity - learning_rate * gradient
///
///     optimizers::SGD optimizer({.learning_rate = 0.1, .momentum = 0.9});
///
/// Keras's SGD; Nesterov's momentum as in Sutskever et al., "On the importance of initialization and momentum in deep
/// learning" (2013).
class CORNU_API SGD : public ConfiguredOptimizer<SGDOptions> {
 public:
  explicit SGD(const SGDOptions& options = {});

 private:
  void create_slots(const std::vector<Variable>& variables) override;
  void update(const Update& update) override;
  std::vector<Variable> velocities_;
};

}  // namespace cornu::optimizers
