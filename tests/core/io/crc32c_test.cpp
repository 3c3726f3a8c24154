#include <cstdint>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include <cornu/core/io/crc32c.h>

using namespace cornu::io;

namespace {

// The definition: one bit at a time, the polynomial with its bits in reverse order.
uint32_t bitwise_crc32c(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFFu;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78u : crc >> 1;
  }
  return ~crc;
}

}  // namespace

TEST_CASE("CRC-32C has the sums of RFC 3720") {
  std::string ascending, descending;
  for (int i = 0; i < 32; ++i) {
    ascending += static_cast<char>(i);
    descending += static_cast<char>(31 - i);
  }
  CHECK(crc32c("123456789") == 0xE3069283u);
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AAu);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62A8AB43u);
  CHECK(crc32c(ascending) == 0x46DD794Eu);
  CHECK(crc32c(descending) == 0x113FDB5Cu);
  CHECK(crc32c("") == 0);
}

TEST_CASE("CRC-32C of every length and alignment is that of its definition") {
  std::string bytes;
  for (int i = 0; i < 700; ++i) bytes += static_cast<char>(i * 131 + i / 7);
  const std::string_view view = bytes;
  for (size_t start = 0; start < 9; ++start)
    for (size_t length = 0; start + length <= bytes.size(); length += length < 70 ? 1 : 57) {
      INFO("from " << start << " length " << length);
      CHECK(crc32c(view.substr(start, length)) == bitwise_crc32c(view.substr(start, length)));
    }
}

TEST_CASE("CRC-32C of pieces is that of the whole") {
  const std::string_view text = "the quick brown fox jumps over the lazy dog";
  for (size_t cut = 0; cut <= text.size(); ++cut)
    CHECK(crc32c(text.substr(cut), crc32c(text.substr(0, cut))) == crc32c(text));
}

TEST_CASE("masked sums are told apart from plain ones and back") {
  // Rotated right by 15 bits, and 0xA282EAD8 added, by hand: 0xE3069283 becomes 0x2507C60D + 0xA282EAD8.
  CHECK(mask_crc32c(0xE3069283u) == 0xC78AB0E5u);
  CHECK(masked_crc32c("123456789") == 0xC78AB0E5u);
  CHECK(mask_crc32c(0) == 0xA282EAD8u);
  for (const uint32_t crc : {0u, 1u, 0x80000000u, 0xE3069283u, 0xFFFFFFFFu})
    CHECK(unmask_crc32c(mask_crc32c(crc)) == crc);
}
