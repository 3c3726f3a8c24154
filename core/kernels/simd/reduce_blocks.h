#pragma once
#include <cstdint>

#include <cornu/core/kernels/reduce.h>

namespace cornu::kernels {

/// Reductions of one instruction set, indexed by reduction and dtype; null where the dtype is not supported.
struct ReduceBlocks {
  /// out[r] = reduction of in[r * n ... r * n + n) for r < rows.
  using Rows = void (*)(const void* in, int64_t rows, int64_t n, void* out);
  /// out[j] = reduction over i < extent of in[i * stride + j] for j < n.
  using Columns = void (*)(const void* in, int64_t extent, int64_t stride, int64_t n, void* out);

  Rows rows[reduction_count][dtype_count];
  Columns columns[reduction_count][dtype_count];
};

/// Columns of any element type are computed in groups that start at multiples of this; a cut elsewhere could change the
/// order of additions, thus the last bits.
inline constexpr int64_t column_group = 64;

}  // namespace cornu::kernels
