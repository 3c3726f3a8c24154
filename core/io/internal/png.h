#pragma once
#include <cstdint>
#include <string>

#include <cornu/core/export.h>

namespace cornu::io {

/// A PNG file of height x width pixels of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) bytes each. Throws ValueError
/// for what is no picture: no rows, no columns, or other numbers of channels.
CORNU_API std::string encode_png(const uint8_t* pixels, int64_t height, int64_t width, int64_t channels);

}  // namespace cornu::io
