#pragma once
#include <cornu/core/random/generator.h>

/// Random numbers. A draw takes its numbers from the global generator (see set_random_seed), from a Generator or from a
/// seed of its own; the numbers depend on these alone, never on threads or machine (Philox4x32-10, Salmon et al. 2011).
/// Shapes need all extents; a shape with an unknown extent throws ShapeError, and a dtype that a distribution does not
/// have DTypeError.
namespace cornu::random {

struct UniformOptions {
  double minval = 0;
  double maxval = 1;
  DType dtype = float32;
  Seed seed = {};
};
/// Uniform in [minval, maxval): float32 or float64. Throws ValueError unless minval < maxval.
CORNU_API Tensor uniform(const Shape& shape, const UniformOptions& options = {});

struct NormalOptions {
  double mean = 0;
  double stddev = 1;
  DType dtype = float32;
  Seed seed = {};
};
/// Normal: float32 or float64. Throws ValueError for a negative stddev.
CORNU_API Tensor normal(const Shape& shape, const NormalOptions& options = {});
/// Normal, of which only values within two standard deviations of the mean are taken.
CORNU_API Tensor truncated_normal(const Shape& shape, const NormalOptions& options = {});

struct UniformIntOptions {
  DType dtype = int32;
  Seed seed = {};
};
/// Integers, uniform in [minval, maxval): uint8, int32 or int64. Throws ValueError unless minval < maxval and the dtype
/// has all of them. Keras's randint.
CORNU_API Tensor uniform_int(const Shape& shape, int64_t minval, int64_t maxval, const UniformIntOptions& options = {});

struct BernoulliOptions {
  double probability = 0.5;
  DType dtype = boolean;
  Seed seed = {};
};
/// True (1) with `probability`, else false (0). Throws ValueError unless 0 <= probability <= 1.
CORNU_API Tensor bernoulli(const Shape& shape, const BernoulliOptions& options = {});
/// The same with a probability for each element, instead of the options' one. Throws ValueError if one is outside [0,
/// 1], DTypeError unless they are floating.
CORNU_API Tensor bernoulli(const Tensor& probabilities, const BernoulliOptions& options = {});

struct CategoricalOptions {
  DType dtype = int32;
  Seed seed = {};
};
/// `num_samples` classes for each row of logits [batch, classes], drawn with the probabilities softmax(logits):
/// [batch, num_samples], int32 or int64.
CORNU_API Tensor categorical(const Tensor& logits, int64_t num_samples, const CategoricalOptions& options = {});

struct ShuffleOptions {
  int64_t axis = 0;
  Seed seed = {};
};
/// The parts of x along `axis` in random order. Throws ValueError for an axis out of range.
CORNU_API Tensor shuffle(const Tensor& x, const ShuffleOptions& options = {});

struct PermutationOptions {
  DType dtype = int32;
  Seed seed = {};
};
/// 0 ... n - 1 in random order: int32 or int64 [n].
CORNU_API Tensor permutation(int64_t n, const PermutationOptions& options = {});

}  // namespace cornu::random
