#include <cornu/core/kernels/simd/channel_blocks.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

/// Sums of first(i) and second(i), in several chains.
template <class T, class First, class Second>
void sum_two(int64_t n, First first, Second second, T& first_sum, T& second_sum) {
  constexpr int64_t chains = 2 * lanes<T>;
  T a[chains] = {}, b[chains] = {};
  int64_t i = 0;
  for (; i + chains <= n; i += chains)
    for (int64_t j = 0; j < chains; ++j) {
      a[j] += first(i + j);
      b[j] += second(i + j);
    }
  for (int64_t j = 0; i < n; ++i, ++j) {
    a[j] += first(i);
    b[j] += second(i);
  }
  first_sum = second_sum = 0;
  for (int64_t j = 0; j < chains; ++j) {
    first_sum += a[j];
    second_sum += b[j];
  }
}

template <class T>
void rows_moments(const void* data, int64_t rows, int64_t channels, void* scratch) {
  T *mean = as<T>(scratch), *squares = mean + channels;
  for (int64_t c = 0; c < 2 * channels; ++c) mean[c] = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const T* x = as<T>(data) + row * channels;
    CORNU_INDEPENDENT
    for (int64_t c = 0; c < channels; ++c) mean[c] += x[c];
  }
  for (int64_t c = 0; c < channels; ++c) mean[c] /= static_cast<T>(rows);
  for (int64_t row = 0; row < rows; ++row) {
    const T* x = as<T>(data) + row * channels;
    CORNU_INDEPENDENT
    for (int64_t c = 0; c < channels; ++c) squares[c] += (x[c] - mean[c]) * (x[c] - mean[c]);
  }
}

template <class T>
void run_moments(const void* data, int64_t n, double* mean, double* squares) {
  const T* x = as<T>(data);
  T sum, differences, square_sum;
  const T origin = x[0];  // sums of small numbers lose less
  sum_two<T>(
      n, [=](int64_t i) { return x[i] - origin; }, [](int64_t) { return T{0}; }, sum, square_sum);
  const T center = origin + sum / static_cast<T>(n);
  sum_two<T>(
      n, [=](int64_t i) { return x[i] - center; }, [=](int64_t i) { return (x[i] - center) * (x[i] - center); },
      differences, square_sum);
  // What rounding left of the mean.
  const double rest = static_cast<double>(differences) / static_cast<double>(n);
  *mean = static_cast<double>(center) + rest;
  *squares = static_cast<double>(square_sum) - static_cast<double>(n) * rest * rest;
}

template <class T>
void rows_sums(const void* first, const void* second, const void* centers, int64_t rows, int64_t channels,
               void* scratch) {
  const T* center = as<T>(centers);
  T *sum = as<T>(scratch), *dot = sum + channels;
  for (int64_t c = 0; c < 2 * channels; ++c) sum[c] = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const T *a = as<T>(first) + row * channels, *b = as<T>(second) + row * channels;
    CORNU_INDEPENDENT
    for (int64_t c = 0; c < channels; ++c) {
      sum[c] += a[c];
      dot[c] += a[c] * (b[c] - center[c]);
    }
  }
}

template <class T>
void run_sums(const void* first, const void* second, const void* center, int64_t n, double* sum, double* dot) {
  const T *a = as<T>(first), *b = as<T>(second), middle = *as<T>(center);
  T total, product;
  sum_two<T>(
      n, [=](int64_t i) { return a[i]; }, [=](int64_t i) { return a[i] * (b[i] - middle); }, total, product);
  *sum = total;
  *dot = product;
}

template <class T>
void rows_affine(const void* data, const void* centers, const void* factors, const void* shifts, int64_t rows,
                 int64_t channels, void* result) {
  const T *center = as<T>(centers), *a = as<T>(factors), *shift = as<T>(shifts);
  for (int64_t row = 0; row < rows; ++row) {
    const T* x = as<T>(data) + row * channels;
    T* out = as<T>(result) + row * channels;
    CORNU_INDEPENDENT
    for (int64_t c = 0; c < channels; ++c) out[c] = (x[c] - center[c]) * a[c] + shift[c];
  }
}

