#pragma once
#include <cstdint>
#include <vector>

#include <cornu/core/data/dataset.h>

namespace cornu::datasets {

/// Elements joined along a new first axis; `first` is the number of the first one. Throws ShapeError, DTypeError or
/// ValueError naming an element that differs from the first.
TensorList join_equal(const std::vector<TensorList>& elements, int64_t first);

/// The same with elements of different shapes, which are padded.
TensorList join_padded(const std::vector<TensorList>& elements, int64_t first, const PaddedBatchOptions& options);

}  // namespace cornu::datasets
