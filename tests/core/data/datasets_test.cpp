#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <zlib.h>

#include <cornu/core/data/datasets.h>
#include <cornu/core/data/internal/idx.h>
#include <cornu/core/error.h>

namespace {

using namespace cornu;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using datasets::internal::kIdxFiles;

// A folder of its own for each test, gone afterwards.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "cornu_datasets_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& file) const { return (path_ / file).string(); }
  std::string string() const { return path_.string(); }

 private:
  fs::path path_;
};

// Sets an environment variable until the end of the scope.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~Environment() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

using Bytes = std::vector<uint8_t>;

void write(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
}

void write_gz(const std::string& path, const Bytes& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
}

const Bytes kImages = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 254, 255, 0};  // [2, 1, 3]
const Bytes kLabels = {0, 0, 8, 1, 0, 0, 0, 2, 9, 4};                                          // [2]

void write_all(const Folder& folder) {
  write(folder / kIdxFiles[0], kImages);
  write(folder / kIdxFiles[1], kLabels);
  write_gz(folder / (std::string(kIdxFiles[2]) + ".gz"), kImages);
  write_gz(folder / (std::string(kIdxFiles[3]) + ".gz"), kLabels);
}

const datasets::internal::IdxSource kAnyContent = {.name = "digits", .command = "./run digits"};

}  // namespace

TEST_CASE("IDX files are read plain and gzipped") {
  Folder folder;
  write_all(folder);
  const datasets::Split split = datasets::internal::load_idx(kAnyContent, folder.string());
  for (const datasets::Examples& examples : {split.train, split.test}) {
    CHECK(examples.x.shape() == Shape({2, 1, 3}));
    CHECK(examples.x.to_vector<uint8_t>() == Bytes({1, 2, 3, 254, 255, 0}));
    CHECK(examples.y.shape() == Shape({2}));
    CHECK(examples.y.to_vector<uint8_t>() == Bytes({9, 4}));
  }
}

TEST_CASE("an empty directory option means the cache") {
  Folder folder;
  Environment home("CORNU_HOME", folder.string());
  fs::create_directories(folder / "datasets");
  CHECK_THROWS_WITH(datasets::mnist::load_data(), Contains(folder / "datasets/mnist"));

  Environment no_cornu_home("CORNU_HOME", "");
  Environment user_home("HOME", folder.string());
  CHECK_THROWS_WITH(datasets::mnist::load_data(), Contains(folder / ".cornu/datasets/mnist"));
}

TEST_CASE("missing files are named with their folder and the command that brings them") {
  CHECK_THROWS_AS(datasets::mnist::load_data({.directory = "no-such-folder"}), FileError);
  CHECK_THROWS_WITH(datasets::mnist::load_data({.directory = "no-such-folder"}),
                    Contains("no-such-folder does not exist") && Contains("./run mnist") && Contains(kIdxFiles[0]) &&
                        Contains(kIdxFiles[1]) && Contains(kIdxFiles[2]) && Contains(kIdxFiles[3]));
  CHECK_THROWS_WITH(datasets::fashion_mnist::load_data({.directory = "no-such-folder"}),
                    Contains("fashion_mnist") && Contains("./run data"));

  Folder folder;
  write_all(folder);
  fs::remove(folder / kIdxFiles[1]);
  CHECK_THROWS_AS(datasets::internal::load_idx(kAnyContent, folder.string()), FileError);
  CHECK_THROWS_WITH(
      datasets::internal::load_idx(kAnyContent, folder.string()),
      Contains(folder.string()) && Contains(kIdxFiles[1]) && Contains("./run digits") && !Contains(kIdxFiles[0]));
}

TEST_CASE("a file of another content is refused by its MD5") {
  Folder folder;
  write_all(folder);
  CHECK_THROWS_AS(datasets::mnist::load_data({.directory = folder.string()}), FileError);
  CHECK_THROWS_WITH(datasets::mnist::load_data({.directory = folder.string()}),
                    Contains(folder / kIdxFiles[0]) && Contains("expected 6bbc9ace898e44ae57da46a324031adb"));

  const char* labels_md5 = "e255e6e8e94f87baf72f8e385ca311e4";
  CHECK_NOTHROW(datasets::internal::read_idx(folder / kIdxFiles[1], 1, labels_md5));
  CHECK_NOTHROW(datasets::internal::read_idx(folder / (std::string(kIdxFiles[3]) + ".gz"), 1, labels_md5));
}