template <class T>
void run_affine(const void* data, const void* center, const void* factor, const void* shift, int64_t n, void* result) {
  const T *x = as<T>(data), middle = *as<T>(center), a = *as<T>(factor), addend = *as<T>(shift);
  T* out = as<T>(result);
  CORNU_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) out[i] = (x[i] - middle) * a + addend;
}

template <class T>
void rows_combine(const void* first, const void* second, const void* centers, const void* a_factors,
                  const void* b_factors, const void* shifts, int64_t rows, int64_t channels, void* result) {
  const T *center = as<T>(centers), *a = as<T>(a_factors), *b = as<T>(b_factors), *shift = as<T>(shifts);
  for (int64_t row = 0; row < rows; ++row) {
    const T *u = as<T>(first) + row * channels, *v = as<T>(second) + row * channels;
    T* out = as<T>(result) + row * channels;
    CORNU_INDEPENDENT
    for (int64_t c = 0; c < channels; ++c) out[c] = u[c] * a[c] + (v[c] - center[c]) * b[c] + shift[c];
  }
}

template <class T>
void run_combine(const void* first, const void* second, const void* center, const void* a_factor, const void* b_factor,
                 const void* shift, int64_t n, void* result) {
  const T *u = as<T>(first), *v = as<T>(second);
  const T middle = *as<T>(center), a = *as<T>(a_factor), b = *as<T>(b_factor), addend = *as<T>(shift);
  T* out = as<T>(result);
  CORNU_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) out[i] = u[i] * a + (v[i] - middle) * b + addend;
}

template <class T>
void run_normalize(const void* data, double center, double inverse, const void* gammas, const void* betas, int64_t n,
                   void* result) {
  const T *x = as<T>(data), *gamma = as<T>(gammas), *beta = as<T>(betas);
  const T middle = static_cast<T>(center), factor = static_cast<T>(inverse);
  T* out = as<T>(result);
  CORNU_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) out[i] = (x[i] - middle) * factor * gamma[i] + beta[i];
}

template <class T>
void run_normalize_gradient(const void* upstream, const void* data, const void* gammas, double center, double inverse,
                            int64_t n, void* result) {
  const T *dy = as<T>(upstream), *x = as<T>(data), *gamma = as<T>(gammas);
  const T middle = static_cast<T>(center), factor = static_cast<T>(inverse), count = static_cast<T>(n);
  T sum, dot;
  sum_two<T>(
      n, [=](int64_t i) { return dy[i] * gamma[i]; },
      [=](int64_t i) { return dy[i] * gamma[i] * ((x[i] - middle) * factor); }, sum, dot);
  const T mean = sum / count, slope = dot / count;
  T* out = as<T>(result);
  CORNU_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) out[i] = factor * (dy[i] * gamma[i] - mean - (x[i] - middle) * factor * slope);
}

template <class T>
void rows_normalized_sums(const void* upstream, const void* data, const void* centers, const void* inverses,
                          int64_t rows, int64_t columns, void* scratch) {
  T *sum = as<T>(scratch), *dot = sum + columns;
  for (int64_t c = 0; c < 2 * columns; ++c) sum[c] = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const T *dy = as<T>(upstream) + row * columns, *x = as<T>(data) + row * columns;
    const T center = as<T>(centers)[row], inverse = as<T>(inverses)[row];
    CORNU_INDEPENDENT
    for (int64_t c = 0; c < columns; ++c) {
      sum[c] += dy[c];
      dot[c] += dy[c] * ((x[c] - center) * inverse);
    }
  }
}

template <class T>
constexpr ChannelBlocks blocks_of = {
    rows_moments<T>,        run_moments<T>,  rows_sums<T>,   run_sums<T>,      rows_affine<T>,
    run_affine<T>,          rows_combine<T>, run_combine<T>, run_normalize<T>, run_normalize_gradient<T>,
    rows_normalized_sums<T>};

}  // namespace

const ChannelBlocks channel_blocks[2] = {blocks_of<float>, blocks_of<double>};

}  // namespace cornu::kernels::CORNU_ISA
