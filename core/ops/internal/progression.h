#pragma once
#include <cstdint>

namespace cornu {

/// How many numbers start, start + step, ... lie before stop, or behind it for a negative step; the step is not 0.
/// Unsigned, as the distance of two int64 may be none.
inline uint64_t progression_size(int64_t start, int64_t stop, int64_t step) {
  if (step > 0 ? start >= stop : start <= stop) return 0;
  const auto first = static_cast<uint64_t>(start), last = static_cast<uint64_t>(stop);
  const uint64_t distance = step > 0 ? last - first : first - last;
  const uint64_t stride = step > 0 ? static_cast<uint64_t>(step) : uint64_t{0} - static_cast<uint64_t>(step);
  return (distance - 1) / stride + 1;
}

}  // namespace cornu
