#pragma once
#include <cstdint>
#include <limits>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>

// The updates of Keras's optimizers, each one pass over memory for a variable of `n` elements; float32 and float64.
// In the formulas g is the gradient as Preparation leaves it.
namespace cornu::kernels {

inline constexpr double no_clipping = std::numeric_limits<double>::infinity();

/// What comes before an update, in the same pass: variable -= decay * variable (decoupled weight decay: decay =
/// weight_decay * learning_rate), g = gradient_scale * gradient, clipped to [-clip_value, clip_value].
struct Preparation {
  double decay = 0;
  double gradient_scale = 1;
  double clip_value = no_clipping;
};

/// With momentum: m = momentum * m - learning_rate * g, then variable += m, or with nesterov
/// variable += momentum * m - learning_rate * g. Without: variable -= learning_rate * g.
struct SgdUpdate {
  double learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;
  Preparation preparation = {};
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
  Preparation preparation = {};
};
/// `v_max` is null without AMSGrad.
CORNU_API void update_adam(DType dtype, const AdamUpdate& options, int64_t n, void* variable, const void* gradient,
                           void* m, void* v, void* v_max);
/// alpha of AdamUpdate at step `step`, counted from 1.
CORNU_API double adam_alpha(double learning_rate, double beta_1, double beta_2, int64_t step);
/// The same in the arithmetic of a variable's dtype, as Keras works it out: in float32, 1 - beta_2^step has an error of
/// 1e-5 in the first steps, which the weights show.
CORNU_API double adam_alpha(DType dtype, double learning_rate, double beta_1, double beta_2, int64_t step);

/// v = rho * v + (1 - rho) * g^2, d = v + epsilon, or centered a = rho * a + (1 - rho) * g, d = v - a^2 + epsilon;
/// then variable -= learning_rate * g / sqrt(d), or with momentum b = momentum * b + learning_rate * g / sqrt(d),
/// variable -= b.
struct RmspropUpdate {
  double learning_rate = 0.001;
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  Preparation preparation = {};
};
/// `momentum` (b) is null if the option is 0, `average` (a) is null unless centered.
CORNU_API void update_rmsprop(DType dtype, const RmspropUpdate& options, int64_t n, void* variable,
                              const void* gradient, void* velocity, void* momentum, void* average);

/// accumulator += g^2, variable -= learning_rate * g / sqrt(accumulator + epsilon).
struct AdagradUpdate {
  double learning_rate = 0.001;
  double epsilon = 1e-7;
  Preparation preparation = {};
};
CORNU_API void update_adagrad(DType dtype, const AdagradUpdate& options, int64_t n, void* variable,
                              const void* gradient, void* accumulator);

/// a = rho * a + (1 - rho) * g^2, delta = sqrt(d + epsilon) / sqrt(a + epsilon) * g, d = rho * d + (1 - rho) * delta^2,
/// variable -= learning_rate * delta.
struct AdadeltaUpdate {
  double learning_rate = 0.001;
  double rho = 0.95;
  double epsilon = 1e-7;
  Preparation preparation = {};
};
CORNU_API void update_adadelta(DType dtype, const AdadeltaUpdate& options, int64_t n, void* variable,
                               const void* gradient, void* a, void* d);

/// m += (g - m) * (1 - beta_1), u = max(beta_2 * u, |g|), variable -= alpha * m / (u + epsilon), where
/// alpha = learning_rate / (1 - beta_1^t).
struct AdamaxUpdate {
  double alpha = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  Preparation preparation = {};
};
CORNU_API void update_adamax(DType dtype, const AdamaxUpdate& options, int64_t n, void* variable, const void* gradient,
                             void* m, void* u);

/// m and v as Adam's; variable -= learning_rate * (m_scale * m + g_scale * g) / (sqrt(v_scale * v) + epsilon).
struct NadamUpdate {
  double learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  double m_scale = 1;
  double g_scale = 1;
  double v_scale = 1;
  Preparation preparation = {};
};
CORNU_API void update_nadam(DType dtype, const NadamUpdate& options, int64_t n, void* variable, const void* gradient,
                            void* m, void* v);

/// variable -= learning_rate * sign(beta_1 * m + (1 - beta_1) * g), m = beta_2 * m + (1 - beta_2) * g.
struct LionUpdate {
  double learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.99;
  Preparation preparation = {};
};
CORNU_API void update_lion(DType dtype, const LionUpdate& options, int64_t n, void* variable, const void* gradient,
                           void* m);

/// With p(x) = x^power and n' = n + g^2: z += g + 2 * l2_shrinkage * variable - (p(n') - p(n)) / learning_rate *
/// variable, n = n', variable = (clip(z, -l1, l1) - z) / (p(n) / learning_rate + 2 * l2).
struct FtrlUpdate {
  double learning_rate = 0.001;
  double power = 0.5;
  double l1 = 0;
  double l2 = 0;
  double l2_shrinkage = 0;
  Preparation preparation = {};
};
CORNU_API void update_ftrl(DType dtype, const FtrlUpdate& options, int64_t n, void* variable, const void* gradient,
                           void* accumulator, void* linear);

/// Sum of x^2, in double, the same for any number of threads.
CORNU_API double sum_of_squares(DType dtype, const void* x, int64_t n);

/// to = keep * to + take * from: scales in place (take 0, from null), accumulates (1, 1), averages (0.99, 0.01).
CORNU_API void blend(DType dtype, double keep, void* to, double take, const void* from, int64_t n);

}  // namespace cornu::kernels
