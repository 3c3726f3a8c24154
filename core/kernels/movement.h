#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include <cornu/core/export.h>
#include <cornu/core/kernels/along.h>

/// Moving elements without looking at them: `element_size` is 1, 2, 4 or 8 bytes, strides count elements. Inputs and
/// outputs do not overlap.
namespace cornu::kernels {

/// The most axes that a copy takes: twice a Shape's, as tile() needs.
inline constexpr int max_copy_rank = 16;

/// The number of elements from one index of each axis to the next in a contiguous array.
CORNU_API void contiguous_strides(std::span<const int64_t> extents, int64_t* strides);

/// out[i, j, ...] = in[i * in_strides[0] + j * in_strides[1] + ...] for all indices of `extents`; `out` is contiguous.
/// Strides may be negative (reversed axes; `in` is then the element of index 0) or zero (broadcast axes): this serves
/// transposition, slices with steps, reversal, broadcasting and repetition.
CORNU_API void copy_strided(size_t element_size, const void* in, const int64_t* in_strides,
                            std::span<const int64_t> extents, void* out);

/// The reverse: out[i * out_strides[0] + ...] = in[i, j, ...], `in` contiguous. No two indices may share a place.
/// Serves concatenation, padding and the gradients of slices.
CORNU_API void write_strided(size_t element_size, const void* in, std::span<const int64_t> extents, void* out,
                             const int64_t* out_strides);

/// out[0 .. count) = *value.
CORNU_API void fill(size_t element_size, const void* value, void* out, int64_t count);

/// in [extents...] repeated multiples[i] times along axis i.
CORNU_API void tile(size_t element_size, const void* in, std::span<const int64_t> extents, const int64_t* multiples,
                    void* out);

/// Parts along the axis moved by `shift` places, those that leave coming in at the other end.
CORNU_API void roll(size_t element_size, const void* in, const Along& along, int64_t shift, void* out);

}  // namespace cornu::kernels
