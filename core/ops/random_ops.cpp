// Compiled with -ffp-contract=off: a fused multiply-add would make other numbers on some machines.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/philox.h>
#include <cornu/core/ops/internal/random_ops.h>
#include <cornu/core/ops/operation.h>

namespace cornu::random {

namespace {

using kernels::philox::Stream;

constexpr const char* no_gradient = "random numbers do not depend on anything differentiable";

Stream stream_of(const Call& call) {
  const int64_t* state = call.data<int64_t>();
  return {static_cast<uint64_t>(state[0]), static_cast<uint64_t>(state[1])};
}

// ---- rules ------------------------------------------------------------------------------------------------------

void check_state(const Call& call) {
  const std::string where = std::string(call.name()) + ": the state is an int64 tensor of shape (2,), a seed and a ";
  if (call.shape() != Shape({2})) throw ShapeError(where + "counter; received " + call.shape().to_string());
  if (call.dtype() != int64) throw DTypeError(where + "counter; received " + std::string(name(call.dtype())));
}

void check_dtype(const Call& call, DType dtype, std::initializer_list<DType> allowed) {
  if (std::find(allowed.begin(), allowed.end(), dtype) != allowed.end()) return;
  std::string text;
  for (DType each : allowed) text += (text.empty() ? "" : " or ") + std::string(name(each));
  throw DTypeError(std::string(call.name()) + ": the dtype must be " + text + "; received " + std::string(name(dtype)));
}

TensorSpec spec_of(const Call& call, std::initializer_list<DType> allowed) {
  check_state(call);
  const TensorSpec spec(call.attributes.shape("shape"), call.attributes.get<DType>("dtype"));
  check_dtype(call, spec.dtype, allowed);
  if (spec.shape.contains(-1))
    throw ShapeError(std::string(call.name()) + ": the extents of the shape must be 0 or more; received " +
                     spec.shape.to_string());
  return spec;
}

[[noreturn]] void fail(const Call& call, const std::string& expected, double a, double b) {
  throw ValueError(std::string(call.name()) + ": " + expected + "; received " + std::to_string(a) + " and " +
                   std::to_string(b));
}

bool is_finite_in(DType dtype, double value) {
  return dtype == float32 ? std::isfinite(static_cast<float>(value)) : std::isfinite(value);
}

TensorSpec infer_uniform(const Call& call) {
  const TensorSpec spec = spec_of(call, {float32, float64});
  const double minval = call.attributes.get<double>("minval"), maxval = call.attributes.get<double>("maxval");
  if (!is_finite_in(spec.dtype, minval) || !is_finite_in(spec.dtype, maxval) ||
      !is_finite_in(spec.dtype, maxval - minval))
    fail(call, "minval, maxval and their difference must be finite", minval, maxval);
  if (!(minval < maxval)) fail(call, "minval must be less than maxval", minval, maxval);
  return spec;
}

TensorSpec infer_normal(const Call& call) {
  const TensorSpec spec = spec_of(call, {float32, float64});
  const double mean = call.attributes.get<double>("mean"), stddev = call.attributes.get<double>("stddev");
  if (!is_finite_in(spec.dtype, mean) || !is_finite_in(spec.dtype, stddev) || stddev < 0)
    fail(call, "mean must be finite and stddev finite and at least 0", mean, stddev);
  return spec;
}

/// The least value and the one behind the largest of an integer dtype; int64 has no such int64.
std::pair<int64_t, int64_t> range_of(DType dtype) {
  if (dtype == uint8) return {0, 256};
  if (dtype == int32) return {std::numeric_limits<int32_t>::min(), int64_t{1} << 31};
  return {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
}

TensorSpec infer_uniform_int(const Call& call) {
  const TensorSpec spec = spec_of(call, {uint8, int32, int64});
  const int64_t minval = call.attributes.integer("minval"), maxval = call.attributes.integer("maxval");
  const std::string received = "; received " + std::to_string(minval) + " and " + std::to_string(maxval);
  const std::string where = std::string(call.name()) + ": ";
  if (minval >= maxval) throw ValueError(where + "minval must be less than maxval" + received);
  const auto [least, end] = range_of(spec.dtype);
  if (minval < least || maxval > end)
    throw ValueError(where + "minval and maxval must be in the range of " + std::string(name(spec.dtype)) + received);
  return spec;
}

TensorSpec infer_bernoulli(const Call& call) {
  const TensorSpec spec = spec_of(call, {boolean, uint8, int32, int64, float32, float64});
  const double probability = call.attributes.get<double>("probability");
  if (!(probability >= 0 && probability <= 1))
    throw ValueError(std::string(call.name()) + ": the probability must be in [0, 1]; received " +
                     std::to_string(probability));
  return spec;
}

TensorSpec infer_categorical(const Call& call) {
  check_state(call);
  const DType dtype = call.attributes.get<DType>("dtype");
  check_dtype(call, dtype, {int32, int64});
  const std::string where = std::string(call.name()) + ": ";
  const Shape& logits = call.shape(1);
  if (logits.rank() != 2 || logits[1] == 0)
    throw ShapeError(where + "logits must have the shape (batch, classes) with a class or more; received " +
                     logits.to_string());
  if (!is_floating(call.dtype(1)))
    throw DTypeError(where + "logits must be float32 or float64; received " + std::string(name(call.dtype(1))));
  const int64_t samples = call.attributes.integer("num_samples");
  if (samples < 0) throw ValueError(where + "num_samples must be 0 or more; received " + std::to_string(samples));
  return {Shape({logits[0], samples}), dtype};
}

TensorSpec infer_permutation(const Call& call) {
  check_state(call);
  const int64_t n = call.attributes.integer("n");
  const DType dtype = call.attributes.get<DType>("dtype");
  check_dtype(call, dtype, {int32, int64});
  if ((n < 0 && !Shape::is_name(n)) || (dtype == int32 && n > range_of(int32).second))
    throw ValueError(std::string(call.name()) + ": n must be 0 or more and in the range of the dtype; received " +
                     std::to_string(n));
  return {Shape({n}), dtype};
}

// ---- kernels ----------------------------------------------------------------------------------------------------

using FillReals = void (*)(DType, const Stream&, double, double, int64_t, void*);

template <FillReals fill>
void run_fill(const Call& call, std::span<Tensor> outputs, const char* first, const char* second) {
  Tensor& out = outputs[0];
  fill(out.dtype(), stream_of(call), call.attributes.get<double>(first), call.attributes.get<double>(second),
       out.size(), out.mutable_data());
}

void uniform_kernel(const Call& call, std::span<Tensor> outputs) {
  run_fill<kernels::philox::fill_uniform>(call, outputs, "minval", "maxval");
}
void normal_kernel(const Call& call, std::span<Tensor> outputs) {
  run_fill<kernels::philox::fill_normal>(call, outputs, "mean", "stddev");
}
void truncated_normal_kernel(const Call& call, std::span<Tensor> outputs) {
  run_fill<kernels::philox::fill_truncated_normal>(call, outputs, "mean", "stddev");
}
void uniform_int_kernel(const Call& call, std::span<Tensor> outputs) {
  Tensor& out = outputs[0];
  kernels::philox::fill_integers(out.dtype(), stream_of(call), call.attributes.integer("minval"),
                                 call.attributes.integer("maxval"), out.size(), out.mutable_data());
}
void bernoulli_kernel(const Call& call, std::span<Tensor> outputs) {
  Tensor& out = outputs[0];
  kernels::philox::fill_bernoulli(out.dtype(), stream_of(call), call.attributes.get<double>("probability"), out.size(),
                                  out.mutable_data());
}

/// e^x for x <= 0, of additions and multiplications alone: the same bits everywhere, which std::exp does not promise.
double exponential_of(double x) {
  if (!(x > -700)) return 0;
  const double k = std::nearbyint(x * 1.4426950408889634);
  const double r = (x - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10;  // |r| <= log(2) / 2
  double sum = 1;
  for (int i = 14; i >= 1; --i) sum = sum * r / i + 1;
  return sum * std::bit_cast<double>(static_cast<uint64_t>(1023 + static_cast<int64_t>(k)) << 52);
}

/// Running sums of the probabilities of one row, up to their common factor.
template <class T>
void accumulate_probabilities(const T* logits, int64_t classes, double* sums) {
  const T largest = *std::max_element(logits, logits + classes);
  double sum = 0;
  for (int64_t i = 0; i < classes; ++i) sums[i] = sum += exponential_of(static_cast<double>(logits[i] - largest));
}

template <class T>
void check_logits(const Call& call, const T* logits, int64_t rows, int64_t classes) {
  const auto is_usable = [](T value) { return value < std::numeric_limits<T>::infinity(); };
  for (int64_t row = 0; row < rows; ++row) {
    const T* first = logits + row * classes;
    const bool one_is_finite = std::any_of(first, first + classes, [](T value) { return std::isfinite(value); });
    if (!one_is_finite || !std::all_of(first, first + classes, is_usable))
      throw ValueError(std::string(call.name()) + ": row " + std::to_string(row) +
                       " of logits has no finite value, or one that is NaN or +infinity");
  }
}

/// A chunk of the uniform numbers in [0, 1) that element `first` of a draw and those after it are made from.
struct UniformChunk {
  static constexpr int64_t size = 512;
  double values[size];

  UniformChunk(const Stream& stream, int64_t first, int64_t count) {
    const Stream moved{stream.seed, stream.counter + kernels::philox::blocks(float64, first)};
    kernels::philox::fill_uniform(float64, moved, 0, 1, count, values);
  }
};

template <class T, class Index>
void categorical_rows(const Call& call, const T* logits, Tensor& out) {
  const int64_t rows = call.shape(1)[0], classes = call.shape(1)[1], samples = out.shape()[1];
  check_logits(call, logits, rows, classes);
  Tensor sums = Tensor::allocate({rows, classes}, float64);
  auto* sum = static_cast<double*>(sums.mutable_data());
  for (int64_t row = 0; row < rows; ++row)
    accumulate_probabilities(logits + row * classes, classes, sum + row * classes);
  auto* index = static_cast<Index*>(out.mutable_data());
  for (int64_t first = 0; first < out.size(); first += UniformChunk::size) {
    const int64_t count = std::min(UniformChunk::size, out.size() - first);
    const UniformChunk uniform(stream_of(call), first, count);
    for (int64_t i = 0; i < count; ++i) {
      const double* row = sum + (first + i) / samples * classes;
      const double* found = std::upper_bound(row, row + classes, uniform.values[i] * row[classes - 1]);
      // Rounding may reach the sum itself: the first class behind which nothing is added is the last possible one.
      if (found == row + classes) found = std::lower_bound(row, row + classes, row[classes - 1]);
      index[first + i] = static_cast<Index>(found - row);
    }
  }
}

void categorical_kernel(const Call& call, std::span<Tensor> outputs) {
  const auto run = [&]<class T>() {
    const T* logits = call.data<T>(1);
    if (outputs[0].dtype() == int32)
      categorical_rows<T, int32_t>(call, logits, outputs[0]);
    else
      categorical_rows<T, int64_t>(call, logits, outputs[0]);
  };
  if (call.dtype(1) == float32)
    run.template operator()<float>();
  else
    run.template operator()<double>();
}

/// Fisher and Yates's shuffle: element i changes places with one of those up to itself.
template <class Index>
void permute(const Stream& stream, int64_t n, Index* order) {
  std::iota(order, order + n, Index{0});
  for (int64_t first = 0; first < n; first += UniformChunk::size) {
    const int64_t count = std::min(UniformChunk::size, n - first);
    const UniformChunk uniform(stream, first, count);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t other = static_cast<int64_t>(uniform.values[i] * static_cast<double>(first + i + 1));
      std::swap(order[first + i], order[std::min(other, first + i)]);
    }
  }
}

void permutation_kernel(const Call& call, std::span<Tensor> outputs) {
  Tensor& out = outputs[0];
  if (out.dtype() == int32)
    permute(stream_of(call), out.size(), static_cast<int32_t*>(out.mutable_data()));
  else
    permute(stream_of(call), out.size(), static_cast<int64_t*>(out.mutable_data()));
}

// ---- the table --------------------------------------------------------------------------------------------------

const Operation& uniform_op = define({.name = "StatelessRandomUniform",
                                      .infer = infer_uniform,
                                      .kernel = uniform_kernel,
                                      .no_gradient = no_gradient,
                                      .reads_extents = true});
const Operation& normal_op = define({.name = "StatelessRandomNormal",
                                     .infer = infer_normal,
                                     .kernel = normal_kernel,
                                     .no_gradient = no_gradient,
                                     .reads_extents = true});
const Operation& truncated_normal_op = define({.name = "StatelessTruncatedNormal",
                                               .infer = infer_normal,
                                               .kernel = truncated_normal_kernel,
                                               .no_gradient = no_gradient,
                                               .reads_extents = true});
const Operation& uniform_int_op = define({.name = "StatelessRandomUniformInt",
                                          .infer = infer_uniform_int,
                                          .kernel = uniform_int_kernel,
                                          .no_gradient = no_gradient,
                                          .reads_extents = true});
const Operation& bernoulli_op = define({.name = "StatelessRandomBernoulli",
                                        .infer = infer_bernoulli,
                                        .kernel = bernoulli_kernel,
                                        .no_gradient = no_gradient,
                                        .reads_extents = true});
const Operation& categorical_op = define({.name = "StatelessMultinomial",
                                          .arity = 2,
                                          .infer = infer_categorical,
                                          .kernel = categorical_kernel,
                                          .no_gradient = no_gradient});
/// The state behind a draw of a tensor of `shape`.
const Operation& advance_op = define({
    .name = "_AdvanceState",
    .infer = [](const Call& call) -> TensorSpec {
      check_state(call);
      return call.input().spec();
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          const int64_t* state = call.data<int64_t>();
          auto* moved = static_cast<int64_t*>(outputs[0].mutable_data());
          moved[0] = state[0];
          moved[1] =
              state[1] + counter_steps(call.attributes.get<DType>("dtype"), call.attributes.shape("shape").size());
        },
    .no_gradient = no_gradient,
    .reads_extents = true,
});
const Operation& permutation_op = define({.name = "StatelessRandomPermutation",
                                          .infer = infer_permutation,
                                          .kernel = permutation_kernel,
                                          .no_gradient = no_gradient});

}  // namespace

Tensor stateless_uniform(const Tensor& state, const Shape& shape, double minval, double maxval, DType dtype) {
  return apply(uniform_op, {&state}, {{"shape", shape}, {"minval", minval}, {"maxval", maxval}, {"dtype", dtype}});
}
Tensor stateless_normal(const Tensor& state, const Shape& shape, double mean, double stddev, DType dtype) {
  return apply(normal_op, {&state}, {{"shape", shape}, {"mean", mean}, {"stddev", stddev}, {"dtype", dtype}});
}
Tensor stateless_truncated_normal(const Tensor& state, const Shape& shape, double mean, double stddev, DType dtype) {
  return apply(truncated_normal_op, {&state}, {{"shape", shape}, {"mean", mean}, {"stddev", stddev}, {"dtype", dtype}});
}
Tensor stateless_uniform_int(const Tensor& state, const Shape& shape, int64_t minval, int64_t maxval, DType dtype) {
  return apply(uniform_int_op, {&state}, {{"shape", shape}, {"minval", minval}, {"maxval", maxval}, {"dtype", dtype}});
}
Tensor stateless_bernoulli(const Tensor& state, const Shape& shape, double probability, DType dtype) {
  return apply(bernoulli_op, {&state}, {{"shape", shape}, {"probability", probability}, {"dtype", dtype}});
}
Tensor stateless_categorical(const Tensor& state, const Tensor& logits, int64_t num_samples, DType dtype) {
  return apply(categorical_op, {&state, &logits}, {{"num_samples", num_samples}, {"dtype", dtype}});
}
Tensor stateless_permutation(const Tensor& state, int64_t n, DType dtype) {
  return apply(permutation_op, {&state}, {{"n", n}, {"dtype", dtype}});
}

Tensor advance_state(const Tensor& state, DType dtype, const Shape& shape) {
  return apply(advance_op, {&state}, {{"shape", shape}, {"dtype", dtype}});
}

int64_t counter_steps(DType dtype, int64_t count) {
  return static_cast<int64_t>(kernels::philox::blocks(dtype, count));
}

}  // namespace cornu::random
