#include <cornu/core/kernels/simd/math.h>
#include <cornu/core/kernels/simd/optimizer_blocks.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

template <class T>
Batch<T> all(double value) {
  return Batch<T>(static_cast<T>(value));
}

// The variable after decoupled weight decay, and the scaled gradient.
template <class T>
struct Common {
  const T* variable;
  const T* gradient;
  Batch<T> kept, scale;

  template <class Options>
  Common(const Options& options, const void* variable, const void* gradient)
      : variable(static_cast<const T*>(variable)),
        gradient(static_cast<const T*>(gradient)),
        kept(all<T>(options.decay)),
        scale(all<T>(options.gradient_scale)) {}
  template <class Place>
  Batch<T> decayed(Place at) const {
    const Batch<T> x = at.load(variable);
    return x - x * kept;
  }
  template <class Place>
  Batch<T> g(Place at) const {
    return at.load(gradient) * scale;
  }
};

template <class T>
void sgd(const SgdUpdate& options, int64_t n, void* variable, const void* gradient, void* momentum) {
  const Common<T> common(options, variable, gradient);
  T* x = static_cast<T*>(variable);
  T* velocity = static_cast<T*>(momentum);
  const Batch<T> rate = all<T>(options.learning_rate), inertia = all<T>(options.momentum);
  if (!velocity) return for_each_batch<T>(n, [&](auto at) { at.store(x, common.decayed(at) - rate * common.g(at)); });
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> step = rate * common.g(at);
    const Batch<T> m = inertia * at.load(velocity) - step;
    at.store(velocity, m);
    at.store(x, common.decayed(at) + (options.nesterov ? inertia * m - step : m));
  });
}

template <class T, bool amsgrad>
void adam_loop(const AdamUpdate& options, int64_t n, T* x, const T* gradient, T* m, T* v, T* v_max) {
  const Common<T> common(options, x, gradient);
  const Batch<T> alpha = all<T>(options.alpha), epsilon = all<T>(options.epsilon);
  const Batch<T> take_1 = all<T>(1 - options.beta_1), take_2 = all<T>(1 - options.beta_2);
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> g = common.g(at);
    Batch<T> first = at.load(m), second = at.load(v);
    first = first + (g - first) * take_1;
    second = second + (g * g - second) * take_2;
    at.store(m, first);
    at.store(v, second);
    if constexpr (amsgrad) {
      second = maximum(at.load(v_max), second);
      at.store(v_max, second);
    }
    at.store(x, common.decayed(at) - first * alpha / (xsimd::sqrt(second) + epsilon));
  });
}
template <class T>
void adam(const AdamUpdate& options, int64_t n, void* variable, const void* gradient, void* m, void* v, void* v_max) {
  const auto loop = v_max ? adam_loop<T, true> : adam_loop<T, false>;
  loop(options, n, static_cast<T*>(variable), static_cast<const T*>(gradient), static_cast<T*>(m), static_cast<T*>(v),
       static_cast<T*>(v_max));
}

template <class T>
void rmsprop(const RmspropUpdate& options, int64_t n, void* variable, const void* gradient, void* velocity,
             void* momentum, void* average) {
  const Common<T> common(options, variable, gradient);
  T* x = static_cast<T*>(variable);
  T* v = static_cast<T*>(velocity);
  T* b = static_cast<T*>(momentum);
  T* a = static_cast<T*>(average);
  const Batch<T> rate = all<T>(options.learning_rate), epsilon = all<T>(options.epsilon);
  const Batch<T> rho = all<T>(options.rho), take = all<T>(1 - options.rho), inertia = all<T>(options.momentum);
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> g = common.g(at);
    Batch<T> denominator = rho * at.load(v) + take * (g * g);
    at.store(v, denominator);
    if (a) {
      const Batch<T> mean = rho * at.load(a) + take * g;
      at.store(a, mean);
      denominator = denominator - mean * mean;
    }
    Batch<T> step = rate * g / xsimd::sqrt(denominator + epsilon);
    if (b) {
      step = inertia * at.load(b) + step;
      at.store(b, step);
    }
    at.store(x, common.decayed(at) - step);
  });
}

template <class T>
void adagrad(const AdagradUpdate& options, int64_t n, void* variable, const void* gradient, void* accumulator) {
  const Common<T> common(options, variable, gradient);
  T* x = static_cast<T*>(variable);
  T* sum = static_cast<T*>(accumulator);
  const Batch<T> rate = all<T>(options.learning_rate), epsilon = all<T>(options.epsilon);
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> g = common.g(at), squares = at.load(sum) + g * g;
    at.store(sum, squares);
    at.store(x, common.decayed(at) - rate * g / xsimd::sqrt(squares + epsilon));
  });
}

double sum_of_squares_float(const void* x, int64_t n) {
  const float* p = static_cast<const float*>(x);
  Batch<double> low(0.0), high(0.0);
  for_each_batch<float>(n, [&](auto at) {
    const DoublePair wide = widen(at.load(p));
    low = low + wide.low * wide.low;
    high = high + wide.high * wide.high;
  });
  return xsimd::hadd(low + high);
}
double sum_of_squares_double(const void* x, int64_t n) {
  const double* p = static_cast<const double*>(x);
  Batch<double> total(0.0);
  for_each_batch<double>(n, [&](auto at) {
    const Batch<double> value = at.load(p);
    total = total + value * value;
  });
  return xsimd::hadd(total);
}

template <class T>
void blend(double keep, void* to, double take, const void* from, int64_t n) {
  T* x = static_cast<T*>(to);
  const T* y = static_cast<const T*>(from);
  const Batch<T> keep_all = all<T>(keep), take_all = all<T>(take);
  if (!y) return for_each_batch<T>(n, [&](auto at) { at.store(x, keep_all * at.load(x)); });
  for_each_batch<T>(n, [&](auto at) { at.store(x, keep_all * at.load(x) + take_all * at.load(y)); });
}

template <class T>
constexpr OptimizerLoops loops(double (*sum_of_squares)(const void*, int64_t)) {
  return {sgd<T>, adam<T>, rmsprop<T>, adagrad<T>, sum_of_squares, blend<T>};
}

}  // namespace

constexpr OptimizerBlocks optimizer_blocks = {loops<float>(sum_of_squares_float), loops<double>(sum_of_squares_double)};

}  // namespace cornu::kernels::CORNU_ISA
