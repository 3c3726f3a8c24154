#pragma once
#ifdef _OPENMP
#include <omp.h>
#endif

namespace cornu::kernels {

#ifdef _OPENMP
/// oneDNN uses as many OpenMP threads as the calling thread may start: one, while this lives.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) {
    if (before_ > 1) omp_set_num_threads(1);
  }
  ~OneThread() {
    if (before_ > 1) omp_set_num_threads(before_);
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};
#else
struct OneThread {
  OneThread() {}
};
#endif

}  // namespace cornu::kernels
