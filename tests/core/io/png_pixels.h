#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <png.h>

struct PngPixels {
  int64_t height = 0, width = 0, channels = 0;
  std::vector<uint8_t> pixels = {};
};

/// What libpng reads from the bytes of a file.
inline PngPixels read_png(const std::string& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, file.data(), file.size())) throw std::runtime_error(image.message);
  PngPixels result{image.height, image.width, PNG_IMAGE_SAMPLE_CHANNELS(image.format)};
  result.pixels.resize(PNG_IMAGE_SIZE(image));
  if (!png_image_finish_read(&image, nullptr, result.pixels.data(), 0, nullptr))
    throw std::runtime_error(image.message);
  return result;
}
