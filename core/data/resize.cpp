#include <algorithm>
#include <cmath>
#include <vector>

#include <cornu/core/data/internal/resize.h>

namespace cornu::utils {

namespace {

/// Between which two places of the old axis a place of the new one lies.
struct Sample {
  int64_t lower = 0, upper = 0;
  float weight = 0;  // of the upper one
};

std::vector<Sample> samples_of(int64_t old_size, int64_t new_size, bool is_bilinear) {
  std::vector<Sample> samples;
  const float scale = static_cast<float>(old_size) / static_cast<float>(new_size);
  for (int64_t i = 0; i < new_size; ++i) {
    const float middle = (static_cast<float>(i) + 0.5f) * scale;
    if (!is_bilinear) {
      const int64_t nearest = std::min(static_cast<int64_t>(std::floor(middle)), old_size - 1);
      samples.push_back({nearest, nearest, 0});
      continue;
    }
    const float place = middle - 0.5f, below = std::floor(place);
    samples.push_back({std::max<int64_t>(static_cast<int64_t>(below), 0),
                       std::min(static_cast<int64_t>(std::ceil(place)), old_size - 1), place - below});
  }
  return samples;
}

float mixed(float a, float b, float weight) { return a + (b - a) * weight; }

}  // namespace

Tensor resize_image(const Tensor& image, int64_t height, int64_t width, bool is_bilinear) {
  const int64_t old_width = image.shape()[1], channels = image.shape()[2];
  const auto rows = samples_of(image.shape()[0], height, is_bilinear);
  const auto columns = samples_of(old_width, width, is_bilinear);
  Tensor result = Tensor::allocate({height, width, channels}, float32);
  auto* to = static_cast<float*>(result.mutable_data());
  const uint8_t* const from = image.data<uint8_t>().data();
  for (const Sample& row : rows) {
    const uint8_t* const upper_row = from + row.lower * old_width * channels;
    const uint8_t* const lower_row = from + row.upper * old_width * channels;
    for (const Sample& column : columns)
      for (int64_t channel = 0; channel < channels; ++channel) {
        const int64_t left = column.lower * channels + channel, right = column.upper * channels + channel;
        *to++ = mixed(mixed(upper_row[left], upper_row[right], column.weight),
                      mixed(lower_row[left], lower_row[right], column.weight), row.weight);
      }
  }
  return result;
}

Tensor crop_to_aspect_ratio(const Tensor& image, int64_t height, int64_t width) {
  const int64_t old_height = image.shape()[0], old_width = image.shape()[1];
  const int64_t kept_height = std::min(old_height, std::max<int64_t>(1, old_width * height / width));
  const int64_t kept_width = std::min(old_width, std::max<int64_t>(1, old_height * width / height));
  const int64_t top = (old_height - kept_height) / 2, left = (old_width - kept_width) / 2;
  return image.slice({{top, top + kept_height}, {left, left + kept_width}});
}

}  // namespace cornu::utils
