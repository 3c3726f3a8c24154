#pragma once
#include <cstdint>

namespace cornu::kernels {

/// The loops of channels.cpp for one dtype. "rows" have a number of each channel, one behind the other; a "run" is of
/// one channel, to whose numbers center, a, b and shift then point. `scratch` has room for 2 * channels numbers.
struct ChannelBlocks {
  /// The mean of x and sum((x - mean)^2), for each channel: rows and n are above 0.
  void (*rows_moments)(const void* x, int64_t rows, int64_t channels, void* scratch);
  void (*run_moments)(const void* x, int64_t n, double* mean, double* squares);
  /// sum(a) and sum(a (b - center)).
  void (*rows_sums)(const void* a, const void* b, const void* center, int64_t rows, int64_t channels, void* scratch);
  void (*run_sums)(const void* a, const void* b, const void* center, int64_t n, double* sum, double* dot);
  /// (x - center) a + shift.
  void (*rows_affine)(const void* x, const void* center, const void* a, const void* shift, int64_t rows,
                      int64_t channels, void* out);
  void (*run_affine)(const void* x, const void* center, const void* a, const void* shift, int64_t n, void* out);
  /// u a + (v - center) b + shift.
  void (*rows_combine)(const void* u, const void* v, const void* center, const void* a, const void* b,
                       const void* shift, int64_t rows, int64_t channels, void* out);
  void (*run_combine)(const void* u, const void* v, const void* center, const void* a, const void* b, const void* shift,
                      int64_t n, void* out);
  /// (x - center) inverse gamma[i] + beta[i], with one center and one factor.
  void (*run_normalize)(const void* x, double center, double inverse, const void* gamma, const void* beta, int64_t n,
                        void* out);
};

}  // namespace cornu::kernels
