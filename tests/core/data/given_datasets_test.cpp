#include <numeric>

#include <catch2/catch.hpp>

#include "temporary_folder.h"
#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

TEST_CASE("california_housing is shuffled as NumPy does, and divided") {
  const TemporaryFolder folder;
  const auto load = [&](const datasets::california_housing::LoadOptions& options) {
    auto all = options;
    all.directory = folder.string();
    return datasets::california_housing::load_data(all);
  };
  const Tensor y = arange(10);
  save_npz(folder / "california_housing.npz", {{"x", reshape(y, {10, 1}) * 2}, {"y", y}});
  // numpy.random.RandomState(0).shuffle(numpy.arange(10))
  const auto [train, test] = load({.seed = 0});
  CHECK(train.y.to_vector<int32_t>() == std::vector<int32_t>{2, 8, 4, 9, 1, 6, 7, 3});
  CHECK(test.y.to_vector<int32_t>() == std::vector<int32_t>{0, 5});
  CHECK(test.x.to_vector<int32_t>() == std::vector<int32_t>{0, 10});
  CHECK(load({.version = "small", .test_split = 0.5}).test.x.shape() == Shape({5, 1}));
  CHECK_THROWS_AS(load({.version = "medium"}), ValueError);
  CHECK_THROWS_AS(load({.test_split = 1.5}), ValueError);
  CHECK_THROWS_AS(load({.seed = -1}), ValueError);
  save_npz(folder / "california_housing.npz", {{"x", y}, {"y", y}});
  CHECK_THROWS_WITH(load({}), Contains("'x'"));
  save_npz(folder / "california_housing.npz", {{"x", zeros({3, 2})}});
  CHECK_THROWS_WITH(load({}), Contains("'y'"));
  save_npz(folder / "california_housing.npz", {{"x", zeros({3, 2})}, {"y", zeros({4})}});
  CHECK_THROWS_AS(load({}), FileError);
}

TEST_CASE("data sets that are not there say which file goes where") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(datasets::california_housing::load_data({.directory = folder.string()}),
                    Contains(folder.string()) && Contains("california_housing.npz") && Contains(".directory"));
  CHECK_THROWS_WITH(datasets::cifar10::load_data({.directory = folder.string()}),
                    Contains(folder.string()) && Contains("data_batch_1.bin") && Contains(".directory"));
  CHECK_THROWS_WITH(datasets::imdb::load_data({.directory = folder.string()}),
                    Contains(folder.string()) && Contains("imdb.npz") && Contains(".directory"));
  CHECK_THROWS_WITH(datasets::imdb::load_data({.directory = folder / "none"}), Contains("does not exist"));
}

TEST_CASE("cifar10 reads the binary version") {
  const TemporaryFolder folder;
  const auto record = [](char label, char red, char green, char blue) {
    return std::string(1, label) + std::string(1024, red) + std::string(1024, green) + std::string(1024, blue);
  };
  for (char number = 1; number <= 5; ++number)
    folder.write("cifar-10-batches-bin/data_batch_" + std::to_string(number) + ".bin",
                 record(number, 1, 2, 3) + record(0, 4, 5, number));
  folder.write("cifar-10-batches-bin/test_batch.bin", record(9, 7, 8, 9));
  for (const std::string& directory : {folder.string(), folder / "cifar-10-batches-bin"}) {
    const auto [train, test] = datasets::cifar10::load_data({.directory = directory});
    CHECK(train.x.shape() == Shape({10, 32, 32, 3}));
    CHECK(train.y.to_vector<uint8_t>() == std::vector<uint8_t>{1, 0, 2, 0, 3, 0, 4, 0, 5, 0});
    CHECK(train.x[9][31][31].to_vector<uint8_t>() == std::vector<uint8_t>{4, 5, 5});
    CHECK(test.x[0][0][0].to_vector<uint8_t>() == std::vector<uint8_t>{7, 8, 9});
    CHECK(test.y.shape() == Shape({1, 1}));
  }
  const auto load = [&] { return datasets::cifar10::load_data({.directory = folder.string()}); };
  folder.write("cifar-10-batches-bin/data_batch_3.bin", record(10, 0, 0, 0));
  CHECK_THROWS_WITH(load(), Contains("data_batch_3.bin") && Contains("label 10"));
  folder.write("cifar-10-batches-bin/data_batch_3.bin", record(1, 0, 0, 0) + "x");
  CHECK_THROWS_WITH(load(), Contains("data_batch_3.bin") && Contains("3073"));
  folder.write("cifar-10-batches-bin/data_batch_3.bin", "");
  CHECK_THROWS_AS(load(), FileError);
}

TEST_CASE("imdb reads arrays of integers, and says how to write them") {
  const TemporaryFolder folder;
  const auto load = [&](std::optional<int64_t> num_words = {}) {
    return datasets::imdb::load_data({.directory = folder.string(), .num_words = num_words});
  };
  const Tensor x = constant({{1, 5, 900}, {0, 1, 3}}), y = constant({1, 0});
  save_npz(folder / "imdb.npz", {{"x_train", x}, {"y_train", y}, {"x_test", x}, {"y_test", y}});
  CHECK(load().train.x.to_vector<int32_t>() == x.to_vector<int32_t>());
  CHECK(load(100).test.x.to_vector<int64_t>() == std::vector<int64_t>{1, 5, 2, 0, 1, 3});
  CHECK_THROWS_AS(load(0), ValueError);
  save_npz(folder / "imdb.npz", {{"x_train", x}, {"y_train", y}});
  CHECK_THROWS_WITH(load(), Contains("'x_test'"));
  save_npz(folder / "imdb.npz", {{"x_train", cast(x, float32)}, {"y_train", y}, {"x_test", x}, {"y_test", y}});
  CHECK_THROWS_WITH(load(), Contains("integers"));
  folder.write("imdb.npz", "pickled");
  CHECK_THROWS_WITH(load(), Contains("imdb.npz") && Contains("pad_sequences"));
}
