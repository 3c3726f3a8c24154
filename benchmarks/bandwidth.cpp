// Elementwise operations and reductions on 10^7 floats, which no cache holds, beside loops that do nothing but move the
// same memory.
#include <algorithm>
#include <cmath>
#include <vector>

#include "bench.h"
#include <cornu/cornu.h>

using namespace bench;
using namespace cornu;

namespace {

constexpr int64_t rows = 10000, columns = 1000, count = rows * columns;
constexpr double goal = 1.3;

BENCH_CLONES void add_loop(const float* a, const float* b, float* c, int64_t n) {
  for (int64_t i = 0; i < n; ++i) c[i] = a[i] + b[i];
}
BENCH_CLONES void relu_loop(const float* a, float* c, int64_t n) {
  for (int64_t i = 0; i < n; ++i) c[i] = a[i] > 0 ? a[i] : 0;
}
BENCH_CLONES float sum_loop(const float* a, int64_t n) {
  constexpr int lanes = 64;
  float sums[lanes] = {};
  for (int64_t i = 0; i + lanes <= n; i += lanes)
    for (int lane = 0; lane < lanes; ++lane) sums[lane] += a[i + lane];
  for (int lane = 1; lane < lanes; ++lane) sums[0] += sums[lane];
  return sums[0];
}

void measure(int threads) {
  const Tensor a = random::uniform({rows, columns}, {.minval = -1, .maxval = 1}), b = ones({rows, columns});
  const Tensor row = ones({columns});
  const float *x = a.data<float>().data(), *y = b.data<float>().data();
  std::vector<float> target(count);
  float* z = target.data();
  const Contender two_in{
      .name = "loop: two read, one written",
      .run = [=] { in_parts(count, [=](int64_t first, int64_t n) { add_loop(x + first, y + first, z + first, n); }); }};
  const Contender one_in{.name = "loop: one read, one written", .run = [=] {
                           in_parts(count, [=](int64_t first, int64_t n) { relu_loop(x + first, z + first, n); });
                         }};
  const Contender reading{.name = "loop: one read", .run = [=] {
                            in_parts(count, [=](int64_t first, int64_t n) { z[first] = sum_loop(x + first, n); });
                          }};
  auto contender = [](const char* name, auto run) {
    return Contender{.name = name, .run = std::move(run), .goal_ratio = goal};
  };

  compare({.name = "10^7 floats: two read, one written", .threads = threads, .bytes = 12. * count, .rounds = 9},
          {two_in, contender("add", [&] { keep(a + b); }), contender("maximum", [&] { keep(maximum(a, b)); }),
           contender("squared_difference", [&] { keep(squared_difference(a, b)); })});
  compare({.name = "10^7 floats: one read, one written", .threads = threads, .bytes = 8. * count, .rounds = 9},
          {one_in, contender("multiply by a number", [&] { keep(a * 2.f); }), contender("relu", [&] { keep(relu(a)); }),
           contender("sqrt", [&] { keep(sqrt(a)); }), contender("exp", [&] { keep(exp(a)); }),
           contender("tanh", [&] { keep(tanh(a)); }), contender("add a row", [&] { keep(a + row); })});
  compare({.name = "10^7 floats: one read", .threads = threads, .bytes = 4. * count, .rounds = 9},
          {reading, contender("reduce_sum", [&] { keep(reduce_sum(a)); }),
           contender("reduce_max", [&] { keep(reduce_max(a)); }),
           contender("reduce_sum along the rows", [&] { keep(reduce_sum(a, 1)); }),
           contender("reduce_sum along the columns", [&] { keep(reduce_sum(a, 0)); })});
}

}  // namespace

int main() {
  for (int threads = 1; threads <= std::min(2, available_threads()); ++threads) measure(threads);
}
