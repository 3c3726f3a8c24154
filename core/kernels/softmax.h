#pragma once
#include <cstdint>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>

// float32 and float64 only. Tensors are contiguous; the softmax runs over the middle axis of [outer, extent, inner].
namespace cornu::kernels {

/// out = e^(x - max) / sum(e^(x - max)); `out` may be `x`.
CORNU_API void softmax(DType dtype, const void* x, int64_t outer, int64_t extent, int64_t inner, void* out);

/// out = x - max - log(sum(e^(x - max))); `out` may be `x`.
CORNU_API void log_softmax(DType dtype, const void* x, int64_t outer, int64_t extent, int64_t inner, void* out);

/// The gradient of softmax from its output `y`: dx = y * (dy - sum(dy * y)). `dx` may be `y` or `dy`.
CORNU_API void softmax_gradient(DType dtype, const void* y, const void* dy, int64_t outer, int64_t extent,
                                int64_t inner, void* dx);

/// The gradient of log_softmax from its output `y`: dx = dy - e^y * sum(dy). `dx` may be `y` or `dy`.
CORNU_API void log_softmax_gradient(DType dtype, const void* y, const void* dy, int64_t outer, int64_t extent,
                                    int64_t inner, void* dx);

/// loss[row] = -log_softmax(logits[row])[labels[row]] for logits [rows, classes] and labels of an integer dtype; unless
/// `gradient` is null, also gradient[row] = softmax(logits[row]) - one_hot(labels[row]), the derivative of loss[row].
/// Returns the number of the first row whose label is outside [0, classes), and then writes nothing; else -1.
[[nodiscard]] CORNU_API int64_t sparse_softmax_cross_entropy(DType dtype, const void* logits, DType label_dtype,
                                                             const void* labels, int64_t rows, int64_t classes,
                                                             void* loss, void* gradient);

/// loss[row] = -sum(labels[row] * log_softmax(logits[row])) for both [rows, classes]; unless `gradient` is null, also
/// gradient[row] = softmax(logits[row]) * sum(labels[row]) - labels[row], the derivative of loss[row].
CORNU_API void softmax_cross_entropy(DType dtype, const void* logits, const void* labels, int64_t rows, int64_t classes,
                                     void* loss, void* gradient);

}  // namespace cornu::kernels
