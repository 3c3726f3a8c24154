#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_unary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

template <class Op, class... BooleanOp>
inline constexpr UnaryKernel kernel = entry<UnaryKernel, Op, BooleanOp...>();

constexpr UnaryKernel table[] = {kernel<Sin>,  kernel<Cos>,   kernel<Tan>,   kernel<Asin>, kernel<Acos>,
                                 kernel<Atan>, kernel<Asinh>, kernel<Acosh>, kernel<Atanh>};

}  // namespace

std::span<const UnaryKernel> unary_trigonometry() { return table; }

}  // namespace cornu::kernels::CORNU_ISA
