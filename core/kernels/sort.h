#pragma once
#include <cornu/core/export.h>
#include <cornu/core/kernels/along.h>
#include <cornu/core/tensor/dtype.h>

/// Sorting along an axis: [outer, extent, inner]. Stable: of equal elements the one with the lower index comes first,
/// in either direction. NaN comes last, in either direction.
namespace cornu::kernels {

/// The indices that sort.
CORNU_API void argsort(DType dtype, const void* in, const Along& along, bool descending, int32_t* out);
/// The `k` largest elements and their indices, largest first: [rows, extent] -> [rows, k], k <= extent.
CORNU_API void top_k(DType dtype, const void* in, int64_t rows, int64_t extent, int64_t k, void* values,
                     int32_t* indices);

}  // namespace cornu::kernels
