#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_unary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

template <class Op, class... BooleanOp>
inline constexpr UnaryKernel kernel = entry<UnaryKernel, Op, BooleanOp...>();

constexpr UnaryKernel table[] = {kernel<Exp>,      kernel<Expm1>, kernel<Log>,  kernel<Log1p>,
                                 kernel<Sinh>,     kernel<Cosh>,  kernel<Tanh>, kernel<Sigmoid>,
                                 kernel<Softplus>, kernel<Erf>,   kernel<Erfc>};

}  // namespace

std::span<const UnaryKernel> unary_functions() { return table; }

}  // namespace cornu::kernels::CORNU_ISA
