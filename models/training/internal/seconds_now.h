#pragma once
#include <chrono>

namespace cornu {

/// Seconds of a clock that only goes on.
inline double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace cornu
