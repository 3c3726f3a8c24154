#pragma once
#include <cornu/core/export.h>
#include <cornu/core/kernels/along.h>
#include <cornu/core/tensor/dtype.h>

/// What normalizations are made of: an array seen as [outer, channels, inner], and vectors of a number for each
/// channel. float32 or float64; inputs and outputs do not overlap. Results do not depend on the number of threads.
namespace cornu::kernels {

/// mean[c] and the biased variance[c] of each channel, in one pass over memory.
CORNU_API void channel_moments(DType dtype, const void* x, const Along& along, void* mean, void* variance);

/// sum[c] = sum(a), dot[c] = sum(a * (b - center[c])) over each channel.
CORNU_API void channel_sums(DType dtype, const void* a, const void* b, const void* center, const Along& along,
                            void* sum, void* dot);

/// out = (x - center[c]) * scale[c] + shift[c].
CORNU_API void channel_affine(DType dtype, const void* x, const void* center, const void* scale, const void* shift,
                              const Along& along, void* out);

/// out = u * a[c] + (v - center[c]) * b[c] + shift[c].
CORNU_API void channel_combine(DType dtype, const void* u, const void* v, const void* center, const void* a,
                               const void* b, const void* shift, const Along& along, void* out);

/// mean[r], the biased variance[r] and out = (x - mean[r]) / sqrt(variance[r] + epsilon) * gamma[c] + beta[c] of the
/// rows of x [rows, columns].
CORNU_API void normalize_rows(DType dtype, const void* x, int64_t rows, int64_t columns, const void* gamma,
                              const void* beta, double epsilon, void* out, void* mean, void* variance);

/// The gradient of normalize_rows with respect to x.
CORNU_API void normalize_rows_gradient(DType dtype, const void* dy, const void* x, int64_t rows, int64_t columns,
                                       const void* gamma, const void* mean, const void* variance, double epsilon,
                                       void* out);

/// The gradients of normalize_rows with respect to beta (sum) and gamma (dot): sum(dy) and
/// sum(dy (x - mean) / sqrt(variance + epsilon)) over the rows.
CORNU_API void normalize_rows_sums(DType dtype, const void* dy, const void* x, int64_t rows, int64_t columns,
                                   const void* mean, const void* variance, double epsilon, void* sum, void* dot);

}  // namespace cornu::kernels
