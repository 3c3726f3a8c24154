// Chains of elementwise operations in traced functions, beside loops that move the same memory and do nothing else, and
// loops that a programmer would write.
#include <algorithm>
#include <vector>

#include "bench.h"
#include <cornu/cornu.h>

using namespace bench;
using namespace cornu;

namespace {

constexpr int64_t count = 10'000'000;

BENCH_CLONES void move_loop(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) y[i] = x[i] + 1;
}

BENCH_CLONES void chain_loop(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const float line = x[i] * 1.1f + 0.2f;
    const float part = (line > 0 ? line : 0) * 0.5f - 0.3f;
    const float curve = part * part * 2.f + 0.1f;
    y[i] = -(curve > 0.05f ? curve : 0.05f);
  }
}

BENCH_CLONES float square_sum_loop(const float* x, const float* y, int64_t n) {
  constexpr int lanes = 64;
  float sums[lanes] = {};
  for (int64_t i = 0; i + lanes <= n; i += lanes)
    for (int lane = 0; lane < lanes; ++lane) sums[lane] += (x[i + lane] - y[i + lane]) * (x[i + lane] - y[i + lane]);
  for (int lane = 1; lane < lanes; ++lane) sums[0] += sums[lane];
  return sums[0];
}

Tensor chain_of_ten(const Tensor& x) {
  return -maximum(square(relu(x * 1.1f + 0.2f) * 0.5f - 0.3f) * 2.f + 0.1f, 0.05f);
}

void measure(int threads) {
  const Tensor a = random::uniform({count}, {.minval = -1, .maxval = 1}), b = ones({count});
  const float *x = a.data<float>().data(), *y = b.data<float>().data();
  std::vector<float> target(count);
  float* z = target.data();
  const auto loop = [&](const char* name, auto body) {
    return Contender{.name = name, .run = [=] { in_parts(count, [=](int64_t first, int64_t n) { body(first, n); }); }};
  };
  const Function chain = function(chain_of_ten);
  compare({.name = "10^7 floats, ten operations: one read, one written",
           .threads = threads,
           .bytes = 8. * count,
           .rounds = 15},
          {loop("loop: x + 1", [=](int64_t first, int64_t n) { move_loop(x + first, z + first, n); }),
           loop("loop: all ten", [=](int64_t first, int64_t n) { chain_loop(x + first, z + first, n); }),
           {.name = "function of ten operations", .run = [=] { keep(chain(a)); }, .goal_ratio = 1.5},
           {.name = "eager", .run = [=] { keep(chain_of_ten(a)); }}});
  const Function loss = function([](const Tensor& p, const Tensor& q) { return reduce_mean(square(p - q)); });
  compare({.name = "10^7 floats, mean of squared differences: two read",
           .threads = threads,
           .bytes = 8. * count,
           .rounds = 15},
          {loop("loop", [=](int64_t first, int64_t n) { z[first] = square_sum_loop(x + first, y + first, n); }),
           {.name = "function", .run = [=] { keep(loss(a, b)); }, .goal_ratio = 1.5},
           {.name = "eager", .run = [=] { keep(reduce_mean(square(a - b))); }}});
}

}  // namespace

int main() {
  for (int threads = 1; threads <= std::min(2, available_threads()); ++threads) measure(threads);
}
