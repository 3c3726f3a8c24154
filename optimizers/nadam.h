#pragma once
#include <cornu/optimizers/optimizer.h>

namespace cornu::optimizers {

struct NadamOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;    ///< in [0, 1)
  double beta_2 = 0.999;  ///< in [0, 1)
  double epsilon = 1e-7;
  std::optional<double> weight_decay = {};
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// Adam with Nesterov's momentum, in step t = 1, 2, ..., where u_t = beta_1 * (1 - 0.96^t / 2) and U_t is the product
/// of u_1 ... u_t:
///
///     m += (1 - beta_1) * (gradient - m)
///     v += (1 - beta_2) * (gradient^2 - v)
///     m_hat = u_(t+1) / (1 - U_(t+1)) * m + (1 - u_t) / (1 - U_t) * gradient
///     variable -= learning_rate * m_hat / (sqrt(v / (1 - beta_2^t)) + epsilon)
///
///     optimizers::Nadam optimizer({.learning_rate = 1e-3});
///
/// Keras's Nadam. Dozat, "Incorporating Nesterov Momentum into Adam" (2016).
class CORNU_API Nadam : public ConfiguredOptimizer<NadamOptions> {
 public:
  explicit Nadam(const NadamOptions& options = {});

 private:
  void create_slots(const std::vector<Variable>& variables) override;
  void begin_updates() override;
  void update(const Update& update) override;
  double u(int64_t step) const;
  double product() const;
  std::vector<Variable> momentums_, velocities_;
  Variable product_;  // U_t
};

}  // namespace cornu::optimizers
