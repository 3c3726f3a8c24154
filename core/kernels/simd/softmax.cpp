#include <cornu/core/kernels/simd/math.h>
#include <cornu/core/kernels/simd/softmax_blocks.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

template <class T>
T highest_lane(Batch<T> x) {
  T lane[lanes<T>];
  store(lane, x);
  for (int64_t half = lanes<T> / 2; half > 0; half /= 2) {
    for (int64_t i = 0; i < half; ++i) lane[i] = lane[i] > lane[i + half] ? lane[i] : lane[i + half];
  }
  return lane[0];
}
#if defined(CORNU_ISA_AVX512)
inline float highest_lane(Batch<float> x) { return _mm512_reduce_max_ps(x); }
inline double highest_lane(Batch<double> x) { return _mm512_reduce_max_pd(x); }
#endif

inline float log_of(float x) { return std::log(x); }
inline double log_of(double x) { return std::log(x); }

// Maximum of a row. NaN may be lost: it comes back in the sum of exponentials.
template <class T>
T row_max(const T* x, int64_t n) {
  Batch<T> highest(-infinity<T>);
  for_each_batch<T>(n, [&](auto at) { highest = xsimd::max(highest, at.load(x, -infinity<T>)); });
  return highest_lane(highest);
}

// sum(e^(x - max)); `out`, unless null, gets the terms.
template <class T>
T row_exponentials(const T* x, int64_t n, T max, T* out) {
  const Batch<T> shift(max);
  Batch<T> sum(T(0));
  const auto step = [&](auto at) {
    const Batch<T> e = exp(at.load(x, -infinity<T>) - shift);
    sum = sum + e;
    if (out) at.store(out, e);
  };
  for_each_batch<T>(n, step);
  return xsimd::hadd(sum);
}

template <class T>
void softmax_row(const T* x, int64_t n, T* out) {
  const Batch<T> factor(T(1) / row_exponentials(x, n, row_max(x, n), out));
  for_each_batch<T>(n, [&](auto at) { at.store(out, at.load(out) * factor); });
}

template <class T>
void log_softmax_row(const T* x, int64_t n, T* out) {
  const T max = row_max(x, n);
  const Batch<T> shift(max), log_sum(log_of(row_exponentials<T>(x, n, max, nullptr)));
  for_each_batch<T>(n, [&](auto at) { at.store(out, at.load(x) - shift - log_sum); });
}

// A batch of neighbouring columns at a time; `stride` is the distance of a column's elements.
template <class T, bool logarithm, class Place>
void softmax_columns(Place at, const T* x, int64_t extent, int64_t stride, T* out) {
  Batch<T> highest(-infinity<T>), sum(T(0));
  for (int64_t i = 0; i < extent; ++i) highest = xsimd::max(highest, at.load(x + i * stride));
  for (int64_t i = 0; i < extent; ++i) {
    const Batch<T> shifted = at.load(x + i * stride) - highest, e = exp(shifted);
    sum = sum + e;
    at.store(out + i * stride, logarithm ? shifted : e);
  }
  const Batch<T> last = logarithm ? log(sum) : Batch<T>(T(1)) / sum;
  for (int64_t i = 0; i < extent; ++i) {
    const Batch<T> y = at.load(out + i * stride);
    at.store(out + i * stride, logarithm ? y - last : y * last);
  }
}

template <class T, bool logarithm>
void softmax(const void* in, int64_t outer, int64_t extent, int64_t inner, void* result) {
  const T* x = static_cast<const T*>(in);
  T* out = static_cast<T*>(result);
  const int64_t step = extent * inner;
  for (int64_t i = 0; i < outer; ++i, x += step, out += step) {
    if (inner > 1) {
      for_each_batch<T>(inner, [&](auto at) { softmax_columns<T, logarithm>(at, x, extent, inner, out); });
    } else if (logarithm) {
      log_softmax_row(x, extent, out);
    } else {
      softmax_row(x, extent, out);
    }
  }
}

