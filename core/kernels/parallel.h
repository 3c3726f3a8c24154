#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <cornu/core/export.h>

namespace cornu::kernels {

/// A reference to a callable that lives at least as long as the call it is passed to: no allocation, one indirect call.
template <class Signature>
class function_ref;

template <class Result, class... Arguments>
class function_ref<Result(Arguments...)> {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, function_ref>) function_ref(F&& callable)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_([](void* object, Arguments... arguments) -> Result {
          return (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Arguments>(arguments)...);
        }) {}

  Result operator()(Arguments... arguments) const { return call_(object_, std::forward<Arguments>(arguments)...); }

 private:
  void* object_;
  Result (*call_)(void*, Arguments...);
};

/// Number of threads that a kernel may use: OpenMP's choice at the start (OMP_NUM_THREADS, else the processors).
CORNU_API int num_threads();

/// Sets the number of threads of the kernels; values below 1 count as 1.
CORNU_API void set_num_threads(int count);

/// Elements of the cheapest arithmetic that are work enough for a thread: waking it for fewer takes longer than it
/// saves.
inline constexpr int64_t elements_per_thread = 1 << 16;

/// The grain of a loop over rows of `row_elements`, of which a thread is to get `elements` at least.
constexpr int64_t row_grain(int64_t elements, int64_t row_elements) {
  return std::max<int64_t>(1, elements / std::max<int64_t>(1, row_elements));
}

/// Calls `body(begin, end)` on disjoint ranges that cover [0, n), on up to num_threads() threads; no range but the last
/// is shorter than `grain`. Runs inline if n < 2 * grain, with one thread, and inside another parallel_for.
/// What `body` writes must not depend on how [0, n) is cut, so that results do not depend on the number of threads.
/// An exception thrown by `body` is passed on to the caller.
CORNU_API void parallel_for(int64_t n, int64_t grain, function_ref<void(int64_t begin, int64_t end)> body);

/// While it lives, kernels that the calling thread runs use no other threads: for threads that share the processors
/// with others that compute.
class CORNU_API SingleThreaded {
 public:
  SingleThreaded();
  ~SingleThreaded();
  SingleThreaded(const SingleThreaded&) = delete;
  SingleThreaded& operator=(const SingleThreaded&) = delete;

 private:
  int outer_;
};

}  // namespace cornu::kernels
