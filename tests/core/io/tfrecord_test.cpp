#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include "core/io/temporary_folder.h"
#include <cornu/core/error.h>
#include <cornu/core/io/crc32c.h>
#include <cornu/core/io/tfrecord.h>

using namespace cornu;
using namespace cornu::io;

namespace {

std::vector<std::string> read_all(const std::string& path) {
  TFRecordReader reader(path);
  std::vector<std::string> records;
  while (std::optional<std::string> record = reader.next()) records.push_back(*record);
  return records;
}

void write_all(const std::string& path, const std::vector<std::string>& records) {
  TFRecordWriter writer(path);
  for (const std::string& record : records) writer.write(record);
  writer.close();
}

}  // namespace

TEST_CASE("a record is its length, its bytes and a checksum of each") {
  const TemporaryFolder folder;
  write_all(folder / "file", {"abc"});
  const std::string bytes = read_bytes(folder / "file");
  REQUIRE(bytes.size() == 8 + 4 + 3 + 4);
  const std::string length("\3\0\0\0\0\0\0\0", 8);
  CHECK(bytes.substr(0, 8) == length);
  const auto little_endian = [](uint32_t number) {
    return std::string{static_cast<char>(number), static_cast<char>(number >> 8), static_cast<char>(number >> 16),
                       static_cast<char>(number >> 24)};
  };
  CHECK(bytes.substr(8, 4) == little_endian(masked_crc32c(length)));
  CHECK(bytes.substr(12, 3) == "abc");
  CHECK(bytes.substr(15) == little_endian(masked_crc32c("abc")));
}

TEST_CASE("records come back in order, whatever their size") {
  const TemporaryFolder folder;
  const std::vector<std::string> records = {"", "one", std::string(200'000, 'x'), std::string("\0\1\2", 3), ""};
  write_all(folder / "file", records);
  CHECK(read_all(folder / "file") == records);
  write_all(folder / "file", {"replaced"});
  CHECK(read_all(folder / "file") == std::vector<std::string>{"replaced"});
  write_bytes(folder / "empty", "");
  CHECK(read_all(folder / "empty").empty());
}

TEST_CASE("a file that was cut off ends with its last whole record") {
  const TemporaryFolder folder;
  write_all(folder / "file", {"first", "second"});
  const std::string bytes = read_bytes(folder / "file");
  const size_t first = 16 + 5;
  for (size_t size = 0; size <= bytes.size(); ++size) {
    write_bytes(folder / "cut", bytes.substr(0, size));
    TFRecordReader reader(folder / "cut");
    size_t count = 0;
    while (reader.next()) ++count;
    CHECK(count == size_t{size >= first} + size_t{size == bytes.size()});
    CHECK(reader.is_truncated() == (size != 0 && size != first && size != bytes.size()));
    CHECK_FALSE(reader.next());
  }
}

TEST_CASE("every flipped bit is found, and the place is named") {
  const TemporaryFolder folder;
  write_all(folder / "file", {"first", "second"});
  const std::string bytes = read_bytes(folder / "file");
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << i % 8));
    write_bytes(folder / "damaged", damaged);
    CHECK_THROWS_AS(read_all(folder / "damaged"), FileError);
  }
  std::string damaged = bytes;
  damaged[21 + 12] ^= 1;
  write_bytes(folder / "damaged", damaged);
  CHECK_THROWS_WITH(read_all(folder / "damaged"), Catch::Contains("damaged") && Catch::Contains("record 1 at byte 21"));
}

TEST_CASE("a length that claims more than there is takes no memory") {
  const TemporaryFolder folder;
  const std::string length("\xff\xff\xff\xff\xff\xff\xff\x7f", 8);
  std::string header = length;
  const uint32_t sum = masked_crc32c(length);
  header.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  write_bytes(folder / "file", header + "abc");
  TFRecordReader reader(folder / "file");
  CHECK_FALSE(reader.next());
  CHECK(reader.is_truncated());
}

TEST_CASE("what cannot be written is an error that names the file") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(TFRecordWriter(folder / "missing/file"), Catch::Contains("missing/file"));
  CHECK_THROWS_AS(TFRecordReader(folder / "missing"), FileError);
  write_bytes(folder / "file", "");
  CHECK_THROWS_AS(TFRecordWriter(folder / "file", TFRecordWriter::Existing::refuse), FileError);
  TFRecordWriter writer(folder / "closed");
  writer.close();
  writer.close();
  CHECK_THROWS_AS(writer.write("late"), StateError);
}

TEST_CASE("a full disk leaves whole records") {
  const TemporaryFolder folder;
  rlimit limit;
  REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = limit;
  small.rlim_cur = 100'000;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  TFRecordWriter writer(folder / "file");
  const std::string record(10'000, 'x');
  const auto fill = [&] {
    for (int i = 0; i < 100; ++i) {
      writer.write(record);
      writer.flush();
    }
  };
  CHECK_THROWS_AS(fill(), FileError);
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  CHECK_THROWS_AS(writer.write("late"), StateError);
  CHECK(read_all(folder / "file") == std::vector<std::string>(9, record));
  TFRecordReader reader(folder / "file");
  while (reader.next()) continue;
  CHECK_FALSE(reader.is_truncated());
}
