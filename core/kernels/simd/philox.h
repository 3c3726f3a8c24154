#pragma once
#include <cstdint>

namespace cornu::kernels {

/// The constants of Philox4x32-10.
inline constexpr int philox_rounds = 10;
inline constexpr uint32_t philox_multipliers[2] = {0xD2511F53, 0xCD9E8D57};
inline constexpr uint32_t philox_key_steps[2] = {0x9E3779B9, 0xBB67AE85};

/// out[4 i ... 4 i + 4) = the block of `counter` + i, for i < blocks. A KernelSet holds one of these.
using PhiloxWords = void (*)(uint64_t seed, uint64_t counter, int64_t blocks, uint32_t* out);

}  // namespace cornu::kernels
