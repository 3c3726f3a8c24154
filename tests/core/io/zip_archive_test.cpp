#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <zip.h>

#include "core/io/temporary_folder.h"
#include "paths.h"
#include <cornu/core/error.h>
#include <cornu/core/io/internal/checksummed.h>
#include <cornu/core/io/internal/zip_archive.h>

using namespace cornu;
using Catch::Contains;

namespace {

void write_archive(const std::string& path, const std::vector<std::string>& names, const std::string& contents,
                   bool compressed = false) {
  io::ZipWriter writer("save");
  for (const std::string& name : names) writer.add(name, contents, compressed);
  writer.write(path);
}

/// All bytes of a member, by its place; the checksum is compared.
std::string read_place(const io::ZipReader& archive, const std::string& name) {
  const io::ZipReader::Place place = archive.place(name);
  if (!place.checksum) return place.bytes->read_text(0, place.bytes->size(), "contents");
  io::Checksummed checked(*place.bytes, *place.checksum);
  const std::string bytes = checked.read_text(0, checked.size(), "contents");
  checked.finish();
  return bytes;
}

}  // namespace

TEST_CASE("members of a zip archive are read front to back and at their places") {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i);
  for (const bool compressed : {false, true}) {
    write_archive(folder / "x.zip", {"a.txt", "b/c.txt"}, text, compressed);
    const io::ZipReader archive(folder / "x.zip", "a zip archive");
    CHECK(archive.names() == std::vector<std::string>{"a.txt", "b/c.txt"});
    CHECK(archive.contains("a.txt"));
    CHECK_FALSE(archive.contains("c.txt"));
    CHECK(archive.read("b/c.txt", 10'000'000) == text);
    CHECK(read_place(archive, "b/c.txt") == text);
    CHECK_THROWS_WITH(archive.read("b/c.txt", 1000), Contains("at most 1000 bytes"));
    CHECK_THROWS_WITH(archive.open("nothing"), Contains("no member 'nothing'"));
    archive.check_names();
  }
}

TEST_CASE("the archive of a Keras model is read at its places") {
  const io::ZipReader archive(std::string(test_data_directory) + "/keras/files/cnn.keras", "a .keras file");
  CHECK(archive.names() == std::vector<std::string>{"metadata.json", "config.json", "model.weights.h5"});
  CHECK_THAT(read_place(archive, "metadata.json"), Contains("\"keras_version\": \"3.16.0\""));
  CHECK(read_place(archive, "model.weights.h5").size() == 20220);
}

TEST_CASE("names that lead out of an archive are refused") {
  const TemporaryFolder folder;
  for (const char* name : {"/etc/passwd", "../x", "a/../../x", "a\\..\\x", "C:/x", "\\x", ".."}) {
    write_archive(folder / "x.zip", {"good", name}, "text");
    const io::ZipReader archive(folder / "x.zip", "a zip archive");
    CHECK_THROWS_WITH(archive.check_names(), Contains("leads out"));
  }
  write_archive(folder / "x.zip", {"..a", "a..", "a/..b/c"}, "text");
  io::ZipReader(folder / "x.zip", "a zip archive").check_names();
}

TEST_CASE("a zip archive cut off or changed anywhere is an error or as it was") {
  const TemporaryFolder folder;
  const std::string path = folder / "x.zip";
  for (const bool compressed : {false, true}) {
    write_archive(path, {"a"}, "some text", compressed);
    const std::string bytes = read_bytes(path);
    for (size_t length = 0; length < bytes.size(); ++length) {
      write_bytes(path, bytes.substr(0, length));
      CHECK_THROWS_AS(io::ZipReader(path, "a zip archive"), FileError);
    }
    for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      write_bytes(path, flipped);
      try {
        const io::ZipReader archive(path, "a zip archive");
        for (const std::string& name : archive.names()) {
          const std::string contents = read_place(archive, name);
          CHECK(contents == "some text");
        }
      } catch (const FileError& error) {
        CHECK_THAT(error.what(), Contains(path));
      }
    }
  }
}

TEST_CASE("sizes that a zip archive claims must be there") {
  const TemporaryFolder folder;
  write_archive(folder / "x.zip", {"a"}, "some text");
  std::string bytes = read_bytes(folder / "x.zip");
  const size_t local = 18, entry = bytes.find("PK\x01\x02") + 20;
  for (const size_t place : {local, local + 4, entry, entry + 4}) bytes[place] = bytes[place + 3] = 0x70;
  write_bytes(folder / "x.zip", bytes);
  CHECK_THROWS_AS(io::ZipReader(folder / "x.zip", "a zip archive"), FileError);
}

TEST_CASE("a checksum covers what is read and what is not") {
  io::MemoryRange bytes("123456789", "text");
  constexpr uint32_t check_value = 0xcbf43926;  // of the CRC-32 of these digits, by its definition
  io::Checksummed forwards(bytes, check_value), mixed(bytes, check_value), wrong(bytes, check_value + 1);
  CHECK(forwards.read_text(0, 9, "text") == "123456789");
  forwards.finish();
  CHECK(mixed.read_text(3, 2, "text") == "45");
  CHECK(mixed.read_text(1, 6, "text") == "234567");
  mixed.finish();
  CHECK_THROWS_WITH(wrong.finish(), Contains("checksum"));
  CHECK_THROWS_AS(forwards.read_text(5, 5, "text"), FileError);
}
