// Parallel maps and prefetching: order, errors, early ends, and what the consumer sees.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include "dataset_checks.h"
#include "sanitized.h"
#include <cornu/cornu.h>

using namespace cornu;

namespace {

const auto squared = [](const Tensor& x) { return x * x; };

}  // namespace

TEST_CASE("a parallel map keeps the order") {
  const auto slow_at_times = [](const Tensor& x) {
    if (x.item<int64_t>() % 5 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return x * x;
  };
  const Dataset range = Dataset::range(60);
  const Int64s expected = numbers_of(range.map(squared));
  CHECK(numbers_of(range.map(slow_at_times, {.num_parallel_calls = 4})) == expected);
  CHECK(numbers_of(range.map(slow_at_times, {.num_parallel_calls = datasets::AUTOTUNE})) == expected);
  CHECK(numbers_of(range.map(squared, {.num_parallel_calls = 2}).skip(7).take(3)) == Int64s{49, 64, 81});
  CHECK_THROWS_AS(range.map(squared, {.num_parallel_calls = 0}), ValueError);
  CHECK_THROWS_AS(range.map(squared, {.num_parallel_calls = -2}), ValueError);
}

TEST_CASE("a parallel map takes the threads that there are") {
#if !defined(CORNU_SANITIZED)
  const Int64s expected = numbers_of(Dataset::range(60).map(squared));
  DatasetIterator iterator = Dataset::range(60).map(squared, {.num_parallel_calls = INT64_MAX}).iterator();
  size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
  constexpr size_t page_size = 4096, room_for_a_few = size_t{100} << 20;
  rlimit less = before;
  less.rlim_cur = pages * page_size + room_for_a_few;
  REQUIRE(setrlimit(RLIMIT_AS, &less) == 0);
  const auto first = iterator.next();
  setrlimit(RLIMIT_AS, &before);
  CHECK(numbers_in(*first) == Int64s{0});
  for (size_t i = 1; i < expected.size(); ++i) REQUIRE(numbers_in(*iterator.next())[0] == expected[i]);
#endif
}

TEST_CASE("elements of a parallel map are made at the same time") {
  std::mutex mutex;
  std::condition_variable has_come;
  int count = 0;
  const auto meets = [&](const Tensor& x) {  // returns only if three calls run at once
    std::unique_lock lock(mutex);
    ++count;
    has_come.notify_all();
    if (!has_come.wait_for(lock, std::chrono::seconds(60), [&] { return count >= 3; })) throw ValueError("alone");
    return x;
  };
  CHECK(numbers_of(Dataset::range(3).map(meets, {.num_parallel_calls = 3})) == Int64s{0, 1, 2});
}

TEST_CASE("an error of a parallel map comes when its element's turn comes") {
  const auto fails_at_3 = [](const Tensor& x) {
    if (x.item<int64_t>() == 3) throw std::runtime_error("no picture");
    return x;
  };
  DatasetIterator iterator = Dataset::range(5).map(fails_at_3, {.num_parallel_calls = 2}).prefetch(1).iterator();
  for (int i = 0; i < 3; ++i) CHECK(numbers_in(*iterator.next()) == Int64s{i});
  CHECK_THROWS_WITH(iterator.next(), "map: element 3: no picture");
  CHECK(numbers_in(*iterator.next()) == Int64s{4});
  CHECK_FALSE(iterator.next());
  CHECK_FALSE(iterator.next());
}

TEST_CASE("an error before a parallel map comes in order too") {
  const auto fails_at_1 = [](const Tensor& x) {
    if (x.item<int64_t>() == 1) throw ShapeError("no");
    return x;
  };
  DatasetIterator iterator = Dataset::range(3).map(fails_at_1).map(squared, {.num_parallel_calls = 2}).iterator();
  CHECK(numbers_in(*iterator.next()) == Int64s{0});
  CHECK_THROWS_AS(iterator.next(), ShapeError);
  CHECK(numbers_in(*iterator.next()) == Int64s{4});
}

TEST_CASE("prefetch makes elements while the consumer does something else") {
  std::atomic<int> made = 0;
  const Dataset dataset = Dataset::range(10).map([&made](const Tensor& x) {
    ++made;
    return x;
  });
  DatasetIterator iterator = dataset.prefetch(3).iterator();
  CHECK(made == 0);  // nothing happens before the first call
  iterator.next();
  for (int i = 0; i < 60000 && made < 4; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(made == 4);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(made == 4);  // the buffer is full
  CHECK(numbers_of(dataset.prefetch()) == numbers_of(Dataset::range(10)));
  CHECK(numbers_of(dataset.prefetch(2).skip(8)) == Int64s{8, 9});
  CHECK(numbers_of(dataset.prefetch(0)) == numbers_of(Dataset::range(10)));
  CHECK_THROWS_AS(dataset.prefetch(-2), ValueError);
}

TEST_CASE("iterators that end early join their threads") {
  std::atomic<int> running = 0;
  const auto counted = [&](const Tensor& x) {
    ++running;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --running;
    return x;
  };
  const Dataset dataset =
      Dataset::range(1000).map(counted, {.num_parallel_calls = 3}).repeat().batch(2).prefetch(4).prefetch(2);
  for (int i = 0; i < 5; ++i) {
    {
      DatasetIterator iterator = dataset.iterator();
      for (int taken = 0; taken < i; ++taken) iterator.next();
    }
    CHECK(running == 0);
  }
  for (const TensorList& element : dataset)
    if (numbers_in(element)[0] > 10) break;
  CHECK(running == 0);
}

TEST_CASE("a generator that throws within a prefetch tells the consumer") {
  const Dataset dataset = Dataset::from_generator([]() -> datasets::ElementGenerator {
    return [i = 0]() mutable -> std::optional<TensorList> {
      if (i++ == 1) throw std::runtime_error("gone");
      return i > 3 ? std::nullopt : std::optional(TensorList{constant(i)});
    };
  });
  DatasetIterator iterator = dataset.prefetch(5).iterator();
  iterator.next();
  CHECK_THROWS_WITH(iterator.next(), "from_generator: element 1: gone");
  CHECK((*iterator.next())[0].item<int32_t>() == 3);
  CHECK_FALSE(iterator.next());
}

TEST_CASE("tapes and traces of the consumer do not see the pipeline") {
  const Tensor x = constant({1.f, 2.f});
  const Dataset dataset = Dataset::from_tensor_slices(x).map([](const Tensor& row) { return row * 3.f; });
  GradientTape tape;
  tape.watch(x);
  const Tensor row = (*dataset.iterator().next())[0];
  const Tensor y = row * 2.f;
  CHECK_FALSE(tape.gradient(y, x).defined());

  bool is_symbolic = true;
  auto traced = function([&](const Tensor& input) {
    const auto element = dataset.iterator().next();
    is_symbolic = (*element)[0].is_symbolic();
    return input + (*element)[0];
  });
  CHECK(traced(constant(1.f)).item<float>() == 4.f);
  CHECK_FALSE(is_symbolic);
}

TEST_CASE("threads may walk over one data set at the same time") {
  const Dataset dataset = Dataset::range(200).map(squared).cache().shuffle(50).batch(7);
  std::vector<std::thread> threads;
  std::atomic<int64_t> sum = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (const int64_t number : numbers_of(dataset)) sum += number;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(sum == 4 * (199 * 200 * 399 / 6));
}
