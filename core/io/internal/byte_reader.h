#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cornu::io {

/// Takes numbers from bytes, front to back; nothing where the bytes end too soon.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  size_t remaining() const { return bytes_.size(); }

  std::optional<std::string_view> bytes(uint64_t count) {
    if (count > bytes_.size()) return std::nullopt;
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  /// Seven bits a byte, the lowest first; the last byte has no top bit.
  std::optional<uint64_t> varint() {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes_.size() && i < 10; ++i) {
      const auto byte = static_cast<unsigned char>(bytes_[i]);
      if (i == 9 && byte > 1) return std::nullopt;  // over 64 bits
      value |= uint64_t{byte & 127u} << 7 * i;
      if (byte >= 128) continue;
      bytes_.remove_prefix(i + 1);
      return value;
    }
    return std::nullopt;
  }

  /// Little-endian.
  std::optional<uint32_t> fixed32() {
    const auto value = fixed(4);
    return value ? std::optional<uint32_t>(static_cast<uint32_t>(*value)) : std::nullopt;
  }
  std::optional<uint64_t> fixed64() { return fixed(8); }

 private:
  std::optional<uint64_t> fixed(size_t size) {
    const auto taken = bytes(size);
    if (!taken) return std::nullopt;
    uint64_t value = 0;
    for (size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>((*taken)[i]);
    return value;
  }

  std::string_view bytes_;
};

/// Text of which a message can be made: other than printable characters are shown as dots, and long text is cut.
inline std::string printable(std::string_view text) {
  constexpr size_t longest = 200;
  std::string result(text.substr(0, longest));
  for (char& c : result)
    if (c < ' ' || c > '~') c = '.';
  return text.size() > longest ? result + "..." : result;
}

}  // namespace cornu::io
