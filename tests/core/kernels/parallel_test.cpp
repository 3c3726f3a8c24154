#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/kernels/dispatch.h>
#include <cornu/core/kernels/parallel.h>

using namespace cornu::kernels;

TEST_CASE("parallel_for covers every index once, nested or not") {
  const int threads = num_threads();
  for (const int count : {1, 2, 5}) {
    set_num_threads(count);
    for (const int64_t n : {0, 1, 9, 10, 1000}) {
      std::vector<std::atomic<int>> seen(n);
      parallel_for(n, 5, [&](int64_t begin, int64_t end) {
        parallel_for(end - begin, 1, [&](int64_t first, int64_t last) {
          for (int64_t i = first; i < last; ++i) ++seen[begin + i];
        });
      });
      for (int64_t i = 0; i < n; ++i) REQUIRE(seen[i] == 1);
    }
  }
  set_num_threads(threads);
}

TEST_CASE("parallel_for stays on the calling thread where the work is small") {
  const auto caller = std::this_thread::get_id();
  int calls = 0;
  parallel_for(99, 50, [&](int64_t begin, int64_t end) {
    CHECK(std::this_thread::get_id() == caller);
    CHECK(begin == 0);
    CHECK(end == 99);
    ++calls;
  });
  CHECK(calls == 1);
}

TEST_CASE("an exception in parallel_for reaches the caller") {
  const int threads = num_threads();
  set_num_threads(3);
  CHECK_THROWS_AS(parallel_for(100, 1, [](int64_t, int64_t) { throw std::runtime_error("no"); }), std::runtime_error);
  set_num_threads(threads);
}

TEST_CASE("the number of threads is at least one, the instruction set at most the machine's") {
  const int threads = num_threads();
  set_num_threads(-3);
  CHECK(num_threads() == 1);
  set_num_threads(threads);
  set_isa(Isa::baseline);
  CHECK(active_isa() == Isa::baseline);
  set_isa(Isa::avx512);
  CHECK(active_isa() == supported_isa());
}
