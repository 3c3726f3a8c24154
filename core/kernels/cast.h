#pragma once
#include <cstdint>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>

namespace cornu::kernels {

/// out[i] = x[i] as another dtype, for i < n, any n and alignment. The buffers must not overlap.
using CastBlock = void (*)(const void* x, void* out, int64_t n);

/// The block for a pair of dtypes, compiled for the instruction set in use.
CORNU_API CastBlock cast_block(DType from, DType to);

/// Converts `n` contiguous elements. A floating-point number becomes an integer by truncation, the nearest integer of
/// the dtype where it is out of range, and 0 where it is NaN; an integer too large for another integer dtype keeps its
/// low bits; anything but 0 becomes true.
CORNU_API void cast(DType from, const void* x, DType to, void* out, int64_t n);

}  // namespace cornu::kernels
