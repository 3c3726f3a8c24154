#include <algorithm>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/axes.h>

namespace cornu {

Axes::Axes(const int64_t* axes, size_t count) : all_(false), count_(count) {
  std::copy_n(axes, std::min<size_t>(count, Shape::max_rank), axes_);
}

uint32_t Axes::mask(int rank, const char* operation) const {
  if (all_) return (1u << rank) - 1;
  if (count_ > static_cast<size_t>(rank))
    throw ValueError(std::string(operation) + ": " + std::to_string(count_) + " axes are named; the tensor has " +
                     std::to_string(rank));
  uint32_t mask = 0;
  for (size_t i = 0; i < count_; ++i) {
    const uint32_t bit = 1u << normalize_axis(axes_[i], rank, operation);
    if (mask & bit) throw ValueError(std::string(operation) + ": axis " + std::to_string(axes_[i]) + " is named twice");
    mask |= bit;
  }
  return mask;
}

}  // namespace cornu
