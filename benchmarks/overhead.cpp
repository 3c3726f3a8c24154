// What an operation costs beside its arithmetic: small tensors, one thread.
#include "bench.h"
#include <cornu/cornu.h>

using namespace bench;
using namespace cornu;

namespace {

void additions() {
  const Tensor a = ones({16}), b = ones({16});
  float x[16] = {}, y[16] = {}, sum[16];
  const Contender plain{.name = "plain C++", .run = [&] {
                          for (int i = 0; i < 16; ++i) sum[i] = x[i] + y[i];
                          keep(sum);
                        }};
  compare({.name = "add of 16 elements"},
          {plain, {.name = "Cornu", .run = [&] { keep(a + b); }, .goal_microseconds = 0.15}});

  // The tape starts afresh now and then, as it does in training; 100 operations share that.
  Contender recorded{.name = "Cornu, on a tape", .run = [&] { keep(a + b); }, .goal_microseconds = 0.3};
  recorded.run = bench::Batch::whole([&](int64_t count) {
    for (; count > 0; count -= 100) {
      GradientTape tape;
      tape.watch(a);
      for (int64_t i = std::min<int64_t>(count, 100); i > 0; --i) keep(a + b);
    }
  });
  compare({.name = "add of 16 elements, recorded"}, {plain, recorded});
}

void chain() {
  const Tensor factor = full({16}, 1.01);
  const Variable x(ones({16}));
  compare({.name = "chain of 100 multiplies of 16 elements, forward and backward"}, {{.name = "Cornu",
                                                                                      .run =
                                                                                          [&] {
                                                                                            GradientTape tape;
                                                                                            Tensor y = x;
                                                                                            for (int i = 0; i < 100;
                                                                                                 ++i)
                                                                                              y = y * factor;
                                                                                            keep(tape.gradient(y, x));
                                                                                          },
                                                                                      .goal_microseconds = 60}});
}

}  // namespace

int main() {
  additions();
  chain();
}
