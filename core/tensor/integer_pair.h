#pragma once
#include <concepts>
#include <cstdint>

namespace cornu {

/// A number for the rows and one for the columns of an image: `.strides = 2` for both, `.kernel_size = {3, 5}`, or none
/// where the option has a default of its own.
class IntegerPair {
 public:
  constexpr IntegerPair() = default;  ///< none
  template <std::integral N>
  constexpr IntegerPair(N both) : IntegerPair(static_cast<int64_t>(both), static_cast<int64_t>(both)) {}
  constexpr IntegerPair(int64_t rows, int64_t columns) : values_{rows, columns}, defined_(true) {}

  constexpr bool defined() const { return defined_; }
  constexpr int64_t rows() const { return values_[0]; }
  constexpr int64_t columns() const { return values_[1]; }
  constexpr int64_t product() const { return values_[0] * values_[1]; }
  constexpr int64_t operator[](int axis) const { return values_[axis]; }
  constexpr int64_t& operator[](int axis) { return values_[axis]; }
  constexpr const int64_t* begin() const { return values_; }
  constexpr const int64_t* end() const { return defined_ ? values_ + 2 : values_; }
  constexpr bool operator==(const IntegerPair&) const = default;

 private:
  int64_t values_[2] = {};
  bool defined_ = false;
};

}  // namespace cornu
