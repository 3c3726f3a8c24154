// Shuffles and random numbers in functions: reproducible, and different where they should be.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "dataset_checks.h"
#include <cornu/cornu.h>

using namespace cornu;

namespace {

Int64s sorted(Int64s numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

/// A number from the global generator for each element.
Dataset with_noise(const Dataset& dataset, const datasets::MapOptions& options = {}) {
  return dataset.map([](const Tensor&) { return random::uniform_int({}, 0, int64_t{1} << 40, {.dtype = int64}); },
                     options);
}

}  // namespace

TEST_CASE("shuffle gives all elements, in another order for each walk and seed") {
  const Dataset dataset = Dataset::range(100).shuffle(100, {.seed = 3});
  const Int64s first = numbers_of(dataset), second = numbers_of(dataset);
  CHECK(first != second);
  CHECK(sorted(first) == numbers_of(Dataset::range(100)));
  CHECK(sorted(second) == sorted(first));
  CHECK(numbers_of(Dataset::range(100).shuffle(100, {.seed = 3})) == first);
  CHECK(numbers_of(Dataset::range(100).shuffle(100, {.seed = 4})) != first);
  CHECK(dataset.cardinality() == 100);
  CHECK_THROWS_AS(Dataset::range(3).shuffle(0), ValueError);
}

TEST_CASE("without reshuffling each walk has the same order") {
  const Dataset dataset = Dataset::range(50).shuffle(50, {.seed = 3, .reshuffle_each_iteration = false});
  const Int64s once = numbers_of(dataset);
  Int64s twice = once;
  twice.insert(twice.end(), once.begin(), once.end());
  CHECK(numbers_of(dataset) == once);
  CHECK(numbers_of(dataset.repeat(2)) == twice);
}

TEST_CASE("each walk of a repeat is shuffled anew") {
  const Int64s numbers = numbers_of(Dataset::range(50).shuffle(50, {.seed = 3}).repeat(2));
  const Int64s first(numbers.begin(), numbers.begin() + 50), second(numbers.begin() + 50, numbers.end());
  CHECK(first != second);
  CHECK(sorted(first) == sorted(second));
}

TEST_CASE("a small buffer moves elements a little") {
  const Int64s numbers = numbers_of(Dataset::range(100).shuffle(5, {.seed = 1}));
  for (int64_t place = 0; place < 100; ++place) CHECK(numbers[static_cast<size_t>(place)] <= place + 4);
  CHECK(numbers_of(Dataset::range(9).shuffle(1)) == numbers_of(Dataset::range(9)));
}

TEST_CASE("all orders of a full buffer are equally likely") {
  std::map<Int64s, int> counts;
  const Dataset dataset = Dataset::range(3).shuffle(3, {.seed = 11});
  constexpr int walks = 6000;
  for (int i = 0; i < walks; ++i) ++counts[numbers_of(dataset)];
  REQUIRE(counts.size() == 6);
  for (const auto& [order, count] : counts) CHECK(std::abs(count - walks / 6) < 150);  // five standard deviations
}

TEST_CASE("without a seed, the global seed repeats a pipeline") {
  const auto run = [] {
    set_random_seed(5);
    const Dataset dataset = with_noise(Dataset::range(20).shuffle(20)).filter([](const Tensor& x) {
      return random::bernoulli(Shape()).item<bool>() || x.item<int64_t>() < 0;
    });
    return numbers_of(dataset.repeat(2));
  };
  const Int64s first = run();
  CHECK(run() == first);
}

TEST_CASE("random numbers in a map do not depend on threads, and differ from walk to walk") {
  const auto run = [](const datasets::MapOptions& options, int64_t prefetched) {
    set_random_seed(5);
    return numbers_of(with_noise(Dataset::range(40), options).repeat(2).prefetch(prefetched));
  };
  const Int64s alone = run({}, 0);
  CHECK(run({.num_parallel_calls = 4}, 0) == alone);
  CHECK(run({.num_parallel_calls = 3}, 2) == alone);
  CHECK(std::set<int64_t>(alone.begin(), alone.end()).size() == 80);
}

TEST_CASE("a pipeline's random numbers leave the consumer's alone") {
  const auto run = [](bool is_random) {
    set_random_seed(5);
    const Dataset dataset =
        is_random ? with_noise(Dataset::range(5)) : Dataset::range(5).map([](const Tensor& x) { return x; });
    numbers_of(dataset);
    return random::uniform({3}).to_vector<float>();
  };
  CHECK(run(true) == run(false));
}

TEST_CASE("skipped elements do not change the numbers of those behind") {
  const auto run = [](int64_t skipped) {
    set_random_seed(6);
    return numbers_of(with_noise(Dataset::range(10)).skip(skipped));
  };
  const Int64s all = run(0);
  CHECK(run(4) == Int64s(all.begin() + 4, all.end()));
}

TEST_CASE("the same shuffle at two places of a pipeline has one order in one walk") {
  const Dataset shuffled = Dataset::range(30).shuffle(30);
  for (const TensorList& pair : Dataset::zip({shuffled, shuffled}))
    CHECK(pair[0].item<int64_t>() == pair[1].item<int64_t>());
}
