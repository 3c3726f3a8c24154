#include <cornu/core/kernels/simd/math.h>
#include <cornu/core/kernels/simd/optimizer_blocks.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

template <class T>
Batch<T> all(double value) {
  return Batch<T>(static_cast<T>(value));
}

// The variable after decoupled weight decay, and the scaled and clipped gradient.
template <class T>
struct Prepared {
  const T* variable;
  const T* gradient;
  Batch<T> decay, scale, limit;
  bool clips;

  Prepared(const Preparation& options, const void* variable, const void* gradient)
      : variable(static_cast<const T*>(variable)),
        gradient(static_cast<const T*>(gradient)),
        decay(all<T>(options.decay)),
        scale(all<T>(options.gradient_scale)),
        limit(all<T>(options.clip_value)),
        clips(options.clip_value < no_clipping) {}
  template <class Place>
  Batch<T> decayed(Place at) const {
    const Batch<T> x = at.load(variable);
    return x - x * decay;
  }
  template <class Place>
  Batch<T> g(Place at) const {
    const Batch<T> g = at.load(gradient) * scale;
    return clips ? xsimd::min(limit, xsimd::max(-limit, g)) : g;  // in this order NaN stays NaN, as in clamp()
  }
};

template <class T>
void sgd(const SgdUpdate& options, int64_t n, void* variable, const void* gradient, void* momentum) {
  const Prepared<T> prepared(options.preparation, variable, gradient);
  T* x = static_cast<T*>(variable);
  T* velocity = static_cast<T*>(momentum);
  const Batch<T> rate = all<T>(options.learning_rate), inertia = all<T>(options.momentum);
  if (!velocity)
    return for_each_batch<T>(n, [&](auto at) { at.store(x, prepared.decayed(at) - rate * prepared.g(at)); });
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> step = rate * prepared.g(at);
    const Batch<T> m = inertia * at.load(velocity) - step;
    at.store(velocity, m);
    at.store(x, prepared.decayed(at) + (options.nesterov ? inertia * m - step : m));
  });
}

template <class T, bool amsgrad>
void adam_loop(const AdamUpdate& options, int64_t n, T* x, const T* gradient, T* m, T* v, T* v_max) {
  const Prepared<T> prepared(options.preparation, x, gradient);
  const Batch<T> alpha = all<T>(options.alpha), epsilon = all<T>(options.epsilon);
  const Batch<T> take_1 = all<T>(1 - options.beta_1), take_2 = all<T>(1 - options.beta_2);
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> g = prepared.g(at);
    Batch<T> first = at.load(m), second = at.load(v);
    first = first + (g - first) * take_1;
    second = second + (g * g - second) * take_2;
    at.store(m, first);
    at.store(v, second);
    if constexpr (amsgrad) {
      second = maximum(at.load(v_max), second);
      at.store(v_max, second);
    }
    at.store(x, prepared.decayed(at) - first * alpha / (xsimd::sqrt(second) + epsilon));
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
  const Prepared<T> prepared(options.preparation, variable, gradient);
  T* x = static_cast<T*>(variable);
  T* v = static_cast<T*>(velocity);
  T* b = static_cast<T*>(momentum);
  T* a = static_cast<T*>(average);
  const Batch<T> rate = all<T>(options.learning_rate), epsilon = all<T>(options.epsilon);
  const Batch<T> rho = all<T>(options.rho), take = all<T>(1 - options.rho), inertia = all<T>(options.momentum);
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> g = prepared.g(at);
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
    at.store(x, prepared.decayed(at) - step);
  });
}

template <class T>
void adagrad(const AdagradUpdate& options, int64_t n, void* variable, const void* gradient, void* accumulator) {
  const Prepared<T> prepared(options.preparation, variable, gradient);
  T* x = static_cast<T*>(variable);
  T* sum = static_cast<T*>(accumulator);
  const Batch<T> rate = all<T>(options.learning_rate), epsilon = all<T>(options.epsilon);
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> g = prepared.g(at), squares = at.load(sum) + g * g;
    at.store(sum, squares);
    at.store(x, prepared.decayed(at) - rate * g / xsimd::sqrt(squares + epsilon));
  });
}

template <class T>
void adadelta(const AdadeltaUpdate& options, int64_t n, void* variable, const void* gradient, void* a, void* d) {
  const Prepared<T> prepared(options.preparation, variable, gradient);
  T* x = static_cast<T*>(variable);
  T* squares = static_cast<T*>(a);
  T* changes = static_cast<T*>(d);
  const Batch<T> rate = all<T>(options.learning_rate), epsilon = all<T>(options.epsilon);
  const Batch<T> rho = all<T>(options.rho), take = all<T>(1 - options.rho);
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> g = prepared.g(at), change = at.load(changes);
    const Batch<T> square = rho * at.load(squares) + take * (g * g);
    const Batch<T> delta = xsimd::sqrt(change + epsilon) * g / xsimd::sqrt(square + epsilon);
    at.store(squares, square);
    at.store(changes, rho * change + take * (delta * delta));
    at.store(x, prepared.decayed(at) - rate * delta);
  });
}

