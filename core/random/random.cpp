#include <algorithm>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/internal/random_ops.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/random/random.h>

namespace cornu::random {

namespace {

template <class T>
void check_probabilities(const Tensor& probabilities) {
  for (const T probability : probabilities.data<T>())
    if (!(probability >= 0 && probability <= 1))
      throw ValueError("bernoulli: probabilities must be in [0, 1]; received " + std::to_string(probability));
}

}  // namespace

Tensor uniform(const Shape& shape, const UniformOptions& options) {
  return options.seed.with_state(options.dtype, shape, [&](const Tensor& state) {
    return stateless_uniform(state, shape, options.minval, options.maxval, options.dtype);
  });
}

Tensor normal(const Shape& shape, const NormalOptions& options) {
  return options.seed.with_state(options.dtype, shape, [&](const Tensor& state) {
    return stateless_normal(state, shape, options.mean, options.stddev, options.dtype);
  });
}

Tensor truncated_normal(const Shape& shape, const NormalOptions& options) {
  return options.seed.with_state(options.dtype, shape, [&](const Tensor& state) {
    return stateless_truncated_normal(state, shape, options.mean, options.stddev, options.dtype);
  });
}

Tensor uniform_int(const Shape& shape, int64_t minval, int64_t maxval, const UniformIntOptions& options) {
  return options.seed.with_state(options.dtype, shape, [&](const Tensor& state) {
    return stateless_uniform_int(state, shape, minval, maxval, options.dtype);
  });
}

Tensor bernoulli(const Shape& shape, const BernoulliOptions& options) {
  return options.seed.with_state(boolean, shape, [&](const Tensor& state) {
    return stateless_bernoulli(state, shape, options.probability, options.dtype);
  });
}

Tensor bernoulli(const Tensor& probabilities, const BernoulliOptions& options) {
  const DType dtype = probabilities.dtype();
  if (!is_floating(dtype))
    throw DTypeError("bernoulli: probabilities must be floating; received " + std::string(name(dtype)));
  if (!probabilities.is_symbolic())
    dtype == float32 ? check_probabilities<float>(probabilities) : check_probabilities<double>(probabilities);
  const Tensor uniform = options.seed.with_state(dtype, probabilities.shape(), [&](const Tensor& state) {
    return stateless_uniform(state, probabilities.shape(), 0, 1, dtype);
  });
  return cast(less(uniform, probabilities), options.dtype);
}

Tensor categorical(const Tensor& logits, int64_t num_samples, const CategoricalOptions& options) {
  const int64_t rows = logits.rank() > 0 ? logits.shape()[0] : 0;
  return options.seed.with_state(float64, {rows, std::max<int64_t>(num_samples, 0)}, [&](const Tensor& state) {
    return stateless_categorical(state, logits, num_samples, options.dtype);
  });
}

Tensor shuffle(const Tensor& x, const ShuffleOptions& options) {
  const int axis = normalize_axis(options.axis, rank_of(x, "shuffle"), "shuffle");
  const int64_t n = x.shape()[axis];
  return gather(x, permutation(n, {.dtype = int64, .seed = options.seed}), axis);
}

Tensor permutation(int64_t n, const PermutationOptions& options) {
  return options.seed.with_state(float64, {n < 0 && !Shape::is_name(n) ? 0 : n},
                                 [&](const Tensor& state) { return stateless_permutation(state, n, options.dtype); });
}

}  // namespace cornu::random
