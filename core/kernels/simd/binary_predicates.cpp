#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_binary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {

std::span<const BinaryKernel> binary_predicates() {
  static constexpr BinaryKernel table[] = {
      binary_kernel<Equal>,      binary_kernel<NotEqual>,  binary_kernel<Less>,
      binary_kernel<LessEqual>,  binary_kernel<Greater>,   binary_kernel<GreaterEqual>,
      binary_kernel<LogicalAnd>, binary_kernel<LogicalOr>, binary_kernel<LogicalXor>};
  return table;
}

}  // namespace cornu::kernels::CORNU_ISA
