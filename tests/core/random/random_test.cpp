#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/ops/internal/random_ops.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/random/random.h>

using namespace cornu;

namespace {

struct Moments {
  double mean = 0, variance = 0, smallest = 0, largest = 0;
};

Moments moments(const Tensor& x) {
  const std::vector<double> values = cast(x, float64).to_vector<double>();
  const double n = static_cast<double>(values.size());
  Moments result;
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  for (const double value : values) result.variance += (value - result.mean) * (value - result.mean) / n;
  const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
  result.smallest = *smallest;
  result.largest = *largest;
  return result;
}

/// Pearson's statistic of counts against their expected numbers.
double chi_square(const std::vector<double>& counts, const std::vector<double>& expected) {
  double sum = 0;
  for (size_t i = 0; i < counts.size(); ++i) sum += std::pow(counts[i] - expected[i], 2) / expected[i];
  return sum;
}

constexpr int64_t many = 200000;

Tensor floats(const std::vector<float>& values, const Shape& shape) { return Tensor::from_span<float>(values, shape); }

}  // namespace

TEST_CASE("uniform numbers fill their range evenly") {
  for (const DType dtype : {float32, float64}) {
    const Tensor x = random::uniform({many}, {.minval = -1, .maxval = 3, .dtype = dtype, .seed = 1});
    CHECK(x.dtype() == dtype);
    CHECK(x.shape() == Shape({many}));
    const Moments m = moments(x);
    CHECK(m.mean == Approx(1).margin(0.01));  // the standard error is 1.155 / sqrt(n) = 0.0026
    CHECK(m.variance == Approx(16.0 / 12).margin(0.02));
    CHECK(m.smallest >= -1);
    CHECK(m.largest < 3);
    std::vector<double> counts(20);
    for (const double value : cast(x, float64).to_vector<double>()) ++counts.at(static_cast<size_t>((value + 1) * 5));
    CHECK(chi_square(counts, std::vector<double>(20, many / 20.0)) < 43.8);  // 19 degrees of freedom, p = 0.001
  }
}

TEST_CASE("uniform numbers never reach maxval, whatever is rounded") {
  const Moments m = moments(random::uniform({1 << 20}, {.minval = 0.5, .maxval = 1, .seed = 2}));
  CHECK(m.smallest >= 0.5);
  CHECK(m.largest < 1);
  const float next = std::nextafter(1.f, 2.f);
  CHECK(moments(random::uniform({100}, {.minval = 1, .maxval = next, .seed = 3})).largest == 1);
}

TEST_CASE("normal numbers have their mean, deviation and tails") {
  for (const DType dtype : {float32, float64}) {
    const Tensor x = random::normal({many}, {.mean = 2, .stddev = 3, .dtype = dtype, .seed = 4});
    const Moments m = moments(x);
    CHECK(m.mean == Approx(2).margin(0.03));
    CHECK(m.variance == Approx(9).margin(0.15));
    int64_t beyond_two = 0;
    for (const double value : cast(x, float64).to_vector<double>()) beyond_two += std::fabs(value - 2) > 6;
    CHECK(static_cast<double>(beyond_two) / many == Approx(0.0455).margin(0.002));
  }
  CHECK(random::normal({3}, {.mean = 5, .stddev = 0}).to_vector<float>() == std::vector<float>{5, 5, 5});
}

TEST_CASE("truncated normal numbers stay within two deviations") {
  const Moments m = moments(random::truncated_normal({many}, {.mean = 1, .stddev = 0.5, .seed = 5}));
  CHECK(m.mean == Approx(1).margin(0.005));
  // The variance of a normal cut off at 2: 1 - 4 phi(2) / (2 Phi(2) - 1) = 0.7737.
  CHECK(m.variance == Approx(0.25 * 0.7737).margin(0.003));
  CHECK(m.smallest >= 0);
  CHECK(m.largest <= 2);
}

TEST_CASE("integers fill their range evenly") {
  for (const DType dtype : {uint8, int32, int64}) {
    const Tensor x = random::uniform_int({many}, 3, 13, {.dtype = dtype, .seed = 6});
    CHECK(x.dtype() == dtype);
    std::vector<double> counts(10);
    for (const int64_t value : cast(x, int64).to_vector<int64_t>()) ++counts.at(static_cast<size_t>(value - 3));
    CHECK(chi_square(counts, std::vector<double>(10, many / 10.0)) < 27.9);  // 9 degrees of freedom, p = 0.001
  }
  CHECK(random::uniform_int({4}, 7, 8).to_vector<int32_t>() == std::vector<int32_t>(4, 7));
  const Moments wide =
      moments(random::uniform_int({1000}, std::numeric_limits<int32_t>::min(), int64_t{1} << 31, {.seed = 7}));
  CHECK(wide.smallest < -1.9e9);
  CHECK(wide.largest > 1.9e9);
}

