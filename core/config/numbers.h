#pragma once
#include <initializer_list>
#include <vector>

#include <cornu/core/config/config.h>

namespace cornu {

/// An option that is a number, a list of numbers, or none: `.alpha = 0.25`, `.alpha = {0.1, 0.9}`, `.thresholds = {}`.
struct Numbers {
  std::vector<double> values = {};

  Numbers() = default;
  Numbers(double number) : values{number} {}
  Numbers(std::initializer_list<double> numbers) : values(numbers) {}
  Numbers(const std::vector<double>& numbers) : values(numbers) {}

  bool empty() const { return values.empty(); }
  int64_t size() const { return static_cast<int64_t>(values.size()); }
};

/// None is written as null, a single number as a number.
CORNU_API void to_config(Config& out, const Numbers& value);
CORNU_API void from_config(const Config& in, Numbers& value);

}  // namespace cornu
