#pragma once
#include <concepts>
#include <initializer_list>
#include <optional>
#include <vector>

#include <cornu/core/config/config.h>

namespace cornu {

/// An option that Keras takes as one integer, as a list of integers, or as None: `.axis = -1`, `.axis = {1, 2}`, or
/// left out. It is written as it was given.
class Integers {
 public:
  Integers() = default;  ///< none
  template <std::integral N>
  Integers(N value) : single_(true), values_{static_cast<int64_t>(value)} {}
  Integers(std::initializer_list<int64_t> values) : defined_(true), values_(values) {}
  Integers(const std::vector<int64_t>& values) : defined_(true), values_(values) {}

  bool defined() const { return defined_ || single_; }
  /// True where one integer was given, not a list.
  bool is_single() const { return single_; }
  size_t size() const { return values_.size(); }
  int64_t operator[](size_t index) const { return values_[index]; }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }
  const std::vector<int64_t>& values() const { return values_; }

 private:
  bool defined_ = false;
  bool single_ = false;
  std::vector<int64_t> values_;
};

CORNU_API void to_config(Config& out, const Integers& value);
CORNU_API void from_config(const Config& in, Integers& value);

}  // namespace cornu
