#pragma once
#include <cstdint>

#include <cornu/core/export.h>
#include <cornu/core/kernels/windows.h>
#include <cornu/core/tensor/dtype.h>

/// Maxima and means of windows of images [batch, rows, columns, channels], float32 and float64. Windows have no
/// dilations; what lies outside of an image counts for nothing.
namespace cornu::kernels {

struct Pooling {
  int64_t batch = 0, channels = 0;
  Windows windows = {};
};

/// y [batch, places, channels]: the maxima, where NaN wins, and where each lies in its window, counted row by row.
CORNU_API void max_pool(DType dtype, const Pooling& pooling, const void* x, void* y, int32_t* positions);
/// dx: each dy goes to its maximum.
CORNU_API void max_pool_gradient(DType dtype, const Pooling& pooling, const void* dy, const int32_t* positions,
                                 void* dx);
/// y: the elements of x that lie where the maxima lay.
CORNU_API void max_pool_pick(DType dtype, const Pooling& pooling, const void* x, const int32_t* positions, void* y);
/// y: the means.
CORNU_API void average_pool(DType dtype, const Pooling& pooling, const void* x, void* y);
/// dx: each dy goes to the elements of its window in equal parts.
CORNU_API void average_pool_gradient(DType dtype, const Pooling& pooling, const void* dy, void* dx);

}  // namespace cornu::kernels
