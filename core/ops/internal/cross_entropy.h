#pragma once
#include <cstdint>

#include <cornu/core/ops/internal/rules.h>

/// What the cross-entropies share.
namespace cornu {

/// Probabilities are clipped to [this, 1 - this], so that no loss is infinite. Keras's epsilon().
inline constexpr double least_probability = 1e-7;

/// Of logits or probabilities [..., classes]: how many rows there are, and [...].
inline int64_t rows_of(const Shape& shape) { return shape.size_between(0, shape.rank() - 1); }
inline Shape row_shape(const Shape& shape) { return shape.slice(0, shape.rank() - 1); }

/// Throws unless the inputs are int32 or int64 labels [...] and floating numbers [..., classes].
void check_sparse_labels(const Call& call);
/// Throws unless the inputs are labels and logits, both [..., classes] of one floating dtype.
void check_dense_labels(const Call& call);

/// Calls visitor.operator()<T>() with the C++ type of a floating dtype.
template <class Visitor>
void visit_floating(DType dtype, const Visitor& visitor) {
  if (dtype == float32)
    visitor.template operator()<float>();
  else
    visitor.template operator()<double>();
}

/// The sum in four lanes, which do not wait for one another.
template <class T>
T sum_of(const T* values, int64_t count) {
  T lanes[4] = {};
  int64_t i = 0;
  for (; i + 4 <= count; i += 4)
    for (int lane = 0; lane < 4; ++lane) lanes[lane] += values[i + lane];
  for (; i < count; ++i) lanes[0] += values[i];
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

}  // namespace cornu
