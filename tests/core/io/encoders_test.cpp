// PNG, WAV and gzip, read back by libpng, by hand and by zlib.
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <png.h>
#include <zlib.h>

#include "core/io/png_pixels.h"
#include "core/io/temporary_folder.h"
#include <cornu/core/error.h>
#include <cornu/core/io/internal/gzip.h>
#include <cornu/core/io/internal/png.h>
#include <cornu/core/io/internal/wav.h>

using namespace cornu;

namespace {

std::vector<uint8_t> counting(int64_t count) {
  std::vector<uint8_t> bytes;
  for (int64_t i = 0; i < count; ++i) bytes.push_back(static_cast<uint8_t>(i * 37 + 11));
  return bytes;
}

template <class T>
T number_at(const std::string& bytes, size_t place) {
  T number = 0;
  for (size_t i = sizeof number; i-- > 0;)
    number = static_cast<T>(number << 8 | static_cast<uint8_t>(bytes[place + i]));
  return number;
}

}  // namespace

TEST_CASE("libpng reads the pixels that were written") {
  for (int64_t channels = 1; channels <= 4; ++channels)
    for (const auto& [height, width] : {std::pair{1, 1}, {3, 5}, {64, 2}}) {
      const std::vector<uint8_t> pixels = counting(height * width * channels);
      const PngPixels read = read_png(io::encode_png(pixels.data(), height, width, channels));
      CHECK(read.height == height);
      CHECK(read.width == width);
      CHECK(read.channels == channels);
      CHECK(read.pixels == pixels);
    }
}

TEST_CASE("what is no picture is refused") {
  const std::vector<uint8_t> pixels(64);
  CHECK_THROWS_AS(io::encode_png(pixels.data(), 0, 4, 1), ValueError);
  CHECK_THROWS_AS(io::encode_png(pixels.data(), 4, 0, 1), ValueError);
  CHECK_THROWS_AS(io::encode_png(pixels.data(), 2, 2, 5), ValueError);
  CHECK_THROWS_AS(io::encode_png(pixels.data(), 2, 2, 0), ValueError);
}

TEST_CASE("a WAV file is a header of 44 bytes and samples of 16 bits") {
  const std::vector<float> samples = {0.f, 1.f, -1.f, 0.5f, -0.5f, 2.f, -2.f, NAN};
  const std::string file = io::encode_wav(samples.data(), 4, 2, 8000);
  REQUIRE(file.size() == 44 + 16);
  CHECK(file.substr(0, 4) == "RIFF");
  CHECK(number_at<uint32_t>(file, 4) == file.size() - 8);
  CHECK(file.substr(8, 8) == "WAVEfmt ");
  CHECK(number_at<uint32_t>(file, 16) == 16);
  CHECK(number_at<uint16_t>(file, 20) == 1);
  CHECK(number_at<uint16_t>(file, 22) == 2);
  CHECK(number_at<uint32_t>(file, 24) == 8000);
  CHECK(number_at<uint32_t>(file, 28) == 32000);
  CHECK(number_at<uint16_t>(file, 32) == 4);
  CHECK(number_at<uint16_t>(file, 34) == 16);
  CHECK(file.substr(36, 4) == "data");
  CHECK(number_at<uint32_t>(file, 40) == 16);
  const std::vector<int> expected = {0, 32767, -32768, 16384, -16384, 32767, -32768, 0};
  for (size_t i = 0; i < expected.size(); ++i) CHECK(number_at<int16_t>(file, 44 + 2 * i) == expected[i]);
}

TEST_CASE("a WAV file that cannot be is refused") {
  const std::vector<float> samples(8);
  CHECK_THROWS_AS(io::encode_wav(samples.data(), 8, 0, 8000), ValueError);
  CHECK_THROWS_AS(io::encode_wav(samples.data(), 8, 1, 0), ValueError);
  CHECK_THROWS_AS(io::encode_wav(samples.data(), int64_t{1} << 40, 1, 8000), ValueError);
  CHECK(io::encode_wav(samples.data(), 0, 1, 8000).size() == 44);
}

TEST_CASE("zlib reads what was compressed") {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919 % 10'007) + ",";
  for (const std::string& bytes : {std::string(), std::string("short"), text}) {
    write_bytes(folder / "file.gz", io::gzip(bytes));
    gzFile file = gzopen((folder / "file.gz").c_str(), "rb");
    std::string read(bytes.size() + 1, '\0');
    const int count = gzread(file, read.data(), static_cast<unsigned>(read.size()));
    gzclose(file);
    REQUIRE(count == static_cast<int>(bytes.size()));
    read.resize(bytes.size());
    CHECK(read == bytes);
  }
  CHECK(io::gzip(text).size() < text.size() / 2);
}
