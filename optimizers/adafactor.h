#pragma once
#include <cornu/optimizers/optimizer.h>

namespace cornu::optimizers {

struct AdafactorOptions {
  LearningRate learning_rate = 0.001;
  double beta_2_decay = -0.8;   ///< at most 0: the exponent of the decay of beta_2
  double epsilon_1 = 1e-30;     ///< keeps the denominator away from 0
  double epsilon_2 = 1e-3;      ///< keeps the step away from 0
  double clip_threshold = 1.0;  ///< above 0: of the root mean square of the step
  bool relative_step = true;    ///< as Keras writes it; the learning rate is at most 1 / sqrt(t) in any case
  std::optional<double> weight_decay = {};
  CORNU_COMMON_OPTIMIZER_OPTIONS
  CORNU_API void describe(Fields& fields);
};

/// Adam's second moments in little memory: of a matrix, only the means of its rows and columns are kept. In step
/// t = 1, 2, ..., with b = 1 - t^beta_2_decay and s = gradient^2 + epsilon_1:
///
///     r = b * r + (1 - b) * mean(s, -1), c = b * c + (1 - b) * mean(s, -2), v = r / mean(r) * c
///         (variables of less than two axes: v = b * v + (1 - b) * s)
///     u = gradient / sqrt(v), divided by max(1, rms(u) / clip_threshold)
///     variable -= max(epsilon_2, rms(variable)) * min(learning_rate, 1 / sqrt(t)) * u
///
///     optimizers::Adafactor optimizer({.learning_rate = 0.01});
///
/// Keras's Adafactor. Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost" (2018).
class CORNU_API Adafactor : public ConfiguredOptimizer<AdafactorOptions> {
 public:
  explicit Adafactor(const AdafactorOptions& options = {});

 private:
  void create_slots(const std::vector<Variable>& variables) override;
  void update_step(const Tensor& gradient, const Variable& variable, double learning_rate) override;
  void move_second_moments(size_t index, const Tensor& squares, double beta_2);
  std::vector<Variable> rows_, columns_, velocities_;
};

}  // namespace cornu::optimizers
