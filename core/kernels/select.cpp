#include <algorithm>

#include <cornu/core/kernels/broadcast.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/select.h>
#include <cornu/core/kernels/simd/kernel_set.h>

namespace cornu::kernels {

SelectBlock select_block(DType dtype) { return active_kernels().select[static_cast<int>(dtype)]; }

void select(DType dtype, const bool* condition, const Shape& condition_shape, const void* a, const Shape& a_shape,
            const void* b, const Shape& b_shape, void* out, const Shape& out_shape) {
  const int64_t total = out_shape.size(), size = static_cast<int64_t>(size_of(dtype));
  if (total == 0) return;
  const SelectBlock block = select_block(dtype);
  const BroadcastPlan plan(out_shape, {&condition_shape, &a_shape, &b_shape});
  const auto run = [&](int64_t condition_at, int64_t condition_step, int64_t a_at, int64_t a_step, int64_t b_at,
                       int64_t b_step, int64_t begin, int64_t n) {
    block(condition + condition_at, condition_step, static_cast<const char*>(a) + a_at * size, a_step,
          static_cast<const char*>(b) + b_at * size, b_step, static_cast<char*>(out) + begin * size, n);
  };
  if (plan.rank <= 1) {
    const int64_t step[3] = {plan.stride[0][0], plan.stride[1][0], plan.stride[2][0]};
    return parallel_for(total, elements_per_thread, [&](int64_t begin, int64_t end) {
      run(begin * step[0], step[0], begin * step[1], step[1], begin * step[2], step[2], begin, end - begin);
    });
  }
  const int inner = plan.rank - 1;
  const int64_t extent = plan.extent[inner];
  parallel_for(total / extent, row_grain(elements_per_thread, extent), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row)
      run(plan.offset(0, row, inner), plan.stride[0][inner], plan.offset(1, row, inner), plan.stride[1][inner],
          plan.offset(2, row, inner), plan.stride[2][inner], row * extent, extent);
  });
}

}  // namespace cornu::kernels
