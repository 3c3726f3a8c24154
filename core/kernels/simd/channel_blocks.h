#pragma once
#include <cstdint>

namespace cornu::kernels {

template <class T>
const T* as(const void* data) {
  return static_cast<const T*>(data);
}
template <class T>
T* as(void* data) {
  return static_cast<T*>(data);
}

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
  /// Its gradient with respect to x: with p = dy gamma and z = (x - center) inverse,
  /// inverse (p - mean(p) - z mean(p z)).
  void (*run_normalize_gradient)(const void* dy, const void* x, const void* gamma, double center, double inverse,
                                 int64_t n, void* out);
  /// sum(dy) and sum(dy (x - center[row]) inverse[row]) of each column.
  void (*rows_normalized_sums)(const void* dy, const void* x, const void* center, const void* inverse, int64_t rows,
                               int64_t columns, void* scratch);
};

}  // namespace cornu::kernels
