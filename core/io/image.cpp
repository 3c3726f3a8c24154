#include <cmath>
#include <cstring>

#include <cornu/core/error.h>
#include <cornu/core/io/image.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/io/internal/pixels.h>

namespace cornu::io {

namespace {

Pixels decode(std::string_view bytes) {
  std::string problem;
  Pixels pixels;
  const bool is_png = bytes.substr(0, 8) == "\x89PNG\r\n\x1A\n";
  const bool is_jpeg = bytes.substr(0, 3) == "\xFF\xD8\xFF";
  if (is_png) pixels = decode_png(bytes, problem);
  if (is_jpeg) pixels = decode_jpeg(bytes, problem);
  if (!is_png && !is_jpeg) throw ValueError("decode_image: the bytes are neither a PNG nor a JPEG file");
  if (!problem.empty())
    throw ValueError(std::string("decode_image: the ") + (is_png ? "PNG" : "JPEG") + " file is damaged: " + problem);
  return pixels;
}

uint8_t grey_of(const uint8_t* pixel) {
  return static_cast<uint8_t>(std::lround(0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]));
}

/// One pixel with as many channels as are wanted.
void convert_pixel(const uint8_t* from, int has, uint8_t* to, int wanted) {
  if (wanted == 1) {
    to[0] = has == 1 ? from[0] : grey_of(from);
    return;
  }
  for (int channel = 0; channel < 3; ++channel) to[channel] = from[has == 1 ? 0 : channel];
  if (wanted == 4) to[3] = has == 4 ? from[3] : 255;
}

}  // namespace

Tensor decode_image(std::string_view bytes, const DecodeImageOptions& options) {
  const int channels = options.channels;
  if (channels != 0 && channels != 1 && channels != 3 && channels != 4)
    throw ValueError("decode_image: channels must be 0, 1, 3 or 4; received " + std::to_string(channels));
  const Pixels pixels = decode(bytes);
  const int wanted = channels == 0 ? pixels.channels : channels;
  Tensor image = Tensor::allocate({pixels.height, pixels.width, wanted}, uint8);
  auto* const to = static_cast<uint8_t*>(image.mutable_data());
  if (wanted == pixels.channels) {
    std::memcpy(to, pixels.bytes.data(), pixels.bytes.size());
    return image;
  }
  for (int64_t i = 0; i < pixels.height * pixels.width; ++i)
    convert_pixel(pixels.bytes.data() + i * pixels.channels, pixels.channels, to + i * wanted, wanted);
  return image;
}

Tensor load_image(const std::string& path, const DecodeImageOptions& options) {
  const std::string bytes = read_file(path);
  try {
    return decode_image(bytes, options);
  } catch (const ValueError& error) {
    throw FileError(path + ": " + error.what());
  }
}

}  // namespace cornu::io
