#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_unary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {

std::span<const UnaryKernel> unary_arithmetic() {
  static constexpr UnaryKernel table[] = {unary_kernel<Abs>,        unary_kernel<Sign>,      unary_kernel<Neg>,
                                          unary_kernel<Square>,     unary_kernel<Relu>,      unary_kernel<Relu6>,
                                          unary_kernel<Reciprocal>, unary_kernel<Sqrt>,      unary_kernel<Rsqrt>,
                                          unary_kernel<Floor>,      unary_kernel<Ceil>,      unary_kernel<Rint>,
                                          unary_kernel<Softsign>,   unary_kernel<IsNan>,     unary_kernel<IsInf>,
                                          unary_kernel<IsFinite>,   unary_kernel<LogicalNot>};
  return table;
}

}  // namespace cornu::kernels::CORNU_ISA
