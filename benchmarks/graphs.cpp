// What traced functions cost and gain beside the MLP's step: a call of one node, tracing, and a chain of elementwise
// operations.
#include "mlp_cornu.h"

using namespace bench;
using namespace cornu;

namespace {

void trivial_call() {
  const Function f = function([](const Tensor& x) { return x + 1.f; });
  const Tensor x = ones({16});
  compare({.name = "one node, 16 elements"},
          {{.name = "eager", .run = [&] { keep(x + 1.f); }},
           {.name = "traced", .run = [&] { keep(f(x)); }, .goal_microseconds = 0.5}});
}

void trace_and_plan() {
  const MlpData data;
  CornuMlp mlp(data);
  mlp.step();
  compare({.name = "the MLP's training step, traced and planned", .rounds = 21},
          {{.name = "function(step) and its first call",
            .run = [&] { keep(mlp.make_traced_step()(mlp.indices()[0])); },
            .goal_microseconds = 20000}});
}

Tensor chain_of_ten(const Tensor& x) {
  Tensor y = x;
  for (int i = 0; i < 5; ++i) y = y * 1.01f + 0.5f;
  return y;
}

BENCH_CLONES void one_pass(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) y[i] = x[i] + 1.f;
}

BENCH_CLONES void chain_by_hand(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    float value = x[i];
    for (int k = 0; k < 5; ++k) value = value * 1.01f + 0.5f;
    y[i] = value;
  }
}

void fused_chain(int threads) {
  constexpr int64_t count = 10000000;
  const Tensor x = random::uniform({count});
  const Function f = function(chain_of_ten);
  const float* in = x.data<float>().data();
  std::vector<float> target(count);
  float* out = target.data();
  compare(
      {.name = "chain of ten operations, 10^7 floats", .threads = threads, .bytes = 8. * count, .rounds = 9},
      {{.name = "loop: one read, one written",
        .run = [&] { in_parts(count, [&](int64_t first, int64_t n) { one_pass(in + first, out + first, n); }); }},
       {.name = "loop: the chain by hand",
        .run = [&] { in_parts(count, [&](int64_t first, int64_t n) { chain_by_hand(in + first, out + first, n); }); }},
       {.name = "Cornu, eager", .run = [&] { keep(chain_of_ten(x)); }},
       {.name = "Cornu, traced", .run = [&] { keep(f(x)); }, .goal_ratio = 1.5}});
}

}  // namespace

int main() {
  trivial_call();
  trace_and_plan();
  for (int threads = 1; threads <= std::min(2, available_threads()); ++threads) fused_chain(threads);
}
