#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_unary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {

std::span<const UnaryKernel> unary_trigonometry() {
  static constexpr UnaryKernel table[] = {unary_kernel<Sin>,   unary_kernel<Cos>,   unary_kernel<Tan>,
                                          unary_kernel<Asin>,  unary_kernel<Acos>,  unary_kernel<Atan>,
                                          unary_kernel<Asinh>, unary_kernel<Acosh>, unary_kernel<Atanh>};
  return table;
}

}  // namespace cornu::kernels::CORNU_ISA