TEST_CASE("bernoulli draws have their probability") {
  CHECK(random::bernoulli({3}).dtype() == boolean);
  CHECK(moments(random::bernoulli({many}, {.probability = 0.3, .dtype = float32, .seed = 7})).mean ==
        Approx(0.3).margin(0.005));
  CHECK(moments(random::bernoulli({1000}, {.probability = 0, .dtype = int32})).largest == 0);
  CHECK(moments(random::bernoulli({1000}, {.probability = 1, .dtype = int32})).smallest == 1);

  std::vector<float> probabilities(3000, 0.f);
  std::fill(probabilities.begin() + 1000, probabilities.begin() + 2000, 1.f);
  std::fill(probabilities.begin() + 2000, probabilities.end(), 0.25f);
  const auto drawn =
      random::bernoulli(floats(probabilities, {3, 1000}), {.dtype = int32, .seed = 8}).to_vector<int32_t>();
  CHECK(std::accumulate(drawn.begin(), drawn.begin() + 1000, 0) == 0);
  CHECK(std::accumulate(drawn.begin() + 1000, drawn.begin() + 2000, 0) == 1000);
  CHECK(std::accumulate(drawn.begin() + 2000, drawn.end(), 0) == Approx(250).margin(60));
}

TEST_CASE("categorical draws have the probabilities softmax(logits)") {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> logits = {std::log(0.1f), std::log(0.2f), std::log(0.7f), 500.f, 500.f, -infinity};
  for (const DType dtype : {int32, int64}) {
    const Tensor x = random::categorical(floats(logits, {2, 3}), many, {.dtype = dtype, .seed = 9});
    CHECK(x.shape() == Shape({2, many}));
    CHECK(x.dtype() == dtype);
    const auto classes = cast(x, int64).to_vector<int64_t>();
    std::vector<double> first(3), second(3);
    for (int64_t i = 0; i < many; ++i) {
      ++first.at(static_cast<size_t>(classes[static_cast<size_t>(i)]));
      ++second.at(static_cast<size_t>(classes[static_cast<size_t>(many + i)]));
    }
    CHECK(chi_square(first, {0.1 * many, 0.2 * many, 0.7 * many}) < 13.8);  // 2 degrees of freedom, p = 0.001
    CHECK(second[2] == 0);
    CHECK(second[0] / many == Approx(0.5).margin(0.005));
  }
}

TEST_CASE("permutations hold each number once, and any order may come") {
  const auto order = random::permutation(1000, {.seed = 10}).to_vector<int32_t>();
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  std::vector<int32_t> sorted = order, all(1000);
  std::sort(sorted.begin(), sorted.end());
  std::iota(all.begin(), all.end(), 0);
  CHECK(sorted == all);
  std::map<std::vector<int32_t>, double> seen;
  const random::Generator generator(11);
  for (int i = 0; i < 6000; ++i) ++seen[generator.permutation(3).to_vector<int32_t>()];
  std::vector<double> counts;
  for (const auto& [permutation, count] : seen) counts.push_back(count);
  REQUIRE(counts.size() == 6);
  CHECK(chi_square(counts, std::vector<double>(6, 1000)) < 20.5);  // 5 degrees of freedom, p = 0.001
  CHECK(random::permutation(0).shape() == Shape({0}));
  CHECK(random::permutation(1, {.dtype = int64}).to_vector<int64_t>() == std::vector<int64_t>{0});
}

TEST_CASE("shuffle moves whole parts of an axis") {
  std::vector<float> values(20);
  std::iota(values.begin(), values.end(), 0.f);
  const Tensor x = floats(values, {10, 2});
  const auto rows = random::shuffle(x, {.seed = 12}).to_vector<float>();
  CHECK(rows != values);
  for (size_t row = 0; row < 10; ++row) CHECK(rows[2 * row + 1] == rows[2 * row] + 1);
  const auto columns = random::shuffle(x, {.axis = -1, .seed = 1}).to_vector<float>();
  for (size_t row = 0; row < 10; ++row) CHECK(std::fabs(columns[2 * row + 1] - columns[2 * row]) == 1);
}

TEST_CASE("random numbers do not depend on the number of threads") {
  const auto draw = [] {
    std::vector<std::vector<double>> drawn;
    const random::Generator generator(13);
    const auto add = [&](const Tensor& x) { drawn.push_back(cast(x, float64).to_vector<double>()); };
    add(generator.uniform({300001}));
    add(generator.normal({300001}));
    add(generator.truncated_normal({100003}, {.dtype = float64}));
    add(generator.uniform_int({300001}, 0, 1000));
    add(generator.bernoulli({300001}));
    add(generator.permutation(5000));
    return drawn;
  };
  const int threads = kernels::num_threads();
  kernels::set_num_threads(1);
  const auto one = draw();
  kernels::set_num_threads(2);
  const auto two = draw();
  kernels::set_num_threads(threads);
  CHECK(one == two);
}

