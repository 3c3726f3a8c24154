#pragma once
#include <cornu/core/export.h>
#include <cornu/core/kernels/along.h>
#include <cornu/core/tensor/dtype.h>

/// Running sums and products along an axis: [outer, extent, inner] -> the same. All dtypes but boolean; integers wrap
/// around.
namespace cornu::kernels {

struct Scan {
  bool exclusive = false;  // without the element itself: the first result is 0 (1 for products)
  bool reverse = false;    // from the end
};

CORNU_API void cumsum(DType dtype, const void* in, const Along& along, const Scan& scan, void* out);
CORNU_API void cumprod(DType dtype, const void* in, const Along& along, const Scan& scan, void* out);

/// s[i] = values[i] + factors[i] * s[i - 1] from s[-1] = 0 on; from the end, with s[i + 1], if `reverse`. float32 and
/// float64.
CORNU_API void linear_scan(DType dtype, const void* values, const void* factors, const Along& along, bool reverse,
                           void* out);

}  // namespace cornu::kernels
