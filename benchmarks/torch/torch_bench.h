#pragma once
// What the benchmarks beside libtorch share.
#include <cblas.h>
#include <malloc.h>
#include <torch/torch.h>

namespace bench {

inline void use_torch_threads(int threads) {
  at::set_num_threads(threads);
  openblas_set_num_threads(1);  // libtorch's threads are OpenMP's, as Cornu's
}

/// libtorch takes its tensors from malloc, which gives large ones back to the system and has each page cleared again at
/// the next step; where page faults are dear (virtual machines) that costs ten times the training itself. Here malloc
/// keeps its memory, so that what is measured is libtorch.
inline void keep_memory() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2000000000);
}

}  // namespace bench
