#pragma once
#include <cstdint>
#include <string>

#include <cornu/core/export.h>

namespace cornu::io {

/// A WAV file of `frames` x `channels` samples in [-1, 1], as integers of 16 bits: round(sample * 32768), at most
/// 32767. Throws ValueError for numbers that such a file cannot hold.
CORNU_API std::string encode_wav(const float* samples, int64_t frames, int64_t channels, int64_t sample_rate);

}  // namespace cornu::io
