#pragma once
#include <charconv>
#include <cmath>
#include <string>

namespace cornu {

/// The shortest text that reads as the same number.
inline std::string number_text(double number) {
  if (std::isnan(number)) return "nan";
  char text[64];
  return std::string(text, std::to_chars(text, text + sizeof text, number).ptr);
}

}  // namespace cornu
