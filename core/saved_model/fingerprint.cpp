#include <bit>
#include <cstring>
#include <utility>

#include <cornu/core/saved_model/internal/fingerprint.h>

namespace cornu::saved_model {

namespace {

constexpr uint64_t k0 = 0xc3a5c85c97cb3127, k1 = 0xb492b66fbe98f273, k2 = 0x9ae16a3b2f90404f;

uint64_t fetch64(const char* bytes) {
  uint64_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}
uint64_t fetch32(const char* bytes) {
  uint32_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}
uint64_t shift_mix(uint64_t value) { return value ^ (value >> 47); }

uint64_t mix(uint64_t u, uint64_t v, uint64_t factor) {
  const uint64_t a = shift_mix((u ^ v) * factor);
  return shift_mix((v ^ a) * factor) * factor;
}

uint64_t hash_to_16(const char* s, size_t length) {
  const uint64_t factor = k2 + length * 2;
  if (length >= 8) {
    const uint64_t a = fetch64(s) + k2, b = fetch64(s + length - 8);
    return mix(std::rotr(b, 37) * factor + a, (std::rotr(a, 25) + b) * factor, factor);
  }
  if (length >= 4) return mix(length + (fetch32(s) << 3), fetch32(s + length - 4), factor);
  if (length == 0) return k2;
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(s[i])); };
  const uint32_t y = byte(0) + (byte(length >> 1) << 8), z = static_cast<uint32_t>(length) + (byte(length - 1) << 2);
  return shift_mix(y * k2 ^ z * k0) * k2;
}

uint64_t hash_to_32(const char* s, size_t length) {
  const uint64_t factor = k2 + length * 2, a = fetch64(s) * k1, b = fetch64(s + 8);
  const uint64_t c = fetch64(s + length - 8) * factor, d = fetch64(s + length - 16) * k2;
  return mix(std::rotr(a + b, 43) + std::rotr(c, 30) + d, a + std::rotr(b + k2, 18) + c, factor);
}

uint64_t hash_to_64(const char* s, size_t length) {
  const uint64_t factor = k2 + length * 2, a = fetch64(s) * k2, b = fetch64(s + 8);
  const uint64_t c = fetch64(s + length - 8) * factor, d = fetch64(s + length - 16) * k2;
  const uint64_t y = std::rotr(a + b, 43) + std::rotr(c, 30) + d, z = mix(y, a + std::rotr(b + k2, 18) + c, factor);
  const uint64_t e = fetch64(s + 16) * factor, f = fetch64(s + 24);
  const uint64_t g = (y + fetch64(s + length - 32)) * factor, h = (z + fetch64(s + length - 24)) * factor;
  return mix(std::rotr(e + f, 43) + std::rotr(g, 30) + h, e + std::rotr(f + a, 18) + g, factor);
}

struct Pair {
  uint64_t first = 0, second = 0;
};

Pair weak_hash(const char* s, uint64_t a, uint64_t b) {
  const uint64_t w = fetch64(s), x = fetch64(s + 8), y = fetch64(s + 16), z = fetch64(s + 24);
  a += w;
  b = std::rotr(b + a + z, 21);
  const uint64_t c = a;
  a += x + y;
  b += std::rotr(a, 44);
  return {a + z, b + c};
}

/// What is carried from one block of 64 bytes to the next.
struct State {
  uint64_t x = 81, y = 81 * k1 + 113, z = shift_mix(y * k2 + 113) * k2;
  Pair v, w;

  void take(const char* s, uint64_t factor, uint64_t weight) {
    x = std::rotr(x + y + v.first + fetch64(s + 8), 37) * factor;
    y = std::rotr(y + v.second + fetch64(s + 48), 42) * factor;
    x ^= w.second * weight;
    y += v.first * weight + fetch64(s + 40);
    z = std::rotr(z + w.first, 33) * factor;
    v = weak_hash(s, v.second * factor, x + w.first);
    w = weak_hash(s + 32, z + w.second, y + fetch64(s + 16));
    std::swap(z, x);
  }
};

}  // namespace

uint64_t fingerprint(std::string_view bytes) {
  const char* s = bytes.data();
  const size_t length = bytes.size();
  if (length <= 16) return hash_to_16(s, length);
  if (length <= 32) return hash_to_32(s, length);
  if (length <= 64) return hash_to_64(s, length);
  State state;
  state.x = state.x * k2 + fetch64(s);
  const char* const end = s + (length - 1) / 64 * 64;
  for (; s != end; s += 64) state.take(s, k1, 1);
  const uint64_t factor = k1 + ((state.z & 0xff) << 1);
  state.w.first += (length - 1) & 63;
  state.v.first += state.w.first;
  state.w.first += state.v.first;
  state.take(bytes.data() + length - 64, factor, 9);
  return mix(mix(state.v.first, state.w.first, factor) + shift_mix(state.y) * k0 + state.z,
             mix(state.v.second, state.w.second, factor) + state.x, factor);
}

}  // namespace cornu::saved_model
