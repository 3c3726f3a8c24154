#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <cornu/core/export.h>
#include <cornu/core/io/internal/random_access.h>

namespace cornu::io {

/// Reads as another does and takes the checksum (zlib's crc32) of all bytes on the way: what is read in ascending order
/// is read once, while it is in the cache, and what lies between is read besides.
class CORNU_API Checksummed : public RandomAccess {
 public:
  Checksummed(RandomAccess& bytes, uint32_t expected) : bytes_(bytes), expected_(expected) {}
  uint64_t size() const override { return bytes_.size(); }
  std::string where() const override { return bytes_.where(); }
  /// Reads what is left. Throws FileError if the checksum is another.
  void finish();

 private:
  void read_checked(uint64_t offset, void* bytes, uint64_t count, const char* what) override;
  void take(const void* bytes, uint64_t count);
  void skip_to(uint64_t offset);

  RandomAccess& bytes_;
  uint32_t expected_, checksum_ = 0;
  uint64_t position_ = 0;  // the checksum is of the bytes before
};

}  // namespace cornu::io