template <class T>
void adamax(const AdamaxUpdate& options, int64_t n, void* variable, const void* gradient, void* m, void* u) {
  const Prepared<T> prepared(options.preparation, variable, gradient);
  T* x = static_cast<T*>(variable);
  T* first = static_cast<T*>(m);
  T* norm = static_cast<T*>(u);
  const Batch<T> alpha = all<T>(options.alpha), epsilon = all<T>(options.epsilon);
  const Batch<T> take_1 = all<T>(1 - options.beta_1), keep_2 = all<T>(options.beta_2);
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> g = prepared.g(at), old = at.load(first);
    const Batch<T> mean = old + (g - old) * take_1, largest = maximum(keep_2 * at.load(norm), xsimd::abs(g));
    at.store(first, mean);
    at.store(norm, largest);
    at.store(x, prepared.decayed(at) - alpha * mean / (largest + epsilon));
  });
}

template <class T>
void nadam(const NadamUpdate& options, int64_t n, void* variable, const void* gradient, void* m, void* v) {
  const Prepared<T> prepared(options.preparation, variable, gradient);
  T* x = static_cast<T*>(variable);
  T* first = static_cast<T*>(m);
  T* second = static_cast<T*>(v);
  const Batch<T> rate = all<T>(options.learning_rate), epsilon = all<T>(options.epsilon);
  const Batch<T> take_1 = all<T>(1 - options.beta_1), take_2 = all<T>(1 - options.beta_2);
  const Batch<T> m_scale = all<T>(options.m_scale), g_scale = all<T>(options.g_scale);
  const Batch<T> v_scale = all<T>(options.v_scale);
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> g = prepared.g(at);
    Batch<T> mean = at.load(first), square = at.load(second);
    mean = mean + (g - mean) * take_1;
    square = square + (g * g - square) * take_2;
    at.store(first, mean);
    at.store(second, square);
    at.store(x,
             prepared.decayed(at) - rate * (m_scale * mean + g_scale * g) / (xsimd::sqrt(v_scale * square) + epsilon));
  });
}

template <class T>
void lion(const LionUpdate& options, int64_t n, void* variable, const void* gradient, void* m) {
  const Prepared<T> prepared(options.preparation, variable, gradient);
  T* x = static_cast<T*>(variable);
  T* momentum = static_cast<T*>(m);
  const Batch<T> rate = all<T>(options.learning_rate), zero(T(0)), one(T(1));
  const Batch<T> keep_1 = all<T>(options.beta_1), take_1 = all<T>(1 - options.beta_1);
  const Batch<T> keep_2 = all<T>(options.beta_2), take_2 = all<T>(1 - options.beta_2);
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> g = prepared.g(at), old = at.load(momentum), blend = keep_1 * old + take_1 * g;
    const Batch<T> sign = select(blend > zero, one, select(blend < zero, -one, blend));  // 0 and NaN stay
    at.store(momentum, keep_2 * old + take_2 * g);
    at.store(x, prepared.decayed(at) - rate * sign);
  });
}

template <class T>
void ftrl(const FtrlUpdate& options, int64_t n, void* variable, const void* gradient, void* accumulator, void* linear) {
  const Prepared<T> prepared(options.preparation, variable, gradient);
  T* x = static_cast<T*>(variable);
  T* sums = static_cast<T*>(accumulator);
  T* z = static_cast<T*>(linear);
  const Batch<T> rate = all<T>(options.learning_rate), exponent = all<T>(options.power);
  const Batch<T> l1 = all<T>(options.l1), twice_l2 = all<T>(2 * options.l2);
  const Batch<T> shrinkage = all<T>(2 * options.l2_shrinkage);
  const bool is_root = options.power == 0.5;
  const auto power = [&](Batch<T> value) { return is_root ? xsimd::sqrt(value) : xsimd::pow(value, exponent); };
  for_each_batch<T>(n, [&](auto at) {
    const Batch<T> g = prepared.g(at), w = prepared.decayed(at), old = at.load(sums), sum = old + g * g;
    const Batch<T> scaled = power(sum);
    const Batch<T> lead = at.load(z) + (g + shrinkage * w - (scaled - power(old)) / rate * w);
    at.store(sums, sum);
    at.store(z, lead);
    const Batch<T> clipped = xsimd::min(l1, xsimd::max(-l1, lead));
    at.store(x, (clipped - lead) / (scaled / rate + twice_l2));
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
  return {sgd<T>,   adam<T>, rmsprop<T>, adagrad<T>,     adadelta<T>, adamax<T>,
          nadam<T>, lion<T>, ftrl<T>,    sum_of_squares, blend<T>};
}

}  // namespace

constexpr OptimizerBlocks optimizer_blocks = {loops<float>(sum_of_squares_float), loops<double>(sum_of_squares_double)};

}  // namespace cornu::kernels::CORNU_ISA
