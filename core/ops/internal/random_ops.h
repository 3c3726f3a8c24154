#pragma once
#include <cornu/core/ops/operand.h>

/// Random numbers as functions of a state: int64 of shape (2,), a seed and a counter. The same state gives the same
/// numbers on every machine and for any number of threads (Philox4x32-10, Salmon et al. 2011); draws do not overlap if
/// the counter has moved on by counter_steps() in between. random::Generator keeps such a state and moves it.
///
/// All throw ShapeError or DTypeError for another state and ShapeError for a shape that is not known.
namespace cornu::random {

/// Uniform in [minval, maxval): float32 or float64. Throws ValueError unless minval < maxval, both finite.
CORNU_API Tensor stateless_uniform(const Tensor& state, const Shape& shape, double minval = 0, double maxval = 1,
                                   DType dtype = float32);
/// Normal: float32 or float64. Throws ValueError unless stddev >= 0.
CORNU_API Tensor stateless_normal(const Tensor& state, const Shape& shape, double mean = 0, double stddev = 1,
                                  DType dtype = float32);
/// Normal, of which only values within two standard deviations are taken.
CORNU_API Tensor stateless_truncated_normal(const Tensor& state, const Shape& shape, double mean = 0, double stddev = 1,
                                            DType dtype = float32);
/// Integers, uniform in [minval, maxval): uint8, int32 or int64. Throws ValueError unless minval < maxval and all of
/// them have the dtype.
CORNU_API Tensor stateless_uniform_int(const Tensor& state, const Shape& shape, int64_t minval, int64_t maxval,
                                       DType dtype = int32);
/// 1 (true) with `probability`, else 0, of any dtype. Throws ValueError unless 0 <= probability <= 1.
CORNU_API Tensor stateless_bernoulli(const Tensor& state, const Shape& shape, double probability = 0.5,
                                     DType dtype = boolean);
/// `num_samples` indices for each row of logits [batch, classes], with the probabilities softmax(logits): int32 or
/// int64 [batch, num_samples]. Throws ValueError for rows without a finite logit.
CORNU_API Tensor stateless_categorical(const Tensor& state, const Tensor& logits, int64_t num_samples,
                                       DType dtype = int32);
/// 0 ... n - 1 in random order: int32 or int64 [n].
CORNU_API Tensor stateless_permutation(const Tensor& state, int64_t n, DType dtype = int32);

/// The state behind a draw of a tensor of `shape`, whose extents may not be known yet.
CORNU_API Tensor advance_state(const Tensor& state, DType dtype, const Shape& shape);
/// How far a draw of `count` elements of `dtype` moves the counter; categorical draws and permutations count as
/// float64.
CORNU_API int64_t counter_steps(DType dtype, int64_t count);

}  // namespace cornu::random
