#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <catch2/catch.hpp>
#include <jpeglib.h>

#include <cornu/core/io/internal/png.h>
#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

using Bytes = std::vector<uint8_t>;

std::string png(const Bytes& pixels, int64_t height, int64_t width, int64_t channels) {
  return io::encode_png(pixels.data(), height, width, channels);
}

/// A JPEG file of one colour, written by libjpeg itself.
std::string jpeg(const Bytes& color, J_COLOR_SPACE space, unsigned side = 16) {
  jpeg_compress_struct file = {};
  jpeg_error_mgr errors;
  file.err = jpeg_std_error(&errors);
  jpeg_create_compress(&file);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&file, &bytes, &size);
  file.image_width = file.image_height = side;
  file.input_components = static_cast<int>(color.size());
  file.in_color_space = space;
  jpeg_set_defaults(&file);
  jpeg_set_quality(&file, 100, TRUE);
  jpeg_start_compress(&file, TRUE);
  Bytes row;
  for (unsigned i = 0; i < side; ++i) row.insert(row.end(), color.begin(), color.end());
  JSAMPROW rows = row.data();
  for (unsigned i = 0; i < side; ++i) jpeg_write_scanlines(&file, &rows, 1);
  jpeg_finish_compress(&file);
  std::string result(reinterpret_cast<char*>(bytes), size);
  jpeg_destroy_compress(&file);
  std::free(bytes);
  return result;
}

Bytes decoded(const std::string& file, int channels = 0) {
  return io::decode_image(file, {.channels = channels}).to_vector<uint8_t>();
}

void check_near(const Bytes& pixel, const std::vector<int>& expected) {
  REQUIRE(pixel.size() >= expected.size());
  for (size_t i = 0; i < expected.size(); ++i) CHECK(std::abs(pixel[i] - expected[i]) <= 2);
}

}  // namespace

TEST_CASE("PNG files give their pixels, in the channels that are wanted") {
  const Bytes rgb = {255, 0, 0, 10, 20, 30};
  const Tensor image = io::decode_image(png(rgb, 1, 2, 3));
  CHECK(image.shape() == Shape({1, 2, 3}));
  CHECK(image.to_vector<uint8_t>() == rgb);
  CHECK(decoded(png(rgb, 1, 2, 3), 4) == Bytes{255, 0, 0, 255, 10, 20, 30, 255});
  CHECK(decoded(png(rgb, 1, 2, 3), 1) == Bytes{76, 18});  // 0.299 * 255; 2.99 + 11.74 + 3.42
  CHECK(decoded(png({1, 2, 3, 4}, 1, 1, 4), 3) == Bytes{1, 2, 3});
  CHECK(decoded(png({1, 2, 3, 4}, 1, 1, 4)) == Bytes{1, 2, 3, 4});
  CHECK(decoded(png({7, 9}, 2, 1, 1)) == Bytes{7, 9});
  CHECK(decoded(png({7}, 1, 1, 1), 3) == Bytes{7, 7, 7});
  CHECK(decoded(png({7, 200}, 1, 1, 2)) == Bytes{7, 7, 7, 200});
  CHECK(decoded(png({7, 200}, 1, 1, 2), 1) == Bytes{7});
}

TEST_CASE("JPEG files give their pixels, in the channels that are wanted") {
  const Tensor image = io::decode_image(jpeg({200, 100, 50}, JCS_RGB));
  CHECK(image.shape() == Shape({16, 16, 3}));
  check_near(image.to_vector<uint8_t>(), {200, 100, 50});
  check_near(decoded(jpeg({200, 100, 50}, JCS_RGB), 4), {200, 100, 50, 255});
  check_near(decoded(jpeg({120}, JCS_GRAYSCALE)), {120, 120});
  CHECK(io::decode_image(jpeg({120}, JCS_GRAYSCALE)).shape() == Shape({16, 16, 1}));
  check_near(decoded(jpeg({120}, JCS_GRAYSCALE), 3), {120, 120, 120});
  check_near(decoded(jpeg({255, 128, 0, 255}, JCS_CMYK)), {255, 128, 0});  // inverted, as libjpeg marks it
}

TEST_CASE("files that are no picture or damaged are refused") {
  CHECK_THROWS_WITH(decoded("hello"), Contains("neither a PNG nor a JPEG"));
  CHECK_THROWS_AS(decoded(""), ValueError);
  CHECK_THROWS_AS(decoded(png({7}, 1, 1, 1), 2), ValueError);
  const std::string a = png(Bytes(300, 7), 10, 10, 3), b = jpeg({200, 100, 50}, JCS_RGB, 64);
  for (const size_t size : {size_t{9}, size_t{40}, a.size() / 2, a.size() - 5})
    CHECK_THROWS_WITH(decoded(a.substr(0, size)), Contains("the PNG file is damaged"));
  for (const size_t size : {size_t{4}, size_t{100}, b.size() / 2, b.size() - 5})
    CHECK_THROWS_WITH(decoded(b.substr(0, size)), Contains("the JPEG file is damaged"));
  std::string large = a;
  large.replace(16, 8, std::string("\0\x0f\x42\x40\0\x0f\x42\x40", 8));  // a million rows and columns, a wrong checksum
  CHECK_THROWS_AS(decoded(large), ValueError);
}

TEST_CASE("load_image names the file") {
  CHECK_THROWS_WITH(io::load_image("no-such-file.png"), Contains("no-such-file.png"));
  const std::string path = (std::filesystem::temp_directory_path() / "cornu_image_test.png").string();
  io::write_file_atomically(path, std::string_view("hello"));
  try {
    io::load_image(path);
    FAIL();
  } catch (const FileError& error) {
    CHECK_THAT(error.what(), Contains(path));
  }
  io::write_file_atomically(path, png({7}, 1, 1, 1));
  CHECK(io::load_image(path).to_vector<uint8_t>() == Bytes{7});
  std::filesystem::remove(path);
}
