#pragma once
// Elementary functions on batches, where xsimd's are not accurate to about 2 ulp over the whole range, zeros of either
// sign, subnormal numbers, infinities and NaN included.
#include <cmath>

#include <cornu/core/kernels/simd/isa.h>

namespace cornu::kernels::CORNU_ISA {

template <class T>
struct Layout;
template <>
struct Layout<float> {
  using Bits = int32_t;
  static constexpr int mantissa_bits = 23;
  static constexpr float magic = 0x1.8p23f;  // x + magic holds round(x) in its lowest bits
  static constexpr Bits one = 127 << 23;
};
template <>
struct Layout<double> {
  using Bits = int64_t;
  static constexpr int mantissa_bits = 52;
  static constexpr double magic = 0x1.8p52;
  static constexpr Bits one = int64_t{1023} << 52;
};

template <class T>
inline constexpr T infinity = std::numeric_limits<T>::infinity();
template <class T>
inline constexpr T not_a_number = std::numeric_limits<T>::quiet_NaN();

// a * b + c in one instruction where there is one: xsimd has none for AVX-512.
template <class T>
inline Batch<T> fused(Batch<T> a, Batch<T> b, Batch<T> c) {
  return xsimd::fma(a, b, c);
}
#if defined(CORNU_ISA_AVX512)
inline Batch<float> fused(Batch<float> a, Batch<float> b, Batch<float> c) { return _mm512_fmadd_ps(a, b, c); }
inline Batch<double> fused(Batch<double> a, Batch<double> b, Batch<double> c) { return _mm512_fmadd_pd(a, b, c); }
#endif

// NaN stays NaN: where an operand is NaN, x86's max and min give the second.
template <class T>
inline Batch<T> clamp(Batch<T> x, T low, T high) {
  return xsimd::min(Batch<T>(high), xsimd::max(Batch<T>(low), x));
}

// NaN if either is. (xsimd's != is false for NaN on AVX.)
template <class T>
inline Batch<T> maximum(Batch<T> a, Batch<T> b) {
  return select(xsimd::isnan(a), a, xsimd::max(a, b));
}
template <class T>
inline Batch<T> minimum(Batch<T> a, Batch<T> b) {
  return select(xsimd::isnan(a), a, xsimd::min(a, b));
}

template <class T>
inline Batch<T> with_sign_of(Batch<T> magnitude, Batch<T> sign) {
  return xsimd::abs(magnitude) | (sign & Batch<T>(T(-0.0)));
}

// Rounding. SSE2 has none; xsimd's for it loses the sign of zero.
#if defined(CORNU_ISA_AVX512) || defined(CORNU_ISA_AVX2) || !defined(__SSE2__)
template <class T>
inline Batch<T> rint(Batch<T> x) {
  return xsimd::nearbyint(x);
}
template <class T>
inline Batch<T> floor(Batch<T> x) {
  return xsimd::floor(x);
}
template <class T>
inline Batch<T> ceil(Batch<T> x) {
  return xsimd::ceil(x);
}
#else
template <class T>
inline Batch<T> rint(Batch<T> x) {
  const T limit = T(1) / std::numeric_limits<T>::epsilon();
  const Batch<T> size = xsimd::abs(x);
  return select(size < Batch<T>(limit), with_sign_of((size + limit) - limit, x), x);
}
template <class T>
inline Batch<T> floor(Batch<T> x) {
  const Batch<T> nearest = rint(x);
  return with_sign_of(select(nearest > x, nearest - T(1), nearest), x);
}
template <class T>
inline Batch<T> ceil(Batch<T> x) {
  const Batch<T> nearest = rint(x);
  return with_sign_of(select(nearest < x, nearest + T(1), nearest), x);
}
#endif

// 2^n for an integral n in the range of normal exponents.
template <class T>
inline Batch<T> pow2(Batch<T> n) {
  using Integers = Batch<typename Layout<T>::Bits>;
  const Integers bits = xsimd::bitwise_cast<Integers>(n + Layout<T>::magic);
  return xsimd::bitwise_cast<Batch<T>>((bits << Layout<T>::mantissa_bits) + Integers(Layout<T>::one));
}

// x * 2^n, right also where the result is subnormal.
template <class T>
inline Batch<T> scale(Batch<T> x, Batch<T> n) {
  const Batch<T> half = rint(n * T(0.5));
  return x * pow2(half) * pow2(n - half);
}
#if defined(CORNU_ISA_AVX512)
inline Batch<float> scale(Batch<float> x, Batch<float> n) { return _mm512_scalef_ps(x, n); }
inline Batch<double> scale(Batch<double> x, Batch<double> n) { return _mm512_scalef_pd(x, n); }
#endif

// c[0] x^(n-1) + ... + c[n-1].
template <class T, int n>
inline Batch<T> polynomial(Batch<T> x, const T (&c)[n]) {
  Batch<T> y(c[0]);
  for (int i = 1; i < n; ++i) y = fused(y, x, Batch<T>(c[i]));
  return y;
}

// e^x = 2^n e^r with |r| <= log(2) / 2; the approximations of e^r are those of the Cephes library.
inline Batch<float> exp(Batch<float> x) {
  x = clamp(x, -104.0f, 89.0f);
  const Batch<float> n = rint(x * 1.44269504f);
  const Batch<float> r = fused(n, Batch<float>(2.12194440e-4f), fused(n, Batch<float>(-0.693359375f), x));
  const Batch<float> p = polynomial(
      r, {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f});
  return scale(fused(p, r * r, r) + 1.0f, n);
}
inline Batch<double> exp(Batch<double> x) {
  x = clamp(x, -746.0, 710.0);
  const Batch<double> n = rint(x * 1.4426950408889634);
  const Batch<double> r =
      fused(n, Batch<double>(-1.42860682030941723212e-6), fused(n, Batch<double>(-6.93145751953125e-1), x));
  const Batch<double> square = r * r;
  const Batch<double> p =
      r * polynomial(square, {1.26177193074810590878e-4, 3.02994407707441961300e-2, 9.99999999999999999910e-1});
  const Batch<double> q = polynomial(square, {3.00198505138664455042e-6, 2.52448340349684104192e-3,
                                              2.27265548208155028766e-1, 2.00000000000000000005e0});
  return scale(fused(Batch<double>(2.0), p / (q - p), Batch<double>(1.0)), n);
}

inline Batch<float> log(Batch<float> x) { return xsimd::log(x); }
inline Batch<double> log(Batch<double> x) {
  const auto is_subnormal = x < Batch<double>(std::numeric_limits<double>::min());
  const Batch<double> y = xsimd::log(select(is_subnormal, x * 0x1p54, x));
  return select(is_subnormal, y - 37.429947750237047899, y);
}

// f(x) near 0 is x: keeps the sign of zero.
template <class T>
inline Batch<T> keep_zero(Batch<T> x, Batch<T> y) {
  return select(x == Batch<T>(T(0)), x, y);
}
template <class T>
inline Batch<T> expm1(Batch<T> x) {
  // From 40 on 1 is less than rounding, and xsimd's expm1 overflows before exp does.
  return select(x > Batch<T>(T(40)), exp(x), keep_zero(x, xsimd::expm1(x)));
}
template <class T>
inline Batch<T> log1p(Batch<T> x) {
  return keep_zero(x, xsimd::log1p(x));
}

// The float function of a double one, which is the same code for both.
template <class F>
inline Batch<float> through_double(F f, Batch<float> x) {
  const DoublePair wide = widen(x);
  return narrow({f(wide.low), f(wide.high)});
}

inline Batch<double> asinh(Batch<double> x) {
  const Batch<double> size = xsimd::min(Batch<double>(1e150), xsimd::abs(x));
  const Batch<double> square = size * size;
  const Batch<double> moderate = log1p(size + square / (1.0 + xsimd::sqrt(square + 1.0)));
  const Batch<double> large = log(xsimd::abs(x)) + 0.69314718055994530942;
  return with_sign_of(select(xsimd::abs(x) < Batch<double>(1e9), moderate, large), x);
}

template <class T>
inline Batch<T> acosh(Batch<T> x) {
  return select(x < Batch<T>(T(1)), Batch<T>(not_a_number<T>), xsimd::acosh(x));
}

// 1 / (1 + e^-x), from e^-|x|, which cannot overflow.
template <class T>
inline Batch<T> sigmoid(Batch<T> x) {
  const Batch<T> one(T(1)), e = exp(xsimd::abs(x) ^ Batch<T>(T(-0.0)));
  return select(x < Batch<T>(T(0)), e, one) / (one + e);
}

// W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969), 631-637.
struct ErrorFunction {
  Batch<double> near_zero;   // erf(x), for |x| <= 0.46875
  Batch<double> complement;  // erfc(|x|), for larger |x|
};
inline ErrorFunction error_function(Batch<double> x) {
  using V = Batch<double>;
  const V y = clamp(xsimd::abs(x), 0.0, 30.0), square = y * y;
  const V near_zero = x *
                      polynomial(square, {1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
                                          3.77485237685302021e2, 3.20937758913846947e3}) /
                      polynomial(square, {1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
                                          2.84423683343917062e3});
  const V middle =
      polynomial(y, {2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
                     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
                     1.23033935479799725e3}) /
      polynomial(y, {1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
                     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3});
  const V z = 1.0 / square;
  const V tail = (0.56418958354775628695 -
                  z *
                      polynomial(z, {1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
                                     1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4}) /
                      polynomial(z, {1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1,
                                     6.05183413124413191e-2, 2.33520497626869185e-3})) /
                 y;
  const V head = floor(y * 16.0) * 0.0625;  // e^(-y^2) = e^(-head^2) e^(-(y - head)(y + head)), the first exact
  const V decay = exp(-(head * head)) * exp((head - y) * (head + y));
  return {near_zero, decay * select(y <= V(4.0), middle, tail)};
}
inline Batch<double> erf(Batch<double> x) {
  const ErrorFunction e = error_function(x);
  const Batch<double> far = with_sign_of(0.5 - e.complement + 0.5, x);
  return select(xsimd::abs(x) <= Batch<double>(0.46875), e.near_zero, far);
}
inline Batch<double> erfc(Batch<double> x) {
  const ErrorFunction e = error_function(x);
  const Batch<double> far = select(x < Batch<double>(0.0), 2.0 - e.complement, e.complement);
  return select(xsimd::abs(x) <= Batch<double>(0.46875), 1.0 - e.near_zero, far);
}
inline Batch<float> erf(Batch<float> x) { return keep_zero(x, xsimd::erf(clamp(x, -5.0f, 5.0f))); }
inline Batch<float> erfc(Batch<float> x) {
  return through_double([](Batch<double> v) { return erfc(v); }, x);
}

// C's pow, its special cases included. In float: e^(y log |x|) in double.
inline Batch<float> pow(Batch<float> x, Batch<float> y) {
  using V = Batch<float>;
  const V size = xsimd::abs(x), zero(0.0f), one(1.0f), inf(infinity<float>);
  const DoublePair base = widen(size), exponent = widen(y);
  V r = narrow({exp(exponent.low * log(base.low)), exp(exponent.high * log(base.high))});
  const auto is_integral = rint(y) == y;
  const V half = y * 0.5f;
  const auto is_odd = is_integral && !(rint(half) == half);
  r = select(is_odd, with_sign_of(r, x), r);
  r = select((x < zero) && !is_integral && (size != inf), V(not_a_number<float>), r);
  r = select((size == one) && (xsimd::abs(y) == inf), one, r);
  return select((y == zero) || (x == one), one, r);
}
inline Batch<double> pow(Batch<double> x, Batch<double> y) {
  return lanewise([](double a, double b) { return std::pow(a, b); }, x, y);
}

}  // namespace cornu::kernels::CORNU_ISA
