#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_unary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {

std::span<const UnaryKernel> unary_functions() {
  static constexpr UnaryKernel table[] = {unary_kernel<Exp>,   unary_kernel<Expm1>,   unary_kernel<Log>,
                                          unary_kernel<Log1p>, unary_kernel<Sinh>,    unary_kernel<Cosh>,
                                          unary_kernel<Tanh>,  unary_kernel<Sigmoid>, unary_kernel<Softplus>,
                                          unary_kernel<Erf>,   unary_kernel<Erfc>};
  return table;
}

}  // namespace cornu::kernels::CORNU_ISA
