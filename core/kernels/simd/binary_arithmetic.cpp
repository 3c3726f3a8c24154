#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_binary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

template <class Op, class... BooleanOp>
inline constexpr BinaryKernel kernel = entry<BinaryKernel, Op, BooleanOp...>();

constexpr BinaryKernel table[] = {kernel<Add, LogicalOr>,    kernel<Sub>,      kernel<Mul, LogicalAnd>,
                                  kernel<RealDiv>,           kernel<Maximum>,  kernel<Minimum>,
                                  kernel<SquaredDifference>, kernel<ReluGrad>, kernel<TanhGrad>,
                                  kernel<SigmoidGrad>};

}  // namespace

std::span<const BinaryKernel> binary_arithmetic() { return table; }

}  // namespace cornu::kernels::CORNU_ISA
