#include <algorithm>
#include <cmath>

#include <cornu/core/kernels/optimizer_update.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/simd/kernel_set.h>
#include <cornu/core/kernels/simd/optimizer_blocks.h>

namespace cornu::kernels {
namespace {

constexpr int64_t grain = 1 << 17;  // elements a thread gets at least: some 30 us, well above what waking it takes

const OptimizerLoops& loops(DType dtype) {
  const OptimizerBlocks& blocks = *active_kernels().optimizer;
  return dtype == DType::float32 ? blocks.float32 : blocks.float64;
}

// A buffer from element `begin` on; null stays null.
struct From {
  DType dtype;
  int64_t begin;
  template <class Pointer>
  Pointer operator()(Pointer buffer) const {
    using Bytes = std::conditional_t<std::is_const_v<std::remove_pointer_t<Pointer>>, const char*, char*>;
    return buffer ? static_cast<Bytes>(buffer) + begin * static_cast<int64_t>(size_of(dtype)) : nullptr;
  }
};

}  // namespace

void update_sgd(DType dtype, const SgdUpdate& options, int64_t n, void* variable, const void* gradient,
                void* momentum) {
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    const From from{dtype, begin};
    loops(dtype).sgd(options, end - begin, from(variable), from(gradient), from(momentum));
  });
}

void update_adam(DType dtype, const AdamUpdate& options, int64_t n, void* variable, const void* gradient, void* m,
                 void* v, void* v_max) {
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    const From from{dtype, begin};
    loops(dtype).adam(options, end - begin, from(variable), from(gradient), from(m), from(v), from(v_max));
  });
}

double adam_alpha(double learning_rate, double beta_1, double beta_2, int64_t step) {
  const double t = static_cast<double>(step);
  return learning_rate * std::sqrt(1 - std::pow(beta_2, t)) / (1 - std::pow(beta_1, t));
}

double adam_alpha(DType dtype, double learning_rate, double beta_1, double beta_2, int64_t step) {
  if (dtype != float32) return adam_alpha(learning_rate, beta_1, beta_2, step);
  const auto t = static_cast<float>(step);
  const float first = 1 - std::pow(static_cast<float>(beta_1), t), second = 1 - std::pow(static_cast<float>(beta_2), t);
  return static_cast<float>(learning_rate) * std::sqrt(second) / first;
}

void update_rmsprop(DType dtype, const RmspropUpdate& options, int64_t n, void* variable, const void* gradient,
                    void* velocity, void* momentum, void* average) {
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    const From from{dtype, begin};
    loops(dtype).rmsprop(options, end - begin, from(variable), from(gradient), from(velocity), from(momentum),
                         from(average));
  });
}

void update_adagrad(DType dtype, const AdagradUpdate& options, int64_t n, void* variable, const void* gradient,
                    void* accumulator) {
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    const From from{dtype, begin};
    loops(dtype).adagrad(options, end - begin, from(variable), from(gradient), from(accumulator));
  });
}

void update_adadelta(DType dtype, const AdadeltaUpdate& options, int64_t n, void* variable, const void* gradient,
                     void* a, void* d) {
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    const From from{dtype, begin};
    loops(dtype).adadelta(options, end - begin, from(variable), from(gradient), from(a), from(d));
  });
}

void update_adamax(DType dtype, const AdamaxUpdate& options, int64_t n, void* variable, const void* gradient, void* m,
                   void* u) {
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    const From from{dtype, begin};
    loops(dtype).adamax(options, end - begin, from(variable), from(gradient), from(m), from(u));
  });
}

void update_nadam(DType dtype, const NadamUpdate& options, int64_t n, void* variable, const void* gradient, void* m,
                  void* v) {
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    const From from{dtype, begin};
    loops(dtype).nadam(options, end - begin, from(variable), from(gradient), from(m), from(v));
  });
}

void update_lion(DType dtype, const LionUpdate& options, int64_t n, void* variable, const void* gradient, void* m) {
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    const From from{dtype, begin};
    loops(dtype).lion(options, end - begin, from(variable), from(gradient), from(m));
  });
}

void update_ftrl(DType dtype, const FtrlUpdate& options, int64_t n, void* variable, const void* gradient,
                 void* accumulator, void* linear) {
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    const From from{dtype, begin};
    loops(dtype).ftrl(options, end - begin, from(variable), from(gradient), from(accumulator), from(linear));
  });
}

double sum_of_squares(DType dtype, const void* x, int64_t n) {
  constexpr int64_t max_chunks = 64;
  const auto sum = loops(dtype).sum_of_squares;
  if (n < 2 * grain) return sum(x, n);
  const int64_t chunks = std::min(max_chunks, n / grain), length = (n + chunks - 1) / chunks;
  double partial[max_chunks];
  parallel_for(chunks, row_grain(2 * grain, length), [&](int64_t begin, int64_t end) {
    for (int64_t chunk = begin; chunk < end; ++chunk) {
      const int64_t start = std::min(chunk * length, n);
      partial[chunk] = sum(From{dtype, start}(x), std::min(length, n - start));
    }
  });
  double total = 0;
  for (int64_t chunk = 0; chunk < chunks; ++chunk) total += partial[chunk];
  return total;
}

void blend(DType dtype, double keep, void* to, double take, const void* from, int64_t n) {
  parallel_for(n, 2 * grain, [&](int64_t begin, int64_t end) {
    const From at{dtype, begin};
    loops(dtype).blend(keep, at(to), take, at(from), end - begin);
  });
}

}  // namespace cornu::kernels
