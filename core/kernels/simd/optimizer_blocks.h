#pragma once
#include <cornu/core/kernels/optimizer_update.h>

namespace cornu::kernels {

/// The loops of optimizer_update.h for one floating dtype and instruction set; the same arguments without the dtype.
struct OptimizerLoops {
  void (*sgd)(const SgdUpdate&, int64_t n, void* variable, const void* gradient, void* momentum);
  void (*adam)(const AdamUpdate&, int64_t n, void* variable, const void* gradient, void* m, void* v, void* v_max);
  void (*rmsprop)(const RmspropUpdate&, int64_t n, void* variable, const void* gradient, void* velocity, void* momentum,
                  void* average);
  void (*adagrad)(const AdagradUpdate&, int64_t n, void* variable, const void* gradient, void* accumulator);
  double (*sum_of_squares)(const void* x, int64_t n);
  void (*blend)(double keep, void* to, double take, const void* from, int64_t n);
};

struct OptimizerBlocks {
  OptimizerLoops float32, float64;
};

}  // namespace cornu::kernels
