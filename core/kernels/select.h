#pragma once
#include <cstdint>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>
#include <cornu/core/tensor/shape.h>

namespace cornu::kernels {

/// out[i] = condition[i * condition_step] ? a[i * a_step] : b[i * b_step] for i < n, any n and alignment; a step is 1,
/// or 0 to broadcast one element. `out` may be an operand of a step of 1, otherwise they must not overlap.
using SelectBlock = void (*)(const void* condition, int64_t condition_step, const void* a, int64_t a_step,
                             const void* b, int64_t b_step, void* out, int64_t n);

/// The block for elements of `dtype`, compiled for the instruction set in use.
CORNU_API SelectBlock select_block(DType dtype);

/// out = condition ? a : b with broadcasting: `out_shape` is the broadcast of all three shapes, all buffers are
/// contiguous.
CORNU_API void select(DType dtype, const bool* condition, const Shape& condition_shape, const void* a,
                      const Shape& a_shape, const void* b, const Shape& b_shape, void* out, const Shape& out_shape);

}  // namespace cornu::kernels
