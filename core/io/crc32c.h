#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <cornu/core/export.h>

namespace cornu::io {

/// CRC-32C (Castagnoli's polynomial 0x1EDC6F41) of bytes. `crc` is that of the bytes before them, so that what comes
/// in pieces can be summed: `crc32c(b, crc32c(a))` is that of a followed by b.
///
///     io::crc32c("123456789") == 0xE3069283
CORNU_API uint32_t crc32c(const void* bytes, size_t count, uint32_t crc = 0);
CORNU_API uint32_t crc32c(std::string_view bytes, uint32_t crc = 0);

/// A checksum as TensorFlow's and LevelDB's files store it, so that the sum of bytes that contain sums stays a good
/// one: rotate right by 15, add 0xA282EAD8.
constexpr uint32_t mask_crc32c(uint32_t crc) { return (crc >> 15 | crc << 17) + 0xA282EAD8u; }
/// The checksum whose masked form this is.
constexpr uint32_t unmask_crc32c(uint32_t masked) {
  const uint32_t rotated = masked - 0xA282EAD8u;
  return rotated << 15 | rotated >> 17;
}
/// mask_crc32c(crc32c(bytes)).
CORNU_API uint32_t masked_crc32c(std::string_view bytes);

}  // namespace cornu::io
