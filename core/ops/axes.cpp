#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/axes.h>

namespace cornu {

uint32_t Axes::mask(int rank, const char* operation) const {
  if (all_) return (1u << rank) - 1;
  uint32_t mask = 0;
  for (int64_t axis : axes_) {
    const uint32_t bit = 1u << normalize_axis(axis, rank, operation);
    if (mask & bit) throw ValueError(std::string(operation) + ": axis " + std::to_string(axis) + " is named twice");
    mask |= bit;
  }
  return mask;
}

}  // namespace cornu
