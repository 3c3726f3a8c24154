// What a call of a kernel costs on few elements, and elementary functions beside the speed of memory.
#include <cmath>
#include <cstring>
#include <numeric>

#include "bench.h"
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/kernels/optimizer_update.h>
#include <cornu/core/kernels/reduce.h>
#include <cornu/core/kernels/softmax.h>

using namespace cornu;

namespace {

constexpr int64_t large = 10'000'000;

BENCH_CLONES void copy(const float* x, float* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] = x[i] * 1.5f;
}
BENCH_CLONES void add(const float* a, const float* b, float* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] = a[i] + b[i];
}
struct Arrays {
  std::vector<float> x, y, out;
  explicit Arrays(int64_t n) : x(n), y(n), out(n) {
    for (int64_t i = 0; i < n; ++i) {
      x[i] = 4 * std::sin(static_cast<float>(i));
      y[i] = std::cos(static_cast<float>(i));
    }
  }
};

bench::Contender unary(const char* name, Arrays& arrays) {
  const kernels::UnaryKernel* kernel = kernels::find_unary(name);
  return {name, [&arrays, kernel] {
            kernels::run_unary(*kernel, float32, arrays.x.data(), arrays.out.data(),
                               static_cast<int64_t>(arrays.x.size()));
          }};
}

void binary(const char* name, const float* a, const Shape& a_shape, const float* b, const Shape& b_shape, float* out,
            const Shape& shape) {
  const kernels::BinaryKernel* kernel = kernels::find_binary(name);
  static_cast<void>(kernels::run_binary(*kernel, float32, a, a_shape, b, b_shape, out, shape));
}

void measure_large(int threads) {
  Arrays arrays(large);
  const bench::Task task{.name = "unary on 1e7 float32", .threads = threads, .bytes = 8.0 * large};
  std::vector<bench::Contender> contenders = {
      {"plain loop, out = 1.5 x", [&] { copy(arrays.x.data(), arrays.out.data(), large); }},
      {"memcpy", [&] { std::memcpy(arrays.out.data(), arrays.x.data(), 4 * large); }}};
  if (threads > 1) contenders[0].name += " (one thread)";
  for (const char* name : {"Square", "Relu", "Sqrt", "Exp", "Log", "Tanh", "Sigmoid", "Erf", "Sin", "Softplus"})
    contenders.push_back(unary(name, arrays));
  bench::compare(task, contenders);
}

void measure_calls() {
  Arrays arrays(100000);
  float* x = arrays.x.data();
  float* y = arrays.y.data();
  float* out = arrays.out.data();
  const kernels::BinaryKernel& add_kernel = *kernels::find_binary("Add");
  const kernels::UnaryKernel& relu = *kernels::find_unary("Relu");
  const Shape sixteen{16}, layer{50, 100}, bias{100};
  bench::compare({.name = "add of 16"},
                 {{"plain loop", [=] { add(x, y, out, 16), bench::keep(*out); }},
                  {"run_binary",
                   [&, x, y, out] {
                     static_cast<void>(kernels::run_binary(add_kernel, float32, x, sixteen, y, sixteen, out, sixteen));
                   },
                   0, 0.015}});
  bench::compare(
      {.name = "[50, 100], a layer of the MLP"},
      {{"plain loop, add", [=] { add(x, y, out, 5000), bench::keep(*out); }},
       {"Add", [&, x, y, out] { binary("Add", x, layer, y, layer, out, layer); }},
       {"Add [100]", [&, x, y, out] { binary("Add", x, layer, y, bias, out, layer); }},
       {"Add [50, 1]",
        [&, x, y, out] {
          binary("Add", x, layer, y, {50, 1}, out, layer);
        }},
       {"Add [1666, 3] + [3]",
        [&, x, y, out] {
          binary("Add", x, {1666, 3}, y, {3}, out, {1666, 3});
        }},
       {"Add [1666, 3] + [1666, 1]",
        [&, x, y, out] {
          binary("Add", x, {1666, 3}, y, {1666, 1}, out, {1666, 3});
        }},
       {"Less", [&, x, y, out] { binary("Less", x, layer, y, layer, out, layer); }},
       {"Relu", [&, x, out] { kernels::run_unary(relu, float32, x, out, 5000); }},
       {"sum of columns", [&, x, out] { kernels::reduce(kernels::Reduction::sum, float32, x, layer, 1, out); }},
       {"sum of rows", [&, x, out] { kernels::reduce(kernels::Reduction::sum, float32, x, layer, 2, out); }},
       {"max of rows of [500, 10]",
        [&, x, out] {
          kernels::reduce(kernels::Reduction::max, float32, x, {500, 10}, 2, out);
        }},
       {"softmax [50, 100]", [=] { kernels::softmax(float32, x, 50, 100, 1, out); }}});
  std::vector<int64_t> labels(50);
  for (int i = 0; i < 50; ++i) labels[i] = i % 10;
  std::vector<float> m(78400), v(78400);
  bench::compare(
      {.name = "parts of the MLP's step"},
      {{"plain loop, add of 78400", [=] { add(x, y, out, 78400), bench::keep(*out); }},
       {"cross-entropy [50, 10] with gradient",
        [&, x, y, out] {
          static_cast<void>(kernels::sparse_softmax_cross_entropy(float32, x, int64, labels.data(), 50, 10, y, out));
        }},
       {"Adam of 78400", [&, x, y] { kernels::update_adam(float32, {}, 78400, x, y, m.data(), v.data(), nullptr); }},
       {"SGD of 78400", [&, x, y] { kernels::update_sgd(float32, {}, 78400, x, y, nullptr); }},
       {"sum of squares of 78400", [=] { bench::keep(kernels::sum_of_squares(float32, y, 78400)); }}});
}

}  // namespace

int main() {
  measure_calls();
  measure_large(1);
  if (bench::available_threads() > 1) measure_large(2);
}
