#pragma once
#include <cstdint>

#include <cornu/core/export.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/tensor/dtype.h>
#include <cornu/core/tensor/shape.h>

namespace cornu::kernels {

enum class Reduction : uint8_t { sum, prod, max, min, all, any };
inline constexpr int reduction_count = 6;

/// Whether reduce() takes this dtype: sum and prod take numbers, all and any booleans, max and min everything.
CORNU_API bool supports(Reduction reduction, DType dtype);

/// Reduces the axes whose bits are set in `axes_mask` (bit 0: the outermost axis). `in` is contiguous, `out` holds the
/// remaining axes in order, of the same dtype (integers wrap around). Over no elements the result is the neutral
/// element: 0, 1, the lowest (-infinity) or highest value, true, false.
/// Floating-point sums are taken in blocks, so that their error hardly grows with the number of elements; the order is
/// fixed, whatever the number of threads. max and min are NaN where an element is. Throws DTypeError unless supports().
CORNU_API void reduce(Reduction reduction, DType dtype, const void* in, const Shape& shape, uint32_t axes_mask,
                      void* out);

/// The same along the last axis of [rows, n], where `compute(begin, count, to)` writes elements [begin, begin + count)
/// to `to` when they are needed. Several threads may call it at once.
CORNU_API void reduce_computed(Reduction reduction, DType dtype, int64_t rows, int64_t n,
                               function_ref<void(int64_t begin, int64_t count, void* to)> compute, void* out);

/// Index of the maximum (or minimum) along the middle axis of [outer, extent, inner] into out [outer, inner]; the first
/// of equals, and as in NumPy the first NaN counts as the extreme. `extent` is at least 1.
CORNU_API void arg_reduce(bool max, DType dtype, const void* in, int64_t outer, int64_t extent, int64_t inner,
                          int64_t* out);

}  // namespace cornu::kernels
