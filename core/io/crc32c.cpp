#include <algorithm>

#include <isa-l/crc.h>

#include <cornu/core/io/crc32c.h>

namespace cornu::io {

uint32_t crc32c(const void* bytes, size_t count, uint32_t crc) {
  constexpr size_t most = size_t{1} << 30;                             // ISA-L counts in int
  auto* next = static_cast<unsigned char*>(const_cast<void*>(bytes));  // it only reads them
  crc = ~crc;
  while (count > 0) {
    const size_t length = std::min(count, most);
    crc = crc32_iscsi(next, static_cast<int>(length), crc);
    next += length;
    count -= length;
  }
  return ~crc;
}

uint32_t crc32c(std::string_view bytes, uint32_t crc) { return crc32c(bytes.data(), bytes.size(), crc); }

uint32_t masked_crc32c(std::string_view bytes) { return mask_crc32c(crc32c(bytes)); }

}  // namespace cornu::io
