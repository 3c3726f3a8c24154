#pragma once
#include <cornu/core/kernels/parallel.h>

/// Another number of threads, while this lives.
class Threads {
 public:
  explicit Threads(int count) : before_(cornu::kernels::num_threads()) { cornu::kernels::set_num_threads(count); }
  ~Threads() { cornu::kernels::set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};
