#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "dataset_checks.h"
#include "temporary_folder.h"
#include <cornu/core/data/internal/resize.h>
#include <cornu/core/io/internal/png.h>
#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

using Floats = std::vector<float>;

std::string grey_png(uint8_t value) {
  const std::vector<uint8_t> pixels(12, value);
  return io::encode_png(pixels.data(), 3, 4, 1);
}

/// cats 0, 1, 2 and dogs 100, ..., 104, with what is no picture in between.
void write_pictures(const TemporaryFolder& folder) {
  for (int i = 0; i < 3; ++i) folder.write("cats/" + std::to_string(i) + ".png", grey_png(static_cast<uint8_t>(i)));
  for (int i = 0; i < 5; ++i)
    folder.write("dogs/deep/" + std::to_string(i) + ".PNG", grey_png(static_cast<uint8_t>(100 + i)));
  folder.write("cats/readme.txt", "cats");
}

const utils::ImageDatasetOptions plain = {
    .color_mode = "grayscale", .image_size = {2, 2}, .shuffle = false, .verbose = false};

/// The grey values of all images, and their labels.
std::vector<std::pair<int, int>> pictures_of(const Dataset& dataset) {
  std::vector<std::pair<int, int>> pictures;
  for (const TensorList& batch : dataset)
    for (int64_t i = 0; i < batch[0].shape()[0]; ++i)
      pictures.emplace_back(static_cast<int>(batch[0][i].to_vector<float>()[0]), batch[1][i].item<int32_t>());
  return pictures;
}

}  // namespace

TEST_CASE("the subfolders are the classes, in alphabetic order") {
  const TemporaryFolder folder;
  write_pictures(folder);
  const auto dataset = utils::image_dataset_from_directory(folder.string(), plain);
  CHECK(dataset.class_names == std::vector<std::string>{"cats", "dogs"});
  CHECK(dataset.file_paths.size() == 8);
  CHECK(dataset.file_paths[3] == folder / "dogs/deep/0.PNG");
  CHECK(pictures_of(dataset) ==
        std::vector<std::pair<int, int>>{{0, 0}, {1, 0}, {2, 0}, {100, 1}, {101, 1}, {102, 1}, {103, 1}, {104, 1}});
  const auto batch = all_of(dataset)[0];
  CHECK(batch[0].shape() == Shape({8, 2, 2, 1}));
  CHECK(batch[0].dtype() == float32);
  CHECK(batch[1].dtype() == int32);
}

TEST_CASE("color modes, label modes and single images") {
  const TemporaryFolder folder;
  write_pictures(folder);
  auto options = plain;
  options.color_mode = "rgba";
  options.label_mode = "categorical";
  options.batch_size = {};
  auto element = all_of(utils::image_dataset_from_directory(folder.string(), options))[3];
  CHECK(element[0].shape() == Shape({2, 2, 4}));
  CHECK(element[0].to_vector<float>()[3] == 255);
  CHECK(element[1].to_vector<float>() == Floats{0, 1});
  options.color_mode = "rgb";
  options.label_mode = "binary";
  options.batch_size = 3;
  element = all_of(utils::image_dataset_from_directory(folder.string(), options))[1];
  CHECK(element[0].shape() == Shape({3, 2, 2, 3}));
  CHECK(element[1].to_vector<float>() == Floats{1, 1, 1});
  CHECK(element[1].shape() == Shape({3, 1}));
  options.label_mode = "none";
  CHECK(all_of(utils::image_dataset_from_directory(folder.string(), options))[0].size() == 1);
  options.labels = "none";
  const auto dataset = utils::image_dataset_from_directory(folder.string(), options);
  CHECK(dataset.class_names.empty());
  CHECK(dataset.file_paths.size() == 8);
}

TEST_CASE("class_names set the order, label_list the labels") {
  const TemporaryFolder folder;
  write_pictures(folder);
  auto options = plain;
  options.class_names = {"dogs", "cats"};
  CHECK(pictures_of(utils::image_dataset_from_directory(folder.string(), options))[0] == std::pair(100, 0));
  options.class_names = {"dogs", "cows"};
  CHECK_THROWS_WITH(utils::image_dataset_from_directory(folder.string(), options), Contains("'cats', 'dogs'"));
  options.class_names = {};
  options.label_list = {7, 6, 5, 4, 3, 2, 1, 0};
  CHECK(pictures_of(utils::image_dataset_from_directory(folder.string(), options))[1] == std::pair(1, 6));
  options.label_list = {1};
  CHECK_THROWS_WITH(utils::image_dataset_from_directory(folder.string(), options), Contains("8 images"));
  options.label_list = {0, 1, 2, 3, 4, 5, 6, -7};
  CHECK_THROWS_WITH(utils::image_dataset_from_directory(folder.string(), options), Contains(".PNG") && Contains("-7"));
  options.label_list.back() = int64_t{1} << 32;
  CHECK_THROWS_WITH(utils::image_dataset_from_directory(folder.string(), options), Contains("received 4294967296"));
}

