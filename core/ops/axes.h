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
  Axes(N axis) : all_(false), count_(1), axes_{static_cast<int64_t>(axis)} {}
  Axes(std::initializer_list<int64_t> axes) : Axes(axes.begin(), axes.size()) {}
  Axes(const std::vector<int64_t>& axes) : Axes(axes.data(), axes.size()) {}

  bool all() const { return all_; }
  /// The axes as a bit mask. Throws ValueError for one out of range or named twice.
  CORNU_API uint32_t mask(int rank, const char* operation) const;

 private:
  CORNU_API Axes(const int64_t* axes, size_t count);

  bool all_ = true;
  size_t count_ = 0;
  int64_t axes_[Shape::max_rank] = {};
};

}  // namespace cornu
