#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_binary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {

std::span<const BinaryKernel> binary_functions() {
  static constexpr BinaryKernel table[] = {binary_kernel<FloorDiv>, binary_kernel<FloorMod>, binary_kernel<Pow>,
                                           binary_kernel<Atan2>};
  return table;
}

}  // namespace cornu::kernels::CORNU_ISA
