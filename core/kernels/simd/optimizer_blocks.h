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
  void (*adadelta)(const AdadeltaUpdate&, int64_t n, void* variable, const void* gradient, void* a, void* d);
  void (*adamax)(const AdamaxUpdate&, int64_t n, void* variable, const void* gradient, void* m, void* u);
  void (*nadam)(const NadamUpdate&, int64_t n, void* variable, const void* gradient, void* m, void* v);
  void (*lion)(const LionUpdate&, int64_t n, void* variable, const void* gradient, void* m);
  void (*ftrl)(const FtrlUpdate&, int64_t n, void* variable, const void* gradient, void* accumulator, void* linear);
  double (*sum_of_squares)(const void* x, int64_t n);
  void (*blend)(double keep, void* to, double take, const void* from, int64_t n);
};

struct OptimizerBlocks {
  OptimizerLoops float32, float64;
};

}  // namespace cornu::kernels
