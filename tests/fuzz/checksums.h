#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

#include <cornu/core/io/crc32c.h>

/// libFuzzer's own changes, which a mutator of ours begins with.
extern "C" size_t LLVMFuzzerMutate(uint8_t* bytes, size_t size, size_t max_size);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* bytes, size_t size, size_t max_size, unsigned seed);

namespace fuzz {

/// Puts the right checksum behind bytes that were changed, so that readers get past it.
inline void mend_checksum(uint8_t* bytes, size_t count) {
  const uint32_t sum = cornu::io::masked_crc32c({reinterpret_cast<const char*>(bytes), count});
  std::memcpy(bytes + count, &sum, sizeof sum);
}

/// Changes the bytes, and three times out of four mends the checksums in them with `mend(bytes, size)`.
template <class Mend>
size_t mutate(uint8_t* bytes, size_t size, size_t max_size, unsigned seed, Mend&& mend) {
  const size_t new_size = LLVMFuzzerMutate(bytes, size, max_size);
  if (seed % 4 != 0) mend(bytes, new_size);
  return new_size;
}

}  // namespace fuzz
