#include <algorithm>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/philox.h>
#include <cornu/core/ops/dropout.h>
#include <cornu/core/ops/internal/rules.h>

namespace cornu::random {

namespace {

using kernels::philox::Stream;

TensorSpec infer_dropout(const Call& call) {
  infer::require_floating(call, 1);
  if (call.dtype(0) != int64 || call.shape(0) != Shape({2}))
    throw ShapeError(std::string(call.name()) + ": expected a state of int64 (2,); received " +
                     describe(call.input(0)));
  return call.input(1).spec();
}

template <class T>
void run_dropout(const Call& call, Tensor& out) {
  constexpr int64_t chunk = 1024;  // elements; a whole number of blocks of random words
  const auto* state = call.data<int64_t>(0);
  const T* x = call.data<T>(1);
  T* y = static_cast<T*>(out.mutable_data());
  const auto rate = call.attributes.get<double>("rate");
  const T scale = static_cast<T>(rate < 1 ? 1 / (1 - rate) : 0);
  const int64_t size = out.size(), chunks = (size + chunk - 1) / chunk;
  kernels::parallel_for(chunks, 16, [&](int64_t first, int64_t last) {
    T kept[chunk];
    for (int64_t i = first; i < last; ++i) {
      const int64_t begin = i * chunk, count = std::min(chunk, size - begin);
      const Stream stream{static_cast<uint64_t>(state[0]),
                          static_cast<uint64_t>(state[1]) + kernels::philox::blocks(float32, begin)};
      kernels::philox::fill_bernoulli(dtype_of<T>, stream, 1 - rate, count, kept);
      for (int64_t j = 0; j < count; ++j) y[begin + j] = kept[j] != 0 ? x[begin + j] * scale : 0;
    }
  });
}

void dropout_kernel(const Call& call, std::span<Tensor> outputs) {
  if (call.dtype(1) == float32)
    run_dropout<float>(call, outputs[0]);
  else
    run_dropout<double>(call, outputs[0]);
}

const Operation& dropout_op = define({
    .name = "_Dropout",
    .arity = 2,
    .infer = infer_dropout,
    .kernel = dropout_kernel,
    .gradients = {{},
                  {input(0),
                   [](const Gradient& g) {
                     return stateless_dropout(g.input(0), g.upstream(), g.attributes().get<double>("rate"));
                   }}},
});

}  // namespace

Tensor stateless_dropout(const Tensor& state, const Tensor& x, double rate) {
  if (!(rate >= 0 && rate <= 1))
    throw ValueError("dropout: the rate must be from 0 to 1; received " + std::to_string(rate));
  return apply(dropout_op, {&state, &x}, {{"rate", rate}});
}

}  // namespace cornu::random
