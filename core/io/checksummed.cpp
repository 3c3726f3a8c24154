#include <algorithm>
#include <vector>

#include <isa-l/crc.h>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/checksummed.h>

namespace cornu::io {

namespace {

constexpr uint64_t piece = uint64_t{1} << 18;  // stays in the second-level cache

}  // namespace

void Checksummed::take(const void* bytes, uint64_t count) {
  checksum_ = crc32_gzip_refl(checksum_, static_cast<const unsigned char*>(bytes), count);
  position_ += count;
}

void Checksummed::skip_to(uint64_t offset) {
  if (position_ >= offset) return;
  std::vector<char> skipped(static_cast<size_t>(std::min(piece, offset - position_)));
  while (position_ < offset) {
    const uint64_t count = std::min<uint64_t>(skipped.size(), offset - position_);
    bytes_.read(position_, skipped.data(), count, "contents");
    take(skipped.data(), count);
  }
}

void Checksummed::read_checked(uint64_t offset, void* bytes, uint64_t count, const char* what) {
  skip_to(offset);
  auto* next = static_cast<char*>(bytes);
  for (const uint64_t end = offset + count; offset < end;) {
    const uint64_t length = std::min(piece, end - offset);
    bytes_.read(offset, next, length, what);
    if (offset == position_) take(next, length);
    next += length;
    offset += length;
  }
}

void Checksummed::finish() {
  skip_to(size());
  if (checksum_ != expected_) fail("the archive is damaged: the checksum is another than the archive says");
}

}  // namespace cornu::io
