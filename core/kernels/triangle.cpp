#include <algorithm>
#include <cstring>

#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/triangle.h>

namespace cornu::kernels {

void triangle(size_t element_size, const void* in, int64_t count, int64_t rows, int64_t columns, bool lower,
              int64_t diagonal, void* out) {
  if (count * rows * columns == 0) return;
  diagonal = std::clamp(diagonal, -rows, columns);
  const size_t row_size = element_size * static_cast<size_t>(columns);
  parallel_for(count * rows, row_grain(1 << 15, columns), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      // In row i, elements before the cut belong to the lower triangle; the diagonal belongs to both.
      const int64_t cut = std::clamp<int64_t>(row % rows + diagonal + (lower ? 1 : 0), 0, columns);
      const size_t cut_size = element_size * static_cast<size_t>(cut);
      const char* const source = static_cast<const char*>(in) + row * static_cast<int64_t>(row_size);
      char* const target = static_cast<char*>(out) + row * static_cast<int64_t>(row_size);
      std::memcpy(lower ? target : target + cut_size, lower ? source : source + cut_size,
                  lower ? cut_size : row_size - cut_size);
      std::memset(lower ? target + cut_size : target, 0, lower ? row_size - cut_size : cut_size);
    }
  });
}

}  // namespace cornu::kernels
