#pragma once
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <cornu/optimizers/schedules/learning_rate_schedule.h>
#include <cornu/optimizers/schedules/steps.h>

/// Keras's schedules. Options that Keras requires have a default that is refused: give them.
namespace cornu::optimizers::schedules {

namespace detail {
inline constexpr double required = std::numeric_limits<double>::quiet_NaN();
}

struct ExponentialDecayOptions {
  double initial_learning_rate = detail::required;
  Steps decay_steps = 0;  ///< above 0
  double decay_rate = detail::required;
  bool staircase = false;  ///< decays at whole multiples of decay_steps only
  std::string name = "ExponentialDecay";
  CORNU_API void describe(Fields& fields);
};
/// initial_learning_rate * decay_rate ^ (step / decay_steps).
///
///     optimizers::Adam optimizer({.learning_rate = optimizers::schedules::ExponentialDecay(
///         {.initial_learning_rate = 0.1, .decay_steps = 1000, .decay_rate = 0.96})});
class CORNU_API ExponentialDecay : public Configured<LearningRateSchedule, ExponentialDecayOptions> {
 public:
  explicit ExponentialDecay(const ExponentialDecayOptions& options);
  double at(double step) const override;
};

struct PiecewiseConstantDecayOptions {
  std::vector<double> boundaries = {};  ///< steps, increasing
  std::vector<double> values = {};      ///< learning rates, one more than boundaries
  std::string name = "PiecewiseConstant";
  CORNU_API void describe(Fields& fields);
};
/// values[0] up to and including step boundaries[0], then values[1] up to boundaries[1], ..., at last values.back().
///
///     PiecewiseConstantDecay({.boundaries = {100000, 110000}, .values = {1.0, 0.5, 0.1}})
class CORNU_API PiecewiseConstantDecay : public Configured<LearningRateSchedule, PiecewiseConstantDecayOptions> {
 public:
  explicit PiecewiseConstantDecay(const PiecewiseConstantDecayOptions& options);
  double at(double step) const override;
};

struct PolynomialDecayOptions {
  double initial_learning_rate = detail::required;
  Steps decay_steps = 0;  ///< above 0
  double end_learning_rate = 0.0001;
  double power = 1.0;
  bool cycle = false;  ///< begins again behind decay_steps, each time decaying over a longer stretch
  std::string name = "PolynomialDecay";
  CORNU_API void describe(Fields& fields);
};
/// (initial_learning_rate - end_learning_rate) * (1 - min(step, decay_steps) / decay_steps) ^ power +
/// end_learning_rate; with `cycle` the first multiple of decay_steps that is not below the step takes the place of
/// decay_steps.
class CORNU_API PolynomialDecay : public Configured<LearningRateSchedule, PolynomialDecayOptions> {
 public:
  explicit PolynomialDecay(const PolynomialDecayOptions& options);
  double at(double step) const override;
};

struct InverseTimeDecayOptions {
  double initial_learning_rate = detail::required;
  Steps decay_steps = 0;  ///< above 0
  double decay_rate = detail::required;
  bool staircase = false;
  std::string name = "InverseTimeDecay";
  CORNU_API void describe(Fields& fields);
};
/// initial_learning_rate / (1 + decay_rate * step / decay_steps).
class CORNU_API InverseTimeDecay : public Configured<LearningRateSchedule, InverseTimeDecayOptions> {
 public:
  explicit InverseTimeDecay(const InverseTimeDecayOptions& options);
  double at(double step) const override;
};

struct CosineDecayOptions {
  double initial_learning_rate = detail::required;
  Steps decay_steps = 0;  ///< above 0
  double alpha = 0.0;     ///< what is left at the end, as a fraction of what the decay begins with
  std::string name = "CosineDecay";
  std::optional<double> warmup_target = {};  ///< the learning rate at the end of a linear warmup; none without it
  Steps warmup_steps = 0;
  CORNU_API void describe(Fields& fields);
};
/// Over warmup_steps the learning rate goes linearly from initial_learning_rate to warmup_target, and over the
/// decay_steps behind them it decays as start * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha).
/// Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017); warmup: Goyal et al. (2017).
///
///     CosineDecay({.initial_learning_rate = 0, .decay_steps = 1000, .warmup_target = 0.1, .warmup_steps = 100})
class CORNU_API CosineDecay : public Configured<LearningRateSchedule, CosineDecayOptions> {
 public:
  explicit CosineDecay(const CosineDecayOptions& options);
  double at(double step) const override;
};

struct CosineDecayRestartsOptions {
  double initial_learning_rate = detail::required;
  Steps first_decay_steps = 0;  ///< length of the first period, above 0
  double t_mul = 2.0;           ///< each period is this many times as long as the one before
  double m_mul = 1.0;           ///< and begins with this many times its learning rate
  double alpha = 0.0;           ///< what is left at the end of a period, as a fraction of initial_learning_rate
  std::string name = "SGDRDecay";
  CORNU_API void describe(Fields& fields);
};
/// Cosine decay that begins again after each period i (0, 1, ...), which has first_decay_steps * t_mul ^ i steps:
/// initial_learning_rate * ((1 - alpha) * m_mul ^ i * (1 + cos(pi * fraction of the period done)) / 2 + alpha).
/// Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017).
class CORNU_API CosineDecayRestarts : public Configured<LearningRateSchedule, CosineDecayRestartsOptions> {
 public:
  explicit CosineDecayRestarts(const CosineDecayRestartsOptions& options);
  double at(double step) const override;
};

}  // namespace cornu::optimizers::schedules
