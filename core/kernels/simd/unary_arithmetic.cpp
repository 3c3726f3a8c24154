#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_unary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

template <class Op, class... BooleanOp>
inline constexpr UnaryKernel kernel = entry<UnaryKernel, Op, BooleanOp...>();

constexpr UnaryKernel table[] = {kernel<Abs>,      kernel<Sign>,       kernel<Neg>,      kernel<Square>, kernel<Relu>,
                                 kernel<Relu6>,    kernel<Reciprocal>, kernel<Sqrt>,     kernel<Rsqrt>,  kernel<Floor>,
                                 kernel<Ceil>,     kernel<Rint>,       kernel<Softsign>, kernel<IsNan>,  kernel<IsInf>,
                                 kernel<IsFinite>, kernel<LogicalNot>};

}  // namespace

std::span<const UnaryKernel> unary_arithmetic() { return table; }

}  // namespace cornu::kernels::CORNU_ISA
