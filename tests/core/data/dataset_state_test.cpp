// Positions of iterators: saved anywhere, restored in another iterator, they go on with the very next element.
#include <functional>

#include <catch2/catch.hpp>

#include "dataset_checks.h"
#include "temporary_folder.h"
#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

using Elements = std::vector<std::vector<double>>;

std::vector<double> values_of(const TensorList& element) {
  std::vector<double> values;
  for (const Tensor& tensor : element)
    for (const double value : cast(tensor, float64).to_vector<double>()) values.push_back(value);
  return values;
}

Elements rest_of(DatasetIterator iterator, int64_t most) {
  Elements rest;
  while (std::ssize(rest) < most) {
    try {
      const auto element = iterator.next();
      if (!element) break;
      rest.push_back(values_of(*element));
    } catch (const Error& error) {
      rest.push_back({-1, static_cast<double>(std::string(error.what()).size())});
    }
  }
  return rest;
}

void take(DatasetIterator iterator, int64_t count) { rest_of(iterator, count); }

/// At each place of the walk, an iterator of a pipeline made anew goes on as the one that was saved.
void check_resumes(const std::function<Dataset()>& make, int64_t length = 40) {
  for (int64_t place = 0; place <= length; ++place) {
    const Dataset dataset = make();
    take(dataset.iterator(), 3);  // so that this is not the first walk
    DatasetIterator saved = dataset.iterator();
    take(saved, place);
    const Tensor state = saved.state();
    const Elements expected = rest_of(saved, 60);
    DatasetIterator other = make().iterator();
    take(other, 5);
    other.restore(state);
    INFO("after " << place << " elements");
    REQUIRE(rest_of(other, 60) == expected);
    DatasetIterator same = dataset.iterator();
    same.restore(state);
    REQUIRE(rest_of(same, 60) == expected);
  }
}

Dataset numbers(int64_t count = 17) { return Dataset::range(count); }

Tensor noisy(const Tensor& x) { return cast(x, float64) + random::uniform({}, {.dtype = float64}); }

Tensor fails_at_times(const Tensor& x) {
  if (x.item<int64_t>() % 6 == 2) throw ValueError("no");
  return x;
}

Dataset countdown() {
  return Dataset::from_generator([] {
    return [i = int64_t{12}]() mutable {
      return i > 0 ? std::optional(TensorList{constant(i--), random::uniform({})}) : std::nullopt;
    };
  });
}

}  // namespace

TEST_CASE("every source and transformation resumes exactly") {
  SECTION("rows") {
    check_resumes([] { return Dataset::from_tensor_slices(ones({9, 2})).enumerate(); });
  }
  SECTION("tensors") {
    check_resumes([] { return Dataset::from_tensors(constant(1)).repeat(3); }, 5);
  }
  SECTION("generator") { check_resumes(countdown, 14); }
  SECTION("map") {
    check_resumes([] { return numbers().map(noisy).repeat(3); });
  }
  SECTION("map in parallel") {
    check_resumes([] { return numbers().map(noisy, {.num_parallel_calls = 2}).repeat(2); });
  }
  SECTION("filter") {
    check_resumes([] {
      return numbers().filter([](const Tensor&) { return random::bernoulli(Shape()).item<bool>(); }).repeat(3);
    });
  }
  SECTION("batch") {
    check_resumes([] { return numbers().batch(4).repeat(3); }, 15);
    check_resumes([] { return numbers().map(noisy).batch(4).repeat(3); }, 15);
  }
  SECTION("unbatch") {
    check_resumes([] { return numbers().shuffle(17).batch(4).unbatch(); }, 18);
  }
  SECTION("shuffle of rows") {
    check_resumes([] { return numbers().shuffle(17).repeat(3); });
    check_resumes([] { return numbers().shuffle(5).repeat(3).batch(3); }, 18);
    check_resumes([] { return numbers().shuffle(5, {.reshuffle_each_iteration = false}).shuffle(4).repeat(2); });
  }
  SECTION("shuffle of elements") {
    check_resumes([] { return numbers().map(noisy).shuffle(17).repeat(3); });
    check_resumes([] { return numbers().map(noisy).shuffle(5).shuffle(4).repeat(2); });
    check_resumes([] { return countdown().shuffle(5).repeat(2); }, 25);
  }
  SECTION("take, skip, repeat") {
    check_resumes([] { return numbers().shuffle(9).skip(3).take(8).repeat(2).repeat(2); });
    check_resumes([] { return numbers().map(noisy).repeat().skip(5).take(30); });
  }
  SECTION("cache") {
    check_resumes([] { return numbers(7).map(noisy).shuffle(3).cache().repeat(3); }, 22);
    check_resumes([] { return numbers(7).map(noisy).cache().shuffle(7).repeat(3); }, 22);
  }
  SECTION("prefetch") {
    check_resumes([] { return numbers().map(noisy).shuffle(6).repeat(2).batch(3).prefetch(4); }, 13);
  }
  SECTION("zip and concatenate") {
    check_resumes([] { return Dataset::zip({numbers().shuffle(9), numbers().map(noisy)}).repeat(2); });
    check_resumes([] { return numbers(4).shuffle(4).concatenate(numbers(5).map(noisy)).repeat(3); }, 30);
  }
  SECTION("interleave") {
    check_resumes(
        [] {
          return numbers(6).shuffle(6).interleave(
              [](const Tensor& x) { return Dataset::range(x.item<int64_t>()).shuffle(3).map(noisy).repeat(2); },
              {.cycle_length = 3, .block_length = 2});
        },
        32);
  }
}

