#include <csetjmp>
#include <cstdio>

#include <jerror.h>
#include <jpeglib.h>

#include <cornu/core/io/internal/pixels.h>

namespace cornu::io {

namespace {

/// libjpeg's handler of errors, with the place that it leaves to.
struct Errors : jpeg_error_mgr {
  std::jmp_buf place;
  char message[JMSG_LENGTH_MAX] = {};
};

void leave(j_common_ptr common) {
  auto* const errors = static_cast<Errors*>(common->err);
  common->err->format_message(common, errors->message);
  std::longjmp(errors->place, 1);
}
/// A file that ends too early is an error, not a picture with a grey end.
void leave_at_early_end(j_common_ptr common, int level) {
  const int code = common->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) leave(common);
}
void keep_silent(j_common_ptr) {}

/// libjpeg leaves through longjmp, over nothing that has a destructor.
bool read_header(jpeg_decompress_struct& jpeg, Errors& errors, std::string_view file) {
  if (setjmp(errors.place)) return false;
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(file.data()), static_cast<unsigned long>(file.size()));
  jpeg_read_header(&jpeg, TRUE);
  const bool is_cmyk = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
  if (is_cmyk)
    jpeg.out_color_space = JCS_CMYK;
  else if (jpeg.jpeg_color_space != JCS_GRAYSCALE)
    jpeg.out_color_space = JCS_RGB;
  jpeg_calc_output_dimensions(&jpeg);
  return true;
}

bool read_rows(jpeg_decompress_struct& jpeg, Errors& errors, uint8_t* bytes) {
  if (setjmp(errors.place)) return false;
  jpeg_start_decompress(&jpeg);
  const size_t row_size = static_cast<size_t>(jpeg.output_width) * static_cast<size_t>(jpeg.output_components);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = bytes + row_size * jpeg.output_scanline;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

/// Inks, which programs of Adobe write inverted, as light.
Pixels rgb_of_cmyk(Pixels pixels, bool is_inverted) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < pixels.bytes.size(); i += 4)
    for (size_t channel = 0; channel < 3; ++channel) {
      const int ink = is_inverted ? pixels.bytes[i + channel] : 255 - pixels.bytes[i + channel];
      const int key = is_inverted ? pixels.bytes[i + 3] : 255 - pixels.bytes[i + 3];
      bytes.push_back(static_cast<uint8_t>(ink * key / 255));
    }
  pixels.bytes = std::move(bytes);
  pixels.channels = 3;
  return pixels;
}

}  // namespace

Pixels decode_jpeg(std::string_view file, std::string& problem) {
  jpeg_decompress_struct jpeg = {};
  Errors errors;
  jpeg.err = jpeg_std_error(&errors);
  errors.error_exit = leave;
  errors.emit_message = leave_at_early_end;
  errors.output_message = keep_silent;
  Pixels pixels;
  bool is_read = read_header(jpeg, errors, file);
  if (is_read && is_too_large(jpeg.output_height, jpeg.output_width)) {
    problem = "it is too large";
    is_read = false;
  }
  if (is_read) {
    pixels.height = jpeg.output_height;
    pixels.width = jpeg.output_width;
    pixels.channels = jpeg.out_color_components;
    pixels.bytes.resize(static_cast<size_t>(pixels.height * pixels.width * pixels.channels));
    is_read = read_rows(jpeg, errors, pixels.bytes.data());
  }
  const bool is_inverted = jpeg.saw_Adobe_marker;
  jpeg_destroy_decompress(&jpeg);
  if (!is_read && problem.empty()) problem = errors.message;
  if (!is_read) return {};
  return pixels.channels == 4 ? rgb_of_cmyk(std::move(pixels), is_inverted) : std::move(pixels);
}

}  // namespace cornu::io