// y (dy - sum(dy y)), or for the logarithm dy - e^y sum(dy).
template <bool logarithm, class T>
Batch<T> summand(Batch<T> y, Batch<T> dy) {
  return logarithm ? dy : dy * y;
}
template <bool logarithm, class T>
Batch<T> gradient_of(Batch<T> y, Batch<T> dy, Batch<T> sum) {
  if constexpr (logarithm) {
    return dy - exp(y) * sum;
  } else {
    return y * (dy - sum);
  }
}

template <class T, bool logarithm>
void softmax_gradient(const void* output, const void* upstream, int64_t outer, int64_t extent, int64_t inner,
                      void* result) {
  const T* y = static_cast<const T*>(output);
  const T* dy = static_cast<const T*>(upstream);
  T* dx = static_cast<T*>(result);
  const int64_t step = extent * inner;
  for (int64_t row = 0; row < outer; ++row, y += step, dy += step, dx += step) {
    if (inner == 1) {
      Batch<T> sum(T(0));
      for_each_batch<T>(extent, [&](auto at) { sum = sum + summand<logarithm>(at.load(y), at.load(dy)); });
      const Batch<T> total(xsimd::hadd(sum));
      for_each_batch<T>(extent, [&](auto at) { at.store(dx, gradient_of<logarithm>(at.load(y), at.load(dy), total)); });
    } else {
      for_each_batch<T>(inner, [&](auto at) {
        Batch<T> sum(T(0));
        for (int64_t i = 0; i < step; i += inner) sum = sum + summand<logarithm>(at.load(y + i), at.load(dy + i));
        for (int64_t i = 0; i < step; i += inner)
          at.store(dx + i, gradient_of<logarithm>(at.load(y + i), at.load(dy + i), sum));
      });
    }
  }
}

template <class T>
void sparse_cross_entropy(const void* logits, const int64_t* labels, int64_t rows, int64_t classes, void* losses,
                          void* gradients) {
  const T* x = static_cast<const T*>(logits);
  T* loss = static_cast<T*>(losses);
  T* gradient = static_cast<T*>(gradients);
  for (int64_t row = 0; row < rows; ++row, x += classes) {
    const T max = row_max(x, classes), sum = row_exponentials(x, classes, max, gradient);
    loss[row] = log_of(sum) - (x[labels[row]] - max);
    if (!gradient) continue;
    const Batch<T> factor(T(1) / sum);
    for_each_batch<T>(classes, [&](auto at) { at.store(gradient, at.load(gradient) * factor); });
    gradient[labels[row]] -= T(1);
    gradient += classes;
  }
}

template <class T>
void cross_entropy(const void* logits, const void* targets, int64_t rows, int64_t classes, void* losses,
                   void* gradients) {
  const T* x = static_cast<const T*>(logits);
  const T* target = static_cast<const T*>(targets);
  T* loss = static_cast<T*>(losses);
  T* gradient = static_cast<T*>(gradients);
  for (int64_t row = 0; row < rows; ++row, x += classes, target += classes) {
    const T max = row_max(x, classes), sum = row_exponentials(x, classes, max, gradient);
    const Batch<T> log_sum(log_of(sum)), shift(max), zero(T(0));
    Batch<T> total(T(0)), weight(T(0));
    for_each_batch<T>(classes, [&](auto at) {  // a target of 0 counts 0 even where the logit is -infinity
      const Batch<T> t = at.load(target);
      total = total + select(t == zero, zero, t * (log_sum - (at.load(x) - shift)));
      weight = weight + t;
    });
    loss[row] = xsimd::hadd(total);
    if (!gradient) continue;
    const Batch<T> factor(xsimd::hadd(weight) / sum);
    for_each_batch<T>(classes, [&](auto at) { at.store(gradient, at.load(gradient) * factor - at.load(target)); });
    gradient += classes;
  }
}

template <class T>
constexpr SoftmaxLoops loops() {
  return {softmax<T, false>,         softmax<T, true>,        softmax_gradient<T, false>,
          softmax_gradient<T, true>, sparse_cross_entropy<T>, cross_entropy<T>};
}

}  // namespace

constexpr SoftmaxBlocks softmax_blocks = {loops<float>(), loops<double>()};

}  // namespace cornu::kernels::CORNU_ISA
