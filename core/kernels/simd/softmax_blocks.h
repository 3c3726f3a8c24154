#pragma once
#include <cstdint>

namespace cornu::kernels {

/// The loops of softmax.h for one floating dtype and instruction set.
struct SoftmaxLoops {
  using Map = void (*)(const void* x, int64_t outer, int64_t extent, int64_t inner, void* out);
  using Gradient = void (*)(const void* y, const void* dy, int64_t outer, int64_t extent, int64_t inner, void* dx);

  Map softmax, log_softmax;
  Gradient softmax_gradient, log_softmax_gradient;
  /// labels are in range; gradient may be null.
  void (*sparse_cross_entropy)(const void* logits, const int64_t* labels, int64_t rows, int64_t classes, void* loss,
                               void* gradient);
  void (*cross_entropy)(const void* logits, const void* labels, int64_t rows, int64_t classes, void* loss,
                        void* gradient);
};

struct SoftmaxBlocks {
  SoftmaxLoops float32, float64;
};

}  // namespace cornu::kernels