TEST_CASE("elements that failed are passed over as before") {
  check_resumes([] { return numbers().map(fails_at_times).shuffle(5).repeat(2); });
  check_resumes([] { return numbers().map(fails_at_times, {.num_parallel_calls = 2}).batch(3).prefetch(2); }, 8);
  check_resumes([] { return numbers().map(fails_at_times).cache().repeat(2); });
  check_resumes([] {
    return numbers().filter([](const Tensor& x) { return fails_at_times(x).defined(); }).shuffle(4).repeat(2);
  });
}

TEST_CASE("a Checkpoint keeps the position of an iterator") {
  const TemporaryFolder folder;
  const auto make = [] { return Dataset::range(20).shuffle(20).repeat().batch(3).prefetch(2); };
  std::string path;
  Elements expected;
  {
    DatasetIterator iterator = make().iterator();
    take(iterator, 9);
    Checkpoint checkpoint({{"iterator", iterator}});
    path = checkpoint.save(folder / "ckpt");
    expected = rest_of(iterator, 20);
  }
  DatasetIterator iterator = make().iterator();
  Checkpoint checkpoint({{"iterator", iterator}});
  checkpoint.restore(path).assert_consumed();
  CHECK(rest_of(iterator, 20) == expected);
}

TEST_CASE("a state of another pipeline changes nothing") {
  const TemporaryFolder folder;
  DatasetIterator saved = numbers().shuffle(5).batch(2).iterator();
  take(saved, 2);
  DatasetIterator other = numbers().map(noisy).iterator();
  take(other, 3);
  const Tensor before = other.state();
  CHECK_THROWS_WITH(other.restore(saved.state()), Contains("none of this pipeline's"));
  Checkpoint checkpoint({{"iterator", saved}});
  const std::string path = checkpoint.save(folder / "ckpt");
  Checkpoint wrong({{"iterator", other}});
  CHECK_THROWS_AS(wrong.restore(path), ValueError);
  CHECK(other.state().to_vector<int64_t>() == before.to_vector<int64_t>());
}

TEST_CASE("states that are none are refused") {
  const DatasetIterator iterator = numbers().shuffle(5).iterator();
  const auto state = iterator.state().to_vector<int64_t>();
  const auto restore = [&](const Int64s& changed) {
    iterator.restore(Tensor::from_span<int64_t>(changed, {std::ssize(changed)}));
  };
  CHECK_NOTHROW(restore(state));
  for (size_t length = 0; length < state.size(); ++length)
    CHECK_THROWS_AS(restore(Int64s(state.begin(), state.begin() + static_cast<int64_t>(length))), ValueError);
  Int64s longer = state;
  longer.push_back(0);
  CHECK_THROWS_AS(restore(longer), ValueError);
  Int64s later = state;
  later[0] = 2;
  CHECK_THROWS_WITH(restore(later), Contains("later version"));
  for (size_t i = 1; i < state.size(); ++i) {
    Int64s damaged = state;
    damaged[i] = -5;
    try {
      restore(damaged);
    } catch (const ValueError&) {
    }
  }
  CHECK_THROWS_AS(iterator.restore(zeros({2, 2})), ShapeError);
  CHECK_THROWS_AS(iterator.restore(zeros({2})), DTypeError);
}
