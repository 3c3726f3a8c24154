#include <cornu/core/kernels/cast.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/simd/kernel_set.h>

namespace cornu::kernels {

CastBlock cast_block(DType from, DType to) {
  return active_kernels().cast[static_cast<int>(from)][static_cast<int>(to)];
}

void cast(DType from, const void* x, DType to, void* out, int64_t n) {
  const CastBlock block = cast_block(from, to);
  parallel_for(n, 1 << 16, [&](int64_t begin, int64_t end) {
    block(static_cast<const char*>(x) + begin * static_cast<int64_t>(size_of(from)),
          static_cast<char*>(out) + begin * static_cast<int64_t>(size_of(to)), end - begin);
  });
}

}  // namespace cornu::kernels
