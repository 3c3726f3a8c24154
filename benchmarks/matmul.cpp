// matmul beside the library's own product, and what a second thread brings to large and small work.
#include <vector>

#include "mlp_floor.h"
#include <cornu/cornu.h>

using namespace bench;
using namespace cornu;

namespace {

void square(int size, int threads, double goal) {
  const Tensor a = random::normal({size, size}), b = random::normal({size, size});
  const float *x = a.data<float>().data(), *y = b.data<float>().data();
  std::vector<float> target(static_cast<size_t>(size) * static_cast<size_t>(size));
  std::vector<Contender> contenders;
  for (const FloorWith& library : floors())
    contenders.push_back({.name = library.name, .run = [=, &target] {
                            library.sgemm(false, false, size, size, size, x, size, y, size, target.data(), size);
                          }});
  contenders.push_back({.name = "Cornu", .run = [&] { keep(cornu::matmul(a, b)); }, .goal_ratio = goal});
  contenders.push_back({.name = "Cornu, both operands transposed",
                        .run = [&] { keep(cornu::matmul(a, b, {.transpose_a = true, .transpose_b = true})); },
                        .goal_ratio = goal});
  compare({.name = "matmul " + std::to_string(size) + "^3",
           .threads = threads,
           .flops = 2. * size * size * size,
           .rounds = 11},
          std::move(contenders));
}

/// Work that is too small to split must not be split.
void second_thread(const char* name, const Tensor& a, const Tensor& b, double goal) {
  auto with = [&](int threads) {
    return bench::Batch::whole([&a, &b, threads](int64_t repeats) {
      set_threads(threads);
      for (; repeats > 0; --repeats) keep(cornu::matmul(a, b));
    });
  };
  compare({.name = name, .threads = 2},
          {{.name = "one thread", .run = with(1)}, {.name = "two threads", .run = with(2), .goal_ratio = goal}});
}

}  // namespace

int main() {
  const int most = std::min(2, available_threads());
  for (int threads = 1; threads <= most; ++threads) square(1024, threads, 1.1);
  if (most < 2) return 0;
  second_thread("a second thread: matmul 1024^3", random::normal({1024, 1024}), random::normal({1024, 1024}), 0.75);
  second_thread("a second thread: matmul 50 x 784 x 100", random::normal({50, 784}), random::normal({784, 100}), 1.05);
  second_thread("a second thread: matmul 8 x 8 x 8", random::normal({8, 8}), random::normal({8, 8}), 1.05);
}
