#pragma once
#include <concepts>
#include <initializer_list>
#include <vector>

#include <cornu/core/tensor/shape.h>

namespace cornu {

/// The axes that a reduction runs over: all of them by default, one number, or a list. Negative axes count from the
/// end.
class Axes {
 public:
  Axes() = default;
  template <std::integral N>
  Axes(N axis) : all_(false), axes_{static_cast<int64_t>(axis)} {}
  Axes(std::initializer_list<int64_t> axes) : all_(false), axes_(axes) {}
  Axes(const std::vector<int64_t>& axes) : all_(false), axes_(axes) {}

  bool all() const { return all_; }
  /// The axes as a bit mask. Throws ValueError for one out of range or named twice.
  CORNU_API uint32_t mask(int rank, const char* operation) const;

 private:
  bool all_ = true;
  Shape axes_;
};

}  // namespace cornu