TEST_CASE("damaged IDX files are refused") {
  Folder folder;
  const std::string path = folder / "file";
  const auto read = [&](int rank = 3) { return datasets::internal::read_idx(path, rank, nullptr); };
  const auto refused_with = [&](const Bytes& bytes, const std::string& text) {
    write(path, bytes);
    CHECK_THROWS_AS(read(), FileError);
    CHECK_THROWS_WITH(read(), Contains(path) && Contains(text));
  };
  Bytes bytes = kImages;
  CHECK_THROWS_AS(read(), FileError);  // not there
  refused_with({}, "not an IDX file");
  refused_with(Bytes(bytes.begin(), bytes.begin() + 10), "not an IDX file");
  refused_with(kLabels, "3 axes");
  bytes[2] = 0x0D;  // float32
  refused_with(bytes, "0 0 8 3");
  bytes = kImages;
  bytes.pop_back();
  refused_with(bytes, "only 5 follow");
  bytes = kImages;
  bytes.push_back(0);
  refused_with(bytes, "more follow");
  bytes = kImages;
  bytes[4] = bytes[8] = bytes[12] = 0xFF;  // 10^28 elements
  refused_with(bytes, "too short");
  bytes.assign({0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0});  // no elements, but no shape either
  refused_with(bytes, "too short");

  write_gz(path, Bytes(100000, 7));
  fs::resize_file(path, fs::file_size(path) / 2);
  CHECK_THROWS_AS(read(), FileError);
  write_gz(path, kImages);
  fs::resize_file(path, fs::file_size(path) - 6);  // the elements are there, their checksum is cut off
  CHECK_THROWS_AS(read(), FileError);
}

TEST_CASE("images and labels must be of one number") {
  Folder folder;
  write_all(folder);
  write(folder / kIdxFiles[1], {0, 0, 8, 1, 0, 0, 0, 1, 9});
  CHECK_THROWS_AS(datasets::internal::load_idx(kAnyContent, folder.string()), FileError);
  CHECK_THROWS_WITH(datasets::internal::load_idx(kAnyContent, folder.string()),
                    Contains("2 images") && Contains("1 labels"));
}

// The published statistics of the two data sets: mean grey level and the first labels.
TEST_CASE("MNIST and Fashion-MNIST from the cache") {
  struct Expected {
    const char* name;
    datasets::Split (*load)(const datasets::LoadOptions&);
    double mean;
    uint8_t first_train, first_test;
  };
  for (const Expected& expected : {Expected{"mnist", datasets::mnist::load_data, 33.318421, 5, 7},
                                   Expected{"fashion_mnist", datasets::fashion_mnist::load_data, 72.940352, 9, 9}}) {
    INFO(expected.name);
    datasets::Split split;
    try {
      split = expected.load({});
    } catch (const FileError& error) {
      WARN("not tested, ./run data brings the files: " << error.what());
      continue;
    }
    CHECK(split.train.x.shape() == Shape({60000, 28, 28}));
    CHECK(split.train.y.shape() == Shape({60000}));
    CHECK(split.test.x.shape() == Shape({10000, 28, 28}));
    CHECK(split.test.y.shape() == Shape({10000}));
    CHECK(split.train.x.dtype() == uint8);
    CHECK(split.train.y.dtype() == uint8);
    CHECK(split.train.y.data<uint8_t>()[0] == expected.first_train);
    CHECK(split.test.y.data<uint8_t>()[0] == expected.first_test);
    const auto pixels = split.train.x.data<uint8_t>();
    const double sum = std::accumulate(pixels.begin(), pixels.end(), 0.0);
    CHECK(sum / static_cast<double>(pixels.size()) == Approx(expected.mean).epsilon(1e-6));
  }
}
