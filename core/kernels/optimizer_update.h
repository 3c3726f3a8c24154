#pragma once
#include <cstdint>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>

// The updates of Keras's optimizers, each one pass over memory for a variable of `n` elements; float32 and float64.
// In the formulas g is gradient_scale * gradient; before the update the variable shrinks by variable * decay
// (decoupled weight decay: decay = weight_decay * learning_rate).
namespace cornu::kernels {

/// With momentum: m = momentum * m - learning_rate * g, then variable += m, or with nesterov
/// variable += momentum * m - learning_rate * g. Without: variable -= learning_rate * g.
struct SgdUpdate {
  double learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;
  double decay = 0;
  double gradient_scale = 1;
};
/// `momentum` is null if the option is 0.
CORNU_API void update_sgd(DType dtype, const SgdUpdate& options, int64_t n, void* variable, const void* gradient,
                          void* momentum);

/// m += (g - m) * (1 - beta_1), v += (g * g - v) * (1 - beta_2), variable -= m * alpha / (sqrt(v) + epsilon), where
/// alpha = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) at step t (1, 2, ...). With v_max (AMSGrad)
/// v_max = max(v_max, v) takes v's place in the last formula.
struct AdamUpdate {
  double alpha = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  double decay = 0;
  double gradient_scale = 1;
};
/// `v_max` is null without AMSGrad.
CORNU_API void update_adam(DType dtype, const AdamUpdate& options, int64_t n, void* variable, const void* gradient,
                           void* m, void* v, void* v_max);
/// alpha of AdamUpdate at step `step`, counted from 1.
CORNU_API double adam_alpha(double learning_rate, double beta_1, double beta_2, int64_t step);

/// v = rho * v + (1 - rho) * g^2, d = v + epsilon, or centered a = rho * a + (1 - rho) * g, d = v - a^2 + epsilon;
/// then variable -= learning_rate * g / sqrt(d), or with momentum b = momentum * b + learning_rate * g / sqrt(d),
/// variable -= b.
struct RmspropUpdate {
  double learning_rate = 0.001;
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  double decay = 0;
  double gradient_scale = 1;
};
/// `momentum` (b) is null if the option is 0, `average` (a) is null unless centered.
CORNU_API void update_rmsprop(DType dtype, const RmspropUpdate& options, int64_t n, void* variable,
                              const void* gradient, void* velocity, void* momentum, void* average);

/// accumulator += g^2, variable -= learning_rate * g / sqrt(accumulator + epsilon).
struct AdagradUpdate {
  double learning_rate = 0.001;
  double epsilon = 1e-7;
  double decay = 0;
  double gradient_scale = 1;
};
CORNU_API void update_adagrad(DType dtype, const AdagradUpdate& options, int64_t n, void* variable,
                              const void* gradient, void* accumulator);

/// Sum of x^2, in double, the same for any number of threads.
CORNU_API double sum_of_squares(DType dtype, const void* x, int64_t n);

/// to = keep * to + take * from: scales in place (take 0, from null), accumulates (1, 1), averages (0.99, 0.01).
CORNU_API void blend(DType dtype, double keep, void* to, double take, const void* from, int64_t n);

}  // namespace cornu::kernels
