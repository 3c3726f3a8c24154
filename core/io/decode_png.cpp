#include <csetjmp>
#include <cstring>

#include <png.h>

#include <cornu/core/io/internal/pixels.h>

namespace cornu::io {

namespace {

/// What libpng reads from and tells problems to.
struct Input {
  std::string_view rest;
  std::string& problem;
};

void read_bytes(png_structp png, png_bytep bytes, size_t count) {
  auto& input = *static_cast<Input*>(png_get_io_ptr(png));
  if (count > input.rest.size()) png_error(png, "it ends too early");
  std::memcpy(bytes, input.rest.data(), count);
  input.rest.remove_prefix(count);
}
void keep_silent(png_structp, png_const_charp) {}
void leave(png_structp png, png_const_charp message) {
  *static_cast<std::string*>(png_get_error_ptr(png)) = message;
  png_longjmp(png, 1);
}

/// libpng leaves through longjmp, over nothing that has a destructor.
bool read_header(png_structp png, png_infop header) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_read_info(png, header);
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_packing(png);
  if (png_get_color_type(png, header) == PNG_COLOR_TYPE_GRAY_ALPHA) png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, header);
  return true;
}

/// Grey with a transparent colour has become grey with alpha by expansion.
bool read_rows(png_structp png, png_bytepp rows) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_read_image(png, rows);
  png_read_end(png, nullptr);
  return true;
}

Pixels without_grey_alpha(Pixels pixels) {
  if (pixels.channels != 2) return pixels;
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < pixels.bytes.size(); i += 2)
    bytes.insert(bytes.end(), {pixels.bytes[i], pixels.bytes[i], pixels.bytes[i], pixels.bytes[i + 1]});
  pixels.bytes = std::move(bytes);
  pixels.channels = 4;
  return pixels;
}

bool decode(png_structp png, png_infop header, Pixels& pixels, std::string& problem) {
  if (!read_header(png, header)) return false;
  pixels.height = png_get_image_height(png, header);
  pixels.width = png_get_image_width(png, header);
  pixels.channels = png_get_channels(png, header);
  if (is_too_large(static_cast<uint64_t>(pixels.height), static_cast<uint64_t>(pixels.width))) {
    problem = "it is too large";
    return false;
  }
  const size_t row_size = png_get_rowbytes(png, header);
  pixels.bytes.resize(row_size * static_cast<size_t>(pixels.height));
  std::vector<png_bytep> rows;
  for (int64_t row = 0; row < pixels.height; ++row)
    rows.push_back(pixels.bytes.data() + static_cast<size_t>(row) * row_size);
  return read_rows(png, rows.data());
}

}  // namespace

Pixels decode_png(std::string_view file, std::string& problem) {
  Input input{file, problem};
  Pixels pixels;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &problem, leave, keep_silent);
  png_infop header = png ? png_create_info_struct(png) : nullptr;
  bool is_read = false;
  if (header) {
    png_set_read_fn(png, &input, read_bytes);
    is_read = decode(png, header, pixels, problem);
  }
  png_destroy_read_struct(&png, &header, nullptr);
  if (!is_read && problem.empty()) problem = "memory is short";
  return is_read ? without_grey_alpha(std::move(pixels)) : Pixels();
}

}  // namespace cornu::io
