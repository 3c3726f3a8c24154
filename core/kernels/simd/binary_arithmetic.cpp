#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_binary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {

std::span<const BinaryKernel> binary_arithmetic() {
  static constexpr BinaryKernel table[] = {binary_kernel<Add, LogicalOr>,    binary_kernel<Sub>,
                                           binary_kernel<Mul, LogicalAnd>,   binary_kernel<RealDiv>,
                                           binary_kernel<Maximum>,           binary_kernel<Minimum>,
                                           binary_kernel<SquaredDifference>, binary_kernel<ReluGrad>,
                                           binary_kernel<TanhGrad>,          binary_kernel<SigmoidGrad>};
  return table;
}

}  // namespace cornu::kernels::CORNU_ISA
