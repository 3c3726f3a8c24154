#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include <cornu/core/export.h>
#include <cornu/core/kernels/along.h>
#include <cornu/core/tensor/dtype.h>

/// Reading and writing by index. Indices are int32 or int64. Functions that return int64_t check all indices first and
/// return the position of the first one that is out of range (then nothing is written), or `all_in_range`.
namespace cornu::kernels {

inline constexpr int64_t all_in_range = -1;

/// Indices where they lie.
struct Indices {
  DType dtype = int64;
  const void* data = nullptr;

  int64_t operator[](int64_t position) const {
    return dtype == int32 ? static_cast<const int32_t*>(data)[position] : static_cast<const int64_t*>(data)[position];
  }
};

/// The position of the first of `count` indices outside of [0, extent).
CORNU_API int64_t find_out_of_range(const Indices& indices, int64_t count, int64_t extent);

/// out[o, i, :] = in[o, indices[i], :]: [outer, extent, inner] -> [outer, count, inner].
CORNU_API int64_t gather(size_t element_size, const void* in, const Along& along, const Indices& indices, int64_t count,
                         void* out);

/// out[o, indices[i], :] += updates[o, i, :]; equal indices add up in the order of i. Booleans: logical or.
CORNU_API int64_t scatter_add(DType dtype, const Indices& indices, int64_t count, const void* updates,
                              const Along& along, void* out);

/// Rows of `indices` [count, extents.size()] that point into the first axes of an array, each to `inner` elements.
struct IndexRows {
  Indices indices;
  int64_t count = 0;
  std::span<const int64_t> extents;
  int64_t inner = 1;
};

/// The position in rows.indices of the first number out of its axis' range.
CORNU_API int64_t find_out_of_range(const IndexRows& rows);
/// out[i, :] = in[indices[i, 0], indices[i, 1], ..., :].
CORNU_API int64_t gather_nd(size_t element_size, const void* in, const IndexRows& rows, void* out);
/// out[indices[i, 0], ..., :] = updates[i, :]; of equal rows the last wins.
CORNU_API int64_t scatter_nd_update(size_t element_size, const IndexRows& rows, const void* updates, void* out);
/// out[indices[i, 0], ..., :] += updates[i, :]; equal rows add up in the order of i.
CORNU_API int64_t scatter_nd_add(DType dtype, const IndexRows& rows, const void* updates, void* out);

/// out[o, i, j] = in[o, indices[o, i, j], j]: [outer, extent, inner], indices [outer, count, inner].
CORNU_API int64_t gather_along(size_t element_size, const void* in, const Along& along, const Indices& indices,
                               int64_t count, void* out);
/// out[o, indices[o, i, j], j] += updates[o, i, j].
CORNU_API int64_t scatter_add_along(DType dtype, const Indices& indices, int64_t count, const void* updates,
                                    const Along& along, void* out);

/// out[o, d, j] = (indices[o, j] == d): indices [outer, inner] -> [outer, extent, inner] of `dtype`. An index out of
/// range gives zeros.
CORNU_API void one_hot(DType dtype, const Indices& indices, const Along& along, void* out);

}  // namespace cornu::kernels
