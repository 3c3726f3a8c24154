#pragma once
#include <cornu/core/config/config.h>
#include <cornu/core/ops/operand.h>

namespace cornu::optimizers::schedules {

/// A number of steps, of any C++ type; like Keras, schedules take fractions.
class Steps {
 public:
  Steps() = default;
  template <Number N>
  Steps(N steps) : steps_(static_cast<double>(steps)) {}
  operator double() const { return steps_; }

 private:
  double steps_ = 0;
};

/// Whole numbers are written as integers.
CORNU_API void to_config(Config& out, const Steps& steps);
CORNU_API void from_config(const Config& in, Steps& steps);

}  // namespace cornu::optimizers::schedules
