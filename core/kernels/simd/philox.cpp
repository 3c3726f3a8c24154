#include <cornu/core/kernels/simd/philox.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {

namespace {

constexpr int group = 16;  // blocks computed side by side

struct Words {
  uint32_t word[4][group];
};

inline void round(Words& x, uint32_t key0, uint32_t key1) {
  for (int i = 0; i < group; ++i) {
    const uint64_t product0 = uint64_t{philox_multipliers[0]} * x.word[0][i];
    const uint64_t product1 = uint64_t{philox_multipliers[1]} * x.word[2][i];
    const uint32_t word1 = x.word[1][i], word3 = x.word[3][i];
    x.word[0][i] = static_cast<uint32_t>(product1 >> 32) ^ word1 ^ key0;
    x.word[1][i] = static_cast<uint32_t>(product1);
    x.word[2][i] = static_cast<uint32_t>(product0 >> 32) ^ word3 ^ key1;
    x.word[3][i] = static_cast<uint32_t>(product0);
  }
}

inline void compute(Words& x, uint32_t key0, uint32_t key1) {
  for (int i = 0; i < philox_rounds; ++i) {
    round(x, key0, key1);
    key0 += philox_key_steps[0];
    key1 += philox_key_steps[1];
  }
}

}  // namespace

void philox_words(uint64_t seed, uint64_t counter, int64_t blocks, uint32_t* out) {
  const auto key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
  for (int64_t first = 0; first < blocks; first += group) {
    Words x;
    for (int i = 0; i < group; ++i) {
      const uint64_t number = counter + static_cast<uint64_t>(first + i);
      x.word[0][i] = static_cast<uint32_t>(number);
      x.word[1][i] = static_cast<uint32_t>(number >> 32);
      x.word[2][i] = 0;
      x.word[3][i] = 0;
    }
    compute(x, key0, key1);
    const int count = static_cast<int>(blocks - first < group ? blocks - first : group);
    uint32_t* const target = out + 4 * first;
    if (count == group) {
      for (int i = 0; i < group; ++i)
        for (int j = 0; j < 4; ++j) target[4 * i + j] = x.word[j][i];
    } else {
      for (int i = 0; i < count; ++i)
        for (int j = 0; j < 4; ++j) target[4 * i + j] = x.word[j][i];
    }
  }
}

}  // namespace cornu::kernels::CORNU_ISA
