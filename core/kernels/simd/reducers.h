#pragma once
// What is folded, and how values of one batch become one.
#include <cornu/core/kernels/simd/functors_binary.h>

namespace cornu::kernels::CORNU_ISA {

struct SumReducer : Add {
  template <class T>
  static constexpr T neutral = T(0);
};
struct ProdReducer : Mul {
  template <class T>
  static constexpr T neutral = T(1);
};
struct MaxReducer : Maximum {
  template <class T>
  static constexpr T neutral = std::is_floating_point_v<T> ? -infinity<T> : std::numeric_limits<T>::lowest();
};
struct MinReducer : Minimum {
  template <class T>
  static constexpr T neutral = std::is_floating_point_v<T> ? infinity<T> : std::numeric_limits<T>::max();
};
struct AllReducer : MinReducer {  // bytes of 0 and 1
  template <class T>
  static constexpr T neutral = T(1);
};
struct AnyReducer : MaxReducer {
  template <class T>
  static constexpr T neutral = T(0);
};

template <class R>
inline constexpr bool is_sum = std::is_same_v<R, SumReducer>;

// The same operation on one element.
template <class R, class T>
inline T fold(T a, T b) {
  if constexpr (std::is_integral_v<T> || is_sum<R>) {
    return R()(a, b);
  } else if constexpr (std::is_same_v<R, ProdReducer>) {
    return a * b;
  } else if constexpr (std::is_base_of_v<Maximum, R>) {
    return a != a || a > b ? a : b;
  } else {
    return a != a || a < b ? a : b;
  }
}

// All lanes folded, without leaving the registers where the instruction set is known.
#if defined(CORNU_ISA_AVX512)
template <class R>
inline float fold_lanes(Batch<float> x) {
  const R op;
  x = op(x, Batch<float>(_mm512_shuffle_f32x4(x, x, 0x4E)));
  x = op(x, Batch<float>(_mm512_shuffle_f32x4(x, x, 0xB1)));
  x = op(x, Batch<float>(_mm512_permute_ps(x, 0x4E)));
  x = op(x, Batch<float>(_mm512_permute_ps(x, 0xB1)));
  return _mm512_cvtss_f32(x);
}
template <class R>
inline double fold_lanes(Batch<double> x) {
  const R op;
  x = op(x, Batch<double>(_mm512_shuffle_f64x2(x, x, 0x4E)));
  x = op(x, Batch<double>(_mm512_shuffle_f64x2(x, x, 0xB1)));
  x = op(x, Batch<double>(_mm512_permute_pd(x, 0x55)));
  return _mm512_cvtsd_f64(x);
}
#elif defined(CORNU_ISA_AVX2)
template <class R>
inline float fold_lanes(Batch<float> x) {
  const R op;
  x = op(x, Batch<float>(_mm256_permute2f128_ps(x, x, 1)));
  x = op(x, Batch<float>(_mm256_permute_ps(x, 0x4E)));
  x = op(x, Batch<float>(_mm256_permute_ps(x, 0xB1)));
  return _mm256_cvtss_f32(x);
}
template <class R>
inline double fold_lanes(Batch<double> x) {
  const R op;
  x = op(x, Batch<double>(_mm256_permute2f128_pd(x, x, 1)));
  x = op(x, Batch<double>(_mm256_permute_pd(x, 5)));
  return _mm256_cvtsd_f64(x);
}
#else
template <class R, class T>
inline T fold_lanes(Batch<T> x) {
  T lane[lanes<T>];
  store(lane, x);
  for (int64_t half = lanes<T> / 2; half > 0; half /= 2) {
    for (int64_t i = 0; i < half; ++i) lane[i] = fold<R>(lane[i], lane[i + half]);
  }
  return lane[0];
}
#endif

// The first n elements, the other lanes neutral.
template <class R, class T>
inline Batch<T> load_neutral(const T* p, int64_t n) {
  return load_filled(p, n, R::template neutral<T>);
}

}  // namespace cornu::kernels::CORNU_ISA
