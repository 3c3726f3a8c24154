#pragma once
#include <cornu/core/tensor/tensor.h>

namespace cornu::summary {

/// [buckets, 3] in float64: left edge, right edge, count; see summary::histogram().
CORNU_API Tensor histogram_buckets(const Tensor& data, int64_t buckets);

}  // namespace cornu::summary
