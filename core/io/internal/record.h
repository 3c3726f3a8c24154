#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <cornu/core/io/internal/random_access.h>

namespace cornu::io {

/// A few bytes of a file, taken as little-endian numbers and texts at fixed places. All members throw FileError for
/// places outside.
class Record {
 public:
  Record(RandomAccess& file, uint64_t offset, uint64_t size, const char* what)
      : file_(&file), offset_(offset), what_(what), bytes_(file.read_text(offset, size, what)) {}

  size_t size() const { return bytes_.size(); }
  /// Where it lies in the file.
  uint64_t offset() const { return offset_; }
  std::string_view bytes(uint64_t offset, uint64_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset)
      fail("it ends after " + std::to_string(bytes_.size()) + " bytes");
    return std::string_view(bytes_).substr(static_cast<size_t>(offset), static_cast<size_t>(size));
  }
  uint64_t number(uint64_t offset, size_t size) const {
    const std::string_view digits = bytes(offset, size);
    uint64_t value = 0;
    for (size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(digits[i]);
    return value;
  }
  uint8_t byte(uint64_t offset) const { return static_cast<uint8_t>(number(offset, 1)); }
  uint16_t half(uint64_t offset) const { return static_cast<uint16_t>(number(offset, 2)); }
  uint32_t word(uint64_t offset) const { return static_cast<uint32_t>(number(offset, 4)); }
  uint64_t number64(uint64_t offset) const { return number(offset, 8); }
  bool begins_with(std::string_view signature) const { return bytes_.compare(0, signature.size(), signature) == 0; }
  /// `size` bytes of it as a record of their own.
  Record part(uint64_t offset, uint64_t size, const char* what) const {
    return Record(file_, offset_ + offset, what, std::string(bytes(offset, size)));
  }
  [[noreturn]] void fail(const std::string& message) const {
    file_->fail("the " + std::string(what_) + " at byte " + std::to_string(offset_) + " is damaged: " + message);
  }

 private:
  Record(RandomAccess* file, uint64_t offset, const char* what, std::string bytes)
      : file_(file), offset_(offset), what_(what), bytes_(std::move(bytes)) {}

  RandomAccess* file_;
  uint64_t offset_;
  const char* what_;
  std::string bytes_;
};

}  // namespace cornu::io
