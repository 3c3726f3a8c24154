#pragma once
#include <cstddef>
#include <cstdint>

#include <cornu/core/export.h>

namespace cornu::kernels {

/// Copies `count` matrices [rows, columns] with zeros above (`lower`) or below the `diagonal`-th diagonal. All bits
/// zero is the zero of every dtype.
CORNU_API void triangle(size_t element_size, const void* in, int64_t count, int64_t rows, int64_t columns, bool lower,
                        int64_t diagonal, void* out);

}  // namespace cornu::kernels