TEST_CASE("draws that follow each other do not share numbers") {
  const random::Generator generator(14);
  const auto first = generator.uniform({7}).to_vector<float>(), second = generator.uniform({7}).to_vector<float>();
  for (const float value : first) CHECK(std::find(second.begin(), second.end(), value) == second.end());
}

TEST_CASE("random numbers of shapes without an element") {
  CHECK(random::uniform({0, 3}).shape() == Shape({0, 3}));
  CHECK(random::normal({0, 1}).size() == 0);
  CHECK(random::uniform({}).shape() == Shape());
  CHECK(random::categorical(floats({0, 0}, {1, 2}), 0).shape() == Shape({1, 0}));
}

TEST_CASE("bad requests for random numbers are errors") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK_THROWS_AS(random::uniform({2}, {.minval = 1, .maxval = 1}), ValueError);
  CHECK_THROWS_AS(random::uniform({2}, {.minval = 2, .maxval = 1}), ValueError);
  CHECK_THROWS_AS(random::uniform({2}, {.minval = nan}), ValueError);
  CHECK_THROWS_AS(random::uniform({2}, {.minval = -3e38, .maxval = 3e38}), ValueError);
  CHECK_THROWS_AS(random::uniform({2}, {.dtype = int32}), DTypeError);
  CHECK_THROWS_AS(random::uniform({-1, 2}), ShapeError);
  CHECK_THROWS_AS(random::normal({2}, {.stddev = -1}), ValueError);
  CHECK_THROWS_AS(random::normal({2}, {.mean = nan}), ValueError);
  CHECK_THROWS_AS(random::normal({2}, {.dtype = boolean}), DTypeError);
  CHECK_THROWS_AS(random::normal({-1}), ShapeError);
  CHECK_THROWS_AS(random::truncated_normal({2}, {.stddev = -1}), ValueError);
  CHECK_THROWS_AS(random::truncated_normal({2}, {.dtype = int64}), DTypeError);
  CHECK_THROWS_AS(random::uniform_int({2}, 3, 3), ValueError);
  CHECK_THROWS_AS(random::uniform_int({2}, 4, 3), ValueError);
  CHECK_THROWS_AS(random::uniform_int({2}, 0, 257, {.dtype = uint8}), ValueError);
  CHECK_THROWS_AS(random::uniform_int({2}, -1, 5, {.dtype = uint8}), ValueError);
  CHECK_THROWS_AS(random::uniform_int({2}, 0, int64_t{1} << 32), ValueError);
  CHECK_THROWS_AS(random::uniform_int({2}, 0, 3, {.dtype = float32}), DTypeError);
  CHECK_THROWS_AS(random::uniform_int({-1}, 0, 3), ShapeError);
  CHECK_THROWS_AS(random::bernoulli({2}, {.probability = 1.5}), ValueError);
  CHECK_THROWS_AS(random::bernoulli({2}, {.probability = -0.1}), ValueError);
  CHECK_THROWS_AS(random::bernoulli({2}, {.probability = nan}), ValueError);
  CHECK_THROWS_AS(random::bernoulli(floats({0.5f, 1.5f}, {2})), ValueError);
  CHECK_THROWS_AS(random::bernoulli(cast(floats({0, 1}, {2}), int32)), DTypeError);
  const Tensor logits = floats({0, 1}, {1, 2});
  CHECK_THROWS_AS(random::categorical(logits, -1), ValueError);
  CHECK_THROWS_AS(random::categorical(logits, 1, {.dtype = float32}), DTypeError);
  CHECK_THROWS_AS(random::categorical(logits[0], 1), ShapeError);
  CHECK_THROWS_AS(random::categorical(cast(logits, int32), 1), DTypeError);
  CHECK_THROWS_AS(random::categorical(Tensor::allocate({1, 0}, float32), 1), ShapeError);
  CHECK_THROWS_AS(random::categorical(floats({-infinity}, {1, 1}), 1), ValueError);
  CHECK_THROWS_AS(random::categorical(floats({infinity}, {1, 1}), 1), ValueError);
  CHECK_THROWS_AS(random::shuffle(logits, {.axis = 2}), ValueError);
  CHECK_THROWS_AS(random::permutation(-1), ValueError);
  CHECK_THROWS_AS(random::permutation(3, {.dtype = float32}), DTypeError);
}

TEST_CASE("the state of a stateless draw is checked") {
  const Tensor state = Tensor::from_span<int64_t>(std::vector<int64_t>{1, 2}, {2});
  CHECK(random::stateless_uniform(state, {3}).to_vector<float>() ==
        random::stateless_uniform(state, {3}).to_vector<float>());
  CHECK_THROWS_AS(random::stateless_uniform(cast(state, int32), {3}), DTypeError);
  CHECK_THROWS_AS(random::stateless_normal(Tensor::allocate({3}, int64), {3}), ShapeError);
  CHECK(random::counter_steps(float32, 9) == 3);
}
