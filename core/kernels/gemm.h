#pragma once
#include <cstdint>

#include <cornu/core/export.h>
#include <cornu/core/kernels/epilogue.h>
#include <cornu/core/tensor/dtype.h>
#include <cornu/core/tensor/shape.h>

/// Products of row-major matrices.
namespace cornu::kernels {

/// c = op(a) op(b), or c += op(a) op(b) with `accumulate`, then the epilogue. op(a) is [m, k] and op(b) [k, n]; with
/// `transpose_a` (`transpose_b`) the operand lies in memory as [k, m] ([n, k]). float32, float64, int32, int64
/// (integers wrap around; they take no epilogue). k == 0 gives zeros.
///
/// Large products are cut along m and n in pieces that depend on m, n and k alone, and threads take pieces: the bits of
/// the result do not depend on the number of threads.
CORNU_API void gemm(DType dtype, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const void* a,
                    const void* b, void* c, const Epilogue* epilogue = nullptr, bool accumulate = false);

/// One gemm for each index of `batch`. `a_strides` and `b_strides` hold, for each axis of `batch`, the number of
/// elements from one matrix to the next; 0 where the operand is broadcast. c is [batch..., m, n], contiguous.
CORNU_API void gemm_batched(DType dtype, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k,
                            const Shape& batch, const void* a, const int64_t* a_strides, const void* b,
                            const int64_t* b_strides, void* c, const Epilogue* epilogue = nullptr,
                            bool accumulate = false);

}  // namespace cornu::kernels