TEST_CASE("training and validation divide the images, shuffled by the seed") {
  const TemporaryFolder folder;
  write_pictures(folder);
  auto options = plain;
  options.validation_split = 0.3;  // of 8: 2
  options.subset = "validation";
  CHECK(pictures_of(utils::image_dataset_from_directory(folder.string(), options)) ==
        std::vector<std::pair<int, int>>{{103, 1}, {104, 1}});
  options.shuffle = true;
  options.seed = 5;
  auto all = pictures_of(utils::image_dataset_from_directory(folder.string(), options));
  CHECK(all.size() == 2);
  options.subset = "training";
  const auto train = utils::image_dataset_from_directory(folder.string(), options);
  for (const auto& picture : pictures_of(train)) all.push_back(picture);
  CHECK(std::set<std::pair<int, int>>(all.begin(), all.end()).size() == 8);
  for (const auto& [grey, label] : all) CHECK(label == grey / 100);
  CHECK(pictures_of(train) != pictures_of(train));  // each walk has an order of its own
}

TEST_CASE("options that do not fit each other are refused") {
  const TemporaryFolder folder;
  write_pictures(folder);
  const auto refused = [&](auto change, const std::string& part) {
    auto options = plain;
    change(options);
    CHECK_THROWS_WITH(utils::image_dataset_from_directory(folder.string(), options), Contains(part));
  };
  using Options = utils::ImageDatasetOptions;
  refused([](Options& o) { o.labels = "infered"; }, "'inferred'");
  refused([](Options& o) { o.label_mode = "ints"; }, "'int'");
  refused([](Options& o) { o.color_mode = "grey"; }, "color_mode");
  refused([](Options& o) { o.interpolation = "cubic"; }, "interpolation");
  refused([](Options& o) { o.image_size = {0, 2}; }, "image_size");
  refused([](Options& o) { o.batch_size = 0; }, "batch_size");
  refused(
      [](Options& o) {
        o.labels = "none";
        o.label_list = {1};
      },
      "label_list");
  refused(
      [](Options& o) {
        o.labels = "none";
        o.class_names = {"cats"};
      },
      "class_names");
  refused(
      [](Options& o) {
        o.validation_split = 1;
        o.subset = "training";
      },
      "validation_split");
  refused([](Options& o) { o.validation_split = 0.5; }, "subset");
  refused([](Options& o) { o.subset = "training"; }, "validation_split");
  refused(
      [](Options& o) {
        o.validation_split = 0.5;
        o.subset = "both";
      },
      "subset");
  refused(
      [](Options& o) {
        o.validation_split = 0.5;
        o.subset = "training", o.shuffle = true;
      },
      "seed");
  refused(
      [](Options& o) {
        o.validation_split = 0.1;
        o.subset = "validation";
      },
      "none is left");
  folder.write("birds/0.png", grey_png(1));
  refused([](Options& o) { o.label_mode = "binary"; }, "2 classes");
  CHECK_THROWS_AS(utils::image_dataset_from_directory(folder / "none", plain), FileError);
  CHECK_THROWS_WITH(utils::image_dataset_from_directory(folder / "dogs/deep", plain), Contains("no images"));
}

TEST_CASE("a picture that cannot be read is named when its turn comes") {
  const TemporaryFolder folder;
  write_pictures(folder);
  const std::string path = folder.write("cats/1.png", "no picture");
  CHECK_THROWS_WITH(utils::image_dataset_from_directory(folder.string(), plain).iterator().next(),
                    Contains("map: element 1: " + path));
}

TEST_CASE("bilinear resizing is tf.image.resize's") {
  const Tensor image = reshape(cast(constant({0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110}), uint8), {3, 4, 1});
  // by hand: new pixel i lies at (i + 1/2) * old / new - 1/2
  CHECK(utils::resize_image(image, 3, 2, true).to_vector<float>() == Floats{5, 25, 45, 65, 85, 105});
  CHECK(utils::resize_image(image, 1, 4, true).to_vector<float>() == Floats{40, 50, 60, 70});
  const Tensor row = reshape(cast(constant({0, 40}), uint8), {1, 2, 1});
  CHECK(utils::resize_image(row, 1, 4, true).to_vector<float>() == Floats{0, 10, 30, 40});
  CHECK(utils::resize_image(row, 1, 4, false).to_vector<float>() == Floats{0, 0, 40, 40});
  CHECK(utils::resize_image(image, 3, 4, true).to_vector<float>() == cast(image, float32).to_vector<float>());
  CHECK(utils::crop_to_aspect_ratio(image, 5, 5).shape() == Shape({3, 3, 1}));
  CHECK(utils::crop_to_aspect_ratio(image, 2, 8).to_vector<uint8_t>() == std::vector<uint8_t>{40, 50, 60, 70});
}
