#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {
using Floats = std::vector<float>;
using Ints = std::vector<int32_t>;
}  // namespace

TEST_CASE("to_categorical as Keras's documentation shows") {
  const Tensor a = utils::to_categorical(constant({0, 1, 2, 3}), 4);
  CHECK(a.dtype() == float32);
  CHECK(a.to_vector<float>() == Floats{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
  CHECK(utils::to_categorical(constant({{0}, {2}})).to_vector<float>() == Floats{1, 0, 0, 0, 0, 1});
  CHECK(utils::to_categorical(constant({{0}, {2}})).shape() == Shape({2, 3}));
  CHECK(utils::to_categorical(constant({{0, 2}, {1, 1}})).shape() == Shape({2, 2, 3}));
  CHECK(utils::to_categorical(cast(constant({1}), uint8), 2).to_vector<float>() == Floats{0, 1});
  CHECK_THROWS_WITH(utils::to_categorical(constant({0, 4}), 4), Contains("[0, 4)") && Contains("received 4"));
  CHECK_THROWS_WITH(utils::to_categorical(constant({-1})), Contains("must not be negative; received -1"));
  CHECK_THROWS_WITH(utils::to_categorical(constant({1}), -1), Contains("num_classes must be at least 1"));
  CHECK_THROWS_AS(utils::to_categorical(constant({1.f})), DTypeError);
  CHECK_THROWS_AS(utils::to_categorical(constant({0}), 0), ValueError);
  CHECK_THROWS_AS(utils::to_categorical(zeros({0}, int32)), ValueError);
}

TEST_CASE("normalize divides by the norm, and leaves zeros") {
  const Tensor x = constant({{3.f, 4.f}, {0.f, 0.f}});
  CHECK(utils::normalize(x).to_vector<float>() == Floats{0.6f, 0.8f, 0, 0});
  CHECK(utils::normalize(x, 0).to_vector<float>() == Floats{1, 1, 0, 0});
  CHECK(utils::normalize(constant({-1.f, 3.f}), -1, 1).to_vector<float>() == Floats{-0.25f, 0.75f});
  CHECK(utils::normalize(constant({-2.f, 4.f}), -1, INFINITY).to_vector<float>() == Floats{-0.5f, 1});
  CHECK(utils::normalize(constant({1.f, 2.f}), -1, 3).to_vector<float>()[0] == Approx(1 / std::cbrt(9.0)));
  CHECK_THROWS_AS(utils::normalize(constant({1})), DTypeError);
  CHECK_THROWS_AS(utils::normalize(x, -1, 0), ValueError);
  CHECK_THROWS_AS(utils::normalize(x, 2), ValueError);
}

TEST_CASE("pad_sequences as Keras's documentation shows") {
  const std::vector<std::vector<int64_t>> sequences = {{1}, {2, 3}, {4, 5, 6}};
  CHECK(utils::pad_sequences(sequences).to_vector<int32_t>() == Ints{0, 0, 1, 0, 2, 3, 4, 5, 6});
  CHECK(utils::pad_sequences(sequences, {.value = -1}).to_vector<int32_t>() == Ints{-1, -1, 1, -1, 2, 3, 4, 5, 6});
  CHECK(utils::pad_sequences(sequences, {.padding = "post"}).to_vector<int32_t>() == Ints{1, 0, 0, 2, 3, 0, 4, 5, 6});
  CHECK(utils::pad_sequences(sequences, {.maxlen = 2}).to_vector<int32_t>() == Ints{0, 1, 2, 3, 5, 6});
  CHECK(utils::pad_sequences(sequences, {.maxlen = 2, .truncating = "post"}).to_vector<int32_t>() ==
        Ints{0, 1, 2, 3, 4, 5});
  const Tensor floats = utils::pad_sequences(TensorList{ones({1, 2}), zeros({2, 2})}, {.dtype = float32, .value = 9});
  CHECK(floats.shape() == Shape({2, 2, 2}));
  CHECK(floats.to_vector<float>() == Floats{9, 9, 1, 1, 0, 0, 0, 0});
  CHECK(utils::pad_sequences(TensorList{}).shape() == Shape({0, 0}));
  CHECK(utils::pad_sequences(sequences, {.maxlen = 0}).shape() == Shape({3, 0}));
}

TEST_CASE("pad_sequences refuses what does not fit") {
  const std::vector<std::vector<int64_t>> sequences = {{1}};
  CHECK_THROWS_WITH(utils::pad_sequences(sequences, {.padding = "left"}), Contains("padding") && Contains("'left'"));
  CHECK_THROWS_WITH(utils::pad_sequences(sequences, {.truncating = "left"}), Contains("truncating"));
  CHECK_THROWS_AS(utils::pad_sequences(sequences, {.maxlen = -1}), ValueError);
  CHECK_THROWS_AS(utils::pad_sequences(TensorList{constant(1)}), ShapeError);
  CHECK_THROWS_AS(utils::pad_sequences(TensorList{zeros({2, 2}), zeros({2, 3})}), ShapeError);
  using Sequences = std::vector<std::vector<int64_t>>;
  CHECK_THROWS_WITH(utils::pad_sequences(Sequences{{7}, {7, int64_t{1} << 40}}),
                    Contains("sequence 1 has 1099511627776") && Contains("position 1") && Contains("int32"));
  CHECK_THROWS_AS(utils::pad_sequences(Sequences{{300}}, {.dtype = uint8}), ValueError);
  CHECK_THROWS_AS(utils::pad_sequences(Sequences{{-1}}, {.dtype = uint8}), ValueError);
  CHECK_THROWS_AS(utils::pad_sequences(Sequences{{2}}, {.dtype = boolean}), ValueError);
  CHECK_THROWS_AS(utils::pad_sequences(TensorList{constant({NAN})}), ValueError);
  CHECK_THROWS_WITH(utils::pad_sequences(sequences, {.value = 0.5}), Contains("value is 0.5"));
  CHECK_THROWS_AS(utils::pad_sequences(sequences, {.value = 0x1p63}), ValueError);
  CHECK(utils::pad_sequences(Sequences{{255}}, {.dtype = uint8}).to_vector<uint8_t>() == std::vector<uint8_t>{255});
  CHECK(utils::pad_sequences(Sequences{{INT32_MIN, INT32_MAX}}).to_vector<int32_t>() == Ints{INT32_MIN, INT32_MAX});
}

TEST_CASE("train_test_split keeps rows together and loses none") {
  const Tensor x = arange(10), y = arange(10) * 10;
  const TensorList parts = utils::train_test_split({x, y}, {.test_size = 0.25, .seed = 3});
  REQUIRE(parts.size() == 4);
  CHECK(parts[0].size() == 7);  // 2.5 test rows are 3
  CHECK(parts[1].size() == 3);
  CHECK((parts[0] * 10).to_vector<int32_t>() == parts[2].to_vector<int32_t>());
  CHECK((parts[1] * 10).to_vector<int32_t>() == parts[3].to_vector<int32_t>());
  Ints all = parts[0].to_vector<int32_t>();
  CHECK_FALSE(std::is_sorted(all.begin(), all.end()));
  for (const int32_t row : parts[1].to_vector<int32_t>()) all.push_back(row);
  std::sort(all.begin(), all.end());
  CHECK(all == x.to_vector<int32_t>());
  CHECK(utils::train_test_split({x}, {.seed = 3})[1].to_vector<int32_t>() == parts[1].to_vector<int32_t>());
  set_random_seed(4);
  const Ints drawn = utils::train_test_split({x})[1].to_vector<int32_t>();
  set_random_seed(4);
  CHECK(utils::train_test_split({x})[1].to_vector<int32_t>() == drawn);
}

TEST_CASE("sizes of a split are parts or numbers of rows") {
  const Tensor x = arange(10);
  const auto sizes = [&](const utils::TrainTestSplitOptions& options) {
    const TensorList parts = utils::train_test_split({x}, options);
    return std::pair(parts[0].size(), parts[1].size());
  };
  CHECK(sizes({.test_size = 4}) == std::pair<int64_t, int64_t>(6, 4));
  CHECK(sizes({.train_size = 0.55}) == std::pair<int64_t, int64_t>(5, 5));
  CHECK(sizes({.test_size = 2, .train_size = 3}) == std::pair<int64_t, int64_t>(3, 2));
  const TensorList parts = utils::train_test_split({x}, {.test_size = 0.3, .shuffle = false});
  CHECK(parts[1].to_vector<int32_t>() == Ints{7, 8, 9});
  CHECK_THROWS_WITH(sizes({.test_size = 1.5}), Contains("test_size") && Contains("1.5"));
  CHECK_THROWS_AS(sizes({.test_size = 10}), ValueError);
  CHECK_THROWS_AS(sizes({.test_size = 11}), ValueError);
  CHECK_THROWS_AS(sizes({.test_size = 0}), ValueError);
  CHECK_THROWS_AS(sizes({.test_size = 6, .train_size = 5}), ValueError);
  CHECK_THROWS_AS(sizes({.train_size = 0.01}), ValueError);
  CHECK_THROWS_AS(utils::train_test_split({}), ValueError);
  CHECK_THROWS_AS(utils::train_test_split({x, arange(9)}), ShapeError);
  CHECK_THROWS_AS(utils::train_test_split({constant(1)}), ShapeError);
}
