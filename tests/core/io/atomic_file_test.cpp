#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/io/temporary_folder.h"
#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/internal/input_file.h>

using namespace cornu;
using namespace cornu::io;

namespace fs = std::filesystem;

TEST_CASE("a file is there, whole, after commit and not before") {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  {
    AtomicFile file(path);
    file.write("one ");
    file.write(std::string(200'000, 'x'));
    file.write("two");
    CHECK(file.position() == 200'007);
    CHECK_FALSE(fs::exists(path));
    file.commit();
  }
  CHECK(read_bytes(path) == "one " + std::string(200'000, 'x') + "two");
  CHECK(folder.file_count() == 1);
}

TEST_CASE("without commit everything stays as it was") {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  write_bytes(path, "before");
  {
    AtomicFile file(path);
    file.write(std::string(200'000, 'x'));
    CHECK(folder.file_count() == 2);
  }
  CHECK(read_bytes(path) == "before");
  CHECK(folder.file_count() == 1);

  CHECK_THROWS_AS(write_file_atomically(path,
                                        [](AtomicFile& file) {
                                          file.write("half");
                                          throw std::runtime_error("stopped");
                                        }),
                  std::runtime_error);
  CHECK(read_bytes(path) == "before");
  CHECK(folder.file_count() == 1);
}

TEST_CASE("a file is replaced and keeps its permissions") {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  write_file_atomically(path, "before");
  REQUIRE(chmod(path.c_str(), 0640) == 0);
  write_file_atomically(path, "after");
  CHECK(read_bytes(path) == "after");
  CHECK(fs::status(path).permissions() == fs::perms(0640));
  const std::vector<std::byte> bytes{std::byte{1}, std::byte{0}, std::byte{255}};
  write_file_atomically(path, bytes);
  CHECK(read_bytes(path) == std::string("\1\0\xff", 3));
  write_file_atomically(path, std::string_view());
  CHECK(fs::file_size(path) == 0);
}

TEST_CASE("a symbolic link stays a link") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "real");
  fs::create_symlink(folder / "real/file", folder / "link");
  write_file_atomically(folder / "link", "through a link to nothing yet");
  CHECK(read_bytes(folder / "real/file") == "through a link to nothing yet");
  write_file_atomically(folder / "link", "again");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(read_bytes(folder / "real/file") == "again");
}

TEST_CASE("what cannot be written is named") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(AtomicFile(folder / "missing/file"), FileError);
  CHECK_THROWS_WITH(AtomicFile(folder / "missing/file"),
                    Catch::Contains("missing/file") && Catch::Contains("No such file"));
  CHECK_THROWS_WITH(AtomicFile(folder.path()), Catch::Contains(folder.path()) && Catch::Contains("folder"));
  CHECK_THROWS_AS(AtomicFile("/dev/null"), FileError);
  CHECK_THROWS_AS(AtomicFile(""), FileError);
  CHECK(folder.file_count() == 0);

  AtomicFile file(folder / "file");
  file.commit();
  CHECK_THROWS_AS(file.write("late"), StateError);
  CHECK_THROWS_AS(file.commit(), StateError);
}

TEST_CASE("a full disk leaves the old file") {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  write_bytes(path, "before");
  rlimit limit;
  REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = limit;
  small.rlim_cur = 100'000;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  CHECK_THROWS_AS(write_file_atomically(path, std::string(300'000, 'x')), FileError);
  CHECK_THROWS_AS(write_file_atomically(path,
                                        [](AtomicFile& file) {
                                          for (int i = 0; i < 300; ++i) file.write(std::string(1000, 'x'));
                                        }),
                  FileError);
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  CHECK(read_bytes(path) == "before");
  CHECK(folder.file_count() == 1);
}

TEST_CASE("threads that write one file leave one of their versions") {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  std::vector<std::thread> threads;
  for (char name = 'a'; name < 'e'; ++name)
    threads.emplace_back([&, name] {
      for (int i = 0; i < 10; ++i) write_file_atomically(path, std::string(1000, name));
    });
  for (std::thread& thread : threads) thread.join();
  const std::string bytes = read_bytes(path);
  CHECK(bytes == std::string(1000, bytes[0]));
  CHECK(folder.file_count() == 1);
}

TEST_CASE("files are read front to back") {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  write_bytes(path, "0123456789");
  CHECK(read_file(path) == "0123456789");
  InputFile file(path);
  CHECK(file.size() == 10);
  CHECK(file.read_text(4, "start") == "0123");
  CHECK(file.position() == 4);
  CHECK(file.remaining() == 6);
  CHECK_THROWS_AS(file.read_text(7, "tail"), FileError);
  CHECK_THROWS_WITH(file.read_text(size_t{1} << 60, "tail"),
                    Catch::Contains(path) && Catch::Contains("tail") && Catch::Contains("10"));
  CHECK(file.read_text(6, "tail") == "456789");
  file.seek(2);
  CHECK(file.read_text(3, "middle") == "234");
  file.seek(10);
  CHECK(file.remaining() == 0);
  CHECK_THROWS_AS(file.seek(11), FileError);
}

TEST_CASE("what cannot be read is named") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(InputFile(folder / "missing"), FileError);
  CHECK_THROWS_WITH(read_file(folder / "missing"), Catch::Contains("missing") && Catch::Contains("No such file"));
  CHECK_THROWS_WITH(read_file(folder.path()), Catch::Contains("folder"));
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(read_file(folder / "pipe"), Catch::Contains("regular file"));
}
