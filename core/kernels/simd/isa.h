#pragma once
// What the files of this folder share. Each of them is compiled once for every instruction set, with CORNU_ISA naming
// the namespace: everything here depends on the set, so everything lives in that namespace, and standard templates are
// avoided (of a function that several objects hold, the linker keeps one, which must run everywhere).
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the undefined vectors in its own AVX-512 header for uninitialized variables (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <xsimd/xsimd.hpp>

#if !defined(CORNU_ISA)
#define CORNU_ISA baseline
#endif

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"  // loops that stay scalar: integer powers
#define CORNU_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define CORNU_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace cornu::kernels::CORNU_ISA {

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#define CORNU_ISA_AVX512 1
using Arch = xsimd::avx512dq;
#elif defined(__AVX2__) && defined(__FMA__)
#define CORNU_ISA_AVX2 1
using Arch = xsimd::fma3<xsimd::avx2>;
#elif defined(__SSE2__)
using Arch = xsimd::sse2;
#else
using Arch = xsimd::default_arch;
#endif

template <class T>
using Batch = xsimd::batch<T, Arch>;
using xsimd::select;

template <class V>
concept IsBatch = requires {
  typename V::arch_type;
};
template <class V>
concept IsInteger = std::is_integral_v<V>;

template <class T>
inline constexpr int64_t lanes = static_cast<int64_t>(Batch<T>::size);

template <class T>
inline Batch<T> load(const T* p) {
  return Batch<T>::load_unaligned(p);
}
template <class T>
inline void store(T* p, Batch<T> value) {
  value.store_unaligned(p);
}

// The first n elements, 0 < n < lanes<T>; the other lanes are 0.
#if defined(CORNU_ISA_AVX512)
inline Batch<float> load_partial(const float* p, int64_t n) {
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1), p);
}
inline Batch<double> load_partial(const double* p, int64_t n) {
  return _mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << n) - 1), p);
}
inline void store_partial(float* p, Batch<float> value, int64_t n) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1), value);
}
inline void store_partial(double* p, Batch<double> value, int64_t n) {
  _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1u << n) - 1), value);
}
#elif defined(CORNU_ISA_AVX2)
alignas(64) inline constexpr int32_t sliding_mask[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
inline __m256i first(int64_t words) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sliding_mask + 8 - words));
}
inline Batch<float> load_partial(const float* p, int64_t n) { return _mm256_maskload_ps(p, first(n)); }
inline Batch<double> load_partial(const double* p, int64_t n) { return _mm256_maskload_pd(p, first(2 * n)); }
inline void store_partial(float* p, Batch<float> value, int64_t n) { _mm256_maskstore_ps(p, first(n), value); }
inline void store_partial(double* p, Batch<double> value, int64_t n) { _mm256_maskstore_pd(p, first(2 * n), value); }
#else
template <class T>
inline Batch<T> load_partial(const T* p, int64_t n) {
  T lane[lanes<T>] = {};
  for (int64_t i = 0; i < n; ++i) lane[i] = p[i];
  return load(lane);
}
template <class T>
inline void store_partial(T* p, Batch<T> value, int64_t n) {
  T lane[lanes<T>];
  store(lane, value);
  for (int64_t i = 0; i < n; ++i) p[i] = lane[i];
}
#endif

// The first n elements, 0 < n < lanes<T>, and `fill` in the other lanes.
#if defined(CORNU_ISA_AVX512)
inline Batch<float> load_filled(const float* p, int64_t n, float fill) {
  return _mm512_mask_loadu_ps(_mm512_set1_ps(fill), static_cast<__mmask16>((1u << n) - 1), p);
}
inline Batch<double> load_filled(const double* p, int64_t n, double fill) {
  return _mm512_mask_loadu_pd(_mm512_set1_pd(fill), static_cast<__mmask8>((1u << n) - 1), p);
}
#elif defined(CORNU_ISA_AVX2)
inline Batch<float> load_filled(const float* p, int64_t n, float fill) {
  return _mm256_blendv_ps(_mm256_set1_ps(fill), load_partial(p, n), _mm256_castsi256_ps(first(n)));
}
inline Batch<double> load_filled(const double* p, int64_t n, double fill) {
  return _mm256_blendv_pd(_mm256_set1_pd(fill), load_partial(p, n), _mm256_castsi256_pd(first(2 * n)));
}
#else
template <class T>
inline Batch<T> load_filled(const T* p, int64_t n, T fill) {
  T lane[lanes<T>];
  for (int64_t i = 0; i < lanes<T>; ++i) lane[i] = i < n ? p[i] : fill;
  return load(lane);
}
#endif

// Where a loop over batches stands: a whole batch, or the elements that are left.
template <class T>
struct Whole {
  int64_t at;
  Batch<T> load(const T* p) const { return Batch<T>::load_unaligned(p + at); }
  Batch<T> load(const T* p, T) const { return load(p); }
  void store(T* p, Batch<T> value) const { value.store_unaligned(p + at); }
};
template <class T>
struct Rest {
  int64_t at, count;
  Batch<T> load(const T* p) const { return load_partial(p + at, count); }
  Batch<T> load(const T* p, T fill) const { return load_filled(p + at, count, fill); }
  void store(T* p, Batch<T> value) const { store_partial(p + at, value, count); }
};
// Calls body(Whole or Rest) from the first of n elements to the last.
template <class T, class F>
inline void for_each_batch(int64_t n, F body) {
  int64_t i = 0;
  for (; i + lanes<T> <= n; i += lanes<T>) body(Whole<T>{i});
  if (i < n) body(Rest<T>{i, n - i});
}

// float lanes as two batches of double and back: the way to an accurate float function at half the speed.
struct DoublePair {
  Batch<double> low, high;
};
#if defined(CORNU_ISA_AVX512)
inline DoublePair widen(Batch<float> x) {
  return {_mm512_cvtps_pd(_mm512_castps512_ps256(x)), _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1))};
}
inline Batch<float> narrow(DoublePair x) {
  return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(x.low)), _mm512_cvtpd_ps(x.high), 1);
}
#elif defined(CORNU_ISA_AVX2)
inline DoublePair widen(Batch<float> x) {
  return {_mm256_cvtps_pd(_mm256_castps256_ps128(x)), _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1))};
}
inline Batch<float> narrow(DoublePair x) {
  return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps(x.low)), _mm256_cvtpd_ps(x.high), 1);
}
#else
inline DoublePair widen(Batch<float> x) {
  float in[lanes<float>];
  double out[lanes<float>];
  store(in, x);
  for (int64_t i = 0; i < lanes<float>; ++i) out[i] = in[i];
  return {load(out), load(out + lanes<double>)};
}
inline Batch<float> narrow(DoublePair x) {
  double in[lanes<float>];
  float out[lanes<float>];
  store(in, x.low);
  store(in + lanes<double>, x.high);
  for (int64_t i = 0; i < lanes<float>; ++i) out[i] = static_cast<float>(in[i]);
  return load(out);
}
#endif

// f on each lane, for functions that are too rare to be written for batches.
template <class T, class F>
inline Batch<T> lanewise(F f, Batch<T> a, Batch<T> b) {
  T x[lanes<T>], y[lanes<T>];
  store(x, a);
  store(y, b);
  for (int64_t i = 0; i < lanes<T>; ++i) x[i] = f(x[i], y[i]);
  return load(x);
}

}  // namespace cornu::kernels::CORNU_ISA
