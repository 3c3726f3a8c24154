#pragma once
#include <cmath>
#include <limits>
#include <type_traits>

#include <cornu/core/tensor/dtype.h>

namespace cornu::datasets {

/// visit_dtype(dtype, IsInRange{number}): whether the dtype reaches as far as the number. Floating ones hold those that
/// are not finite too.
struct IsInRange {
  double number;
  template <class T>
  bool operator()() const {
    if (std::is_floating_point_v<T> && !std::isfinite(number)) return true;
    using Limits = std::numeric_limits<T>;
    // Above the largest integer comes a power of two, which a double holds, while it may not hold the integer itself.
    const double end = std::is_integral_v<T> ? std::ldexp(1.0, Limits::digits) : static_cast<double>(Limits::max());
    return number >= static_cast<double>(Limits::lowest()) && (std::is_integral_v<T> ? number < end : number <= end);
  }
};

/// Whether a tensor of the dtype can hold the number; floating ones round it.
inline bool can_hold(DType dtype, double number) {
  if (!visit_dtype(dtype, IsInRange{number})) return false;
  return is_floating(dtype) || number == std::trunc(number);
}

}  // namespace cornu::datasets
