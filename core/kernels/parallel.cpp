#include <algorithm>
#include <atomic>
#include <exception>

#include <cornu/core/kernels/parallel.h>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace cornu::kernels {
namespace {

#if defined(_OPENMP)

std::atomic<int> chosen_threads{0};  // 0: what OpenMP says in the calling thread
thread_local bool is_single_threaded = false;

int64_t usable_threads() { return omp_in_parallel() ? 1 : num_threads(); }

void run_parts(int64_t n, int64_t parts, function_ref<void(int64_t, int64_t)> body) {
  std::exception_ptr error;
  std::atomic_flag has_error = ATOMIC_FLAG_INIT;
#pragma omp parallel for num_threads(static_cast <int>(parts)) schedule(static, 1)
  for (int64_t part = 0; part < parts; ++part) {
    try {
      body(n * part / parts, n * (part + 1) / parts);
    } catch (...) {
      if (!has_error.test_and_set()) error = std::current_exception();
    }
  }
  if (error) std::rethrow_exception(error);
}

#endif

}  // namespace

#if defined(_OPENMP)

int num_threads() {
  if (is_single_threaded) return 1;
  const int chosen = chosen_threads.load(std::memory_order_relaxed);
  return chosen > 0 ? chosen : omp_get_max_threads();
}

void set_num_threads(int count) {
  chosen_threads = std::max(1, count);
  omp_set_num_threads(std::max(1, count));  // libraries on OpenMP follow
}

void parallel_for(int64_t n, int64_t grain, function_ref<void(int64_t, int64_t)> body) {
  if (n <= 0) return;
  grain = std::max<int64_t>(grain, 1);
  const int64_t parts = n < 2 * grain ? 1 : std::min(n / grain, usable_threads());
  if (parts <= 1) return body(0, n);
  run_parts(n, parts, body);
}

// Libraries on OpenMP ask for the calling thread's number.
SingleThreaded::SingleThreaded() : outer_(is_single_threaded ? 0 : omp_get_max_threads()) {
  if (outer_ == 0) return;
  is_single_threaded = true;
  omp_set_num_threads(1);
}
SingleThreaded::~SingleThreaded() {
  if (outer_ == 0) return;
  is_single_threaded = false;
  omp_set_num_threads(outer_);
}

#else

int num_threads() { return 1; }
void set_num_threads(int) {}
void parallel_for(int64_t n, int64_t, function_ref<void(int64_t, int64_t)> body) {
  if (n > 0) body(0, n);
}
SingleThreaded::SingleThreaded() : outer_(0) {}
SingleThreaded::~SingleThreaded() = default;

#endif

}  // namespace cornu::kernels
