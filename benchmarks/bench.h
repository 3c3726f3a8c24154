#pragma once
// A small harness: contenders for the same work take turns, round by round, so that whatever else happens on the
// machine hits all of them; figures are medians over the rounds, ratios the median of the rounds' ratios to the first
// contender.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

#include <cornu/core/kernels/parallel.h>

namespace bench {

/// Makes the compiler believe that `value` is read, and that memory may have changed.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// Hot loops of hand-written floors are compiled for each instruction set, as the library's kernels are.
#if defined(__x86_64__) && defined(__GNUC__)
#define BENCH_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BENCH_CLONES
#endif

inline int available_threads() { return std::max(1u, std::thread::hardware_concurrency()); }

/// Threads that Cornu, and OpenMP with the libraries on it, split work over.
inline void set_threads(int threads) {
  cornu::kernels::set_num_threads(threads);
#ifdef _OPENMP
  omp_set_num_threads(threads);
#endif
}

/// Calls `body(first, n)` on parts of `count` elements, in OpenMP's threads.
template <class Body>
void in_parts(int64_t count, const Body& body) {
  constexpr int64_t part = int64_t{1} << 16;
#pragma omp parallel for schedule(static)
  for (int64_t first = 0; first < count; first += part) body(first, std::min(part, count - first));
}

/// Work that is repeated; the loop is inside, so that a call through it costs nothing each time.
class Batch {
 public:
  template <class Function>
  Batch(Function function)
      : loop_([function = std::move(function)](int64_t count) mutable {
          for (; count > 0; --count) function();
        }) {}
  /// `loop(count)` does the work `count` times by itself.
  static Batch whole(std::function<void(int64_t)> loop) {
    Batch batch([] {});
    batch.loop_ = std::move(loop);
    return batch;
  }
  void operator()(int64_t count) { loop_(count); }

 private:
  std::function<void(int64_t)> loop_;
};

struct Contender {
  std::string name;
  Batch run;
  double goal_ratio = 0;         ///< at most this many times the first contender's time; 0: no such goal
  double goal_microseconds = 0;  ///< at most this time; 0: no such goal
};

/// What the contenders do once each time they run.
struct Task {
  std::string name;
  int threads = 1;
  double flops = 0;  ///< floating-point operations, for GFLOP/s
  double bytes = 0;  ///< memory read and written, for GB/s
  int rounds = 51;
  double round_seconds = 0.003;  ///< time of each contender in a round, about; short ones are seldom interrupted
};

struct Result {
  double microseconds = 0;  ///< median
  double best = 0;          ///< microseconds of the fastest round
  double ratio = 0;         ///< to the first contender
};

inline const char* verdict(bool is_met) { return is_met ? "met" : "MISSED"; }

namespace detail {

inline double seconds_of(Batch& run, int64_t count) {
  const auto start = std::chrono::steady_clock::now();
  run(count);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

/// How often to run in a round; running to find out also warms up.
inline int64_t calibrate(Batch& run, double round_seconds) {
  run(2);
  for (int64_t count = 1;; count *= 4) {
    const double seconds = seconds_of(run, count);
    if (seconds > round_seconds / 8) return std::max<int64_t>(1, static_cast<int64_t>(count * round_seconds / seconds));
  }
}

inline void print_heading(const Task& task) {
  std::printf("\n%-52s %8s %12s %12s %8s", task.name.c_str(), "threads", "us", "best us", "ratio");
  if (task.flops > 0) std::printf(" %9s", "GFLOP/s");
  if (task.bytes > 0) std::printf(" %9s", "GB/s");
  std::printf("   goal\n");
}

inline void print_row(const Task& task, const Contender& contender, const Result& result) {
  std::printf("  %-50s %8d %12.3f %12.3f %8.2f", contender.name.c_str(), task.threads, result.microseconds, result.best,
              result.ratio);
  if (task.flops > 0) std::printf(" %9.1f", task.flops / result.microseconds / 1e3);
  if (task.bytes > 0) std::printf(" %9.1f", task.bytes / result.microseconds / 1e3);
  if (contender.goal_ratio > 0)
    std::printf("   ratio <= %.2f: %s", contender.goal_ratio, verdict(result.ratio <= contender.goal_ratio));
  if (contender.goal_microseconds > 0)
    std::printf("   us <= %.2f: %s", contender.goal_microseconds,
                verdict(result.microseconds <= contender.goal_microseconds));
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace detail

/// Measures the contenders side by side and prints a row for each.
inline std::vector<Result> compare(const Task& task, std::vector<Contender> contenders) {
  set_threads(task.threads);
  const size_t count = contenders.size();
  std::vector<int64_t> repeats(count);
  for (size_t i = 0; i < count; ++i) repeats[i] = detail::calibrate(contenders[i].run, task.round_seconds);

  std::vector<std::vector<double>> times(count), ratios(count);
  for (int round = 0; round < task.rounds; ++round) {
    for (size_t turn = 0; turn < count; ++turn) {
      const size_t i = (turn + round) % count;  // nobody always comes first
      times[i].push_back(detail::seconds_of(contenders[i].run, repeats[i]) / repeats[i] * 1e6);
    }
    for (size_t i = 0; i < count; ++i) ratios[i].push_back(times[i][round] / times[0][round]);
  }

  detail::print_heading(task);
  std::vector<Result> results;
  for (size_t i = 0; i < count; ++i) {
    const double best = *std::min_element(times[i].begin(), times[i].end());
    results.push_back({detail::median(times[i]), best, detail::median(ratios[i])});
    detail::print_row(task, contenders[i], results.back());
  }
  return results;
}

}  // namespace bench
