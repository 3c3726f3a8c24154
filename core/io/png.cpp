#include <csetjmp>
#include <vector>

#include <png.h>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/png.h>

namespace cornu::io {

namespace {

constexpr int color_types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGBA};

/// libpng leaves through longjmp, over nothing that has a destructor.
bool write_png(png_structp png, png_infop header, png_bytepp rows) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_rows(png, header, rows);
  png_write_png(png, header, PNG_TRANSFORM_IDENTITY, nullptr);
  return true;
}

void append(png_structp png, png_bytep bytes, size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(bytes), count);
}
void nothing_to_flush(png_structp) {}
/// Failures are told by an exception, not on the terminal.
void keep_silent(png_structp, png_const_charp) {}
void leave(png_structp png, png_const_charp) { png_longjmp(png, 1); }

}  // namespace

std::string encode_png(const uint8_t* pixels, int64_t height, int64_t width, int64_t channels) {
  constexpr int64_t largest = 1'000'000;  // rows or columns: libpng's own limit
  if (height < 1 || width < 1 || height > largest || width > largest || channels < 1 || channels > 4)
    throw ValueError("PNG: expected 1 to 1000000 rows and columns of 1 to 4 channels; received " +
                     std::to_string(height) + " x " + std::to_string(width) + " x " + std::to_string(channels));
  std::vector<png_bytep> rows;
  for (int64_t row = 0; row < height; ++row) rows.push_back(const_cast<png_bytep>(pixels + row * width * channels));
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, leave, keep_silent);
  png_infop header = png ? png_create_info_struct(png) : nullptr;
  bool written = false;
  if (header) {
    png_set_write_fn(png, &file, append, nothing_to_flush);
    png_set_IHDR(png, header, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), 8,
                 color_types[channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    written = write_png(png, header, rows.data());
  }
  png_destroy_write_struct(&png, &header);
  if (!written) throw StateError("PNG: the picture could not be compressed; is memory short?");
  return file;
}

}  // namespace cornu::io
