#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/wav.h>

namespace cornu::io {

namespace {

constexpr int64_t sample_bytes = 2, header_bytes = 44;

/// Numbers lie in the file in little endian.
template <class T>
void append(std::string& file, T number) {
  for (size_t byte = 0; byte < sizeof number; ++byte)
    file += static_cast<char>(static_cast<uint64_t>(number) >> (8 * byte) & 0xff);
}

int16_t to_int16(float sample) {
  using limits = std::numeric_limits<int16_t>;
  if (std::isnan(sample)) return 0;
  return static_cast<int16_t>(
      std::clamp(std::round(sample * 32768.f), static_cast<float>(limits::min()), static_cast<float>(limits::max())));
}

}  // namespace

std::string encode_wav(const float* samples, int64_t frames, int64_t channels, int64_t sample_rate) {
  constexpr int64_t largest = std::numeric_limits<uint32_t>::max();
  if (channels < 1 || channels > 1024 || sample_rate < 1 || sample_rate > largest / channels / sample_bytes)
    throw ValueError("WAV: expected 1 to 1024 channels and a positive sample rate; received " +
                     std::to_string(channels) + " channels at " + std::to_string(sample_rate) + " Hz");
  const int64_t frame_bytes = channels * sample_bytes;
  if (frames < 0 || frames > (largest - header_bytes) / frame_bytes)
    throw ValueError("WAV: a file holds at most 4 GiB; received " + std::to_string(frames) + " frames of " +
                     std::to_string(channels) + " channels");
  const auto data_bytes = static_cast<uint32_t>(frames * frame_bytes);
  std::string file = "RIFF";
  file.reserve(static_cast<size_t>(header_bytes) + data_bytes);
  append(file, data_bytes + static_cast<uint32_t>(header_bytes) - 8);
  file += "WAVEfmt ";
  append(file, uint32_t{16});
  append(file, uint16_t{1});  // integers, not compressed
  append(file, static_cast<uint16_t>(channels));
  append(file, static_cast<uint32_t>(sample_rate));
  append(file, static_cast<uint32_t>(sample_rate * frame_bytes));
  append(file, static_cast<uint16_t>(frame_bytes));
  append(file, static_cast<uint16_t>(8 * sample_bytes));
  file += "data";
  append(file, data_bytes);
  for (int64_t i = 0; i < frames * channels; ++i) append(file, static_cast<uint16_t>(to_int16(samples[i])));
  return file;
}

}  // namespace cornu::io
