#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cornu::io {

/// A decoded picture: height x width x channels bytes, of 1 (grey), 3 (RGB) or 4 (RGBA) channels.
struct Pixels {
  int64_t height = 0, width = 0;
  int channels = 0;
  std::vector<uint8_t> bytes = {};
};

/// Sets `problem` where the bytes are no picture of the kind. A picture larger than 2^28 pixels is refused.
Pixels decode_png(std::string_view file, std::string& problem);
Pixels decode_jpeg(std::string_view file, std::string& problem);

/// More than any picture for a model has: a damaged header does not ask for more memory.
inline bool is_too_large(uint64_t height, uint64_t width) { return height * width > uint64_t{1} << 28; }

}  // namespace cornu::io
