#pragma once
#include <cstddef>
#include <cstdint>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>

/// Diagonals, triangles and sequences.
namespace cornu::kernels {

/// Copies `count` matrices [rows, columns] with zeros above (`lower`) or below the `diagonal`-th diagonal. All bits
/// zero is the zero of every dtype.
CORNU_API void triangle(size_t element_size, const void* in, int64_t count, int64_t rows, int64_t columns, bool lower,
                        int64_t diagonal, void* out);

/// Ones on the diagonal of [rows, columns], zeros elsewhere.
CORNU_API void eye(DType dtype, int64_t rows, int64_t columns, void* out);

/// out[i] = start + i * step, computed in float64 (in int64 for the second) and then converted.
CORNU_API void sequence(DType dtype, double start, double step, int64_t count, void* out);
CORNU_API void sequence(DType dtype, int64_t start, int64_t step, int64_t count, void* out);

}  // namespace cornu::kernels
