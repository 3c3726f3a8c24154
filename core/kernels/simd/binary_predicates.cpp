#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_binary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

template <class Op, class... BooleanOp>
inline constexpr BinaryKernel kernel = entry<BinaryKernel, Op, BooleanOp...>();

constexpr BinaryKernel table[] = {kernel<Equal>,      kernel<NotEqual>,  kernel<Less>,
                                  kernel<LessEqual>,  kernel<Greater>,   kernel<GreaterEqual>,
                                  kernel<LogicalAnd>, kernel<LogicalOr>, kernel<LogicalXor>};

}  // namespace

std::span<const BinaryKernel> binary_predicates() { return table; }

}  // namespace cornu::kernels::CORNU_ISA
