#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/functors_binary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

template <class Op, class... BooleanOp>
inline constexpr BinaryKernel kernel = entry<BinaryKernel, Op, BooleanOp...>();

constexpr BinaryKernel table[] = {kernel<FloorDiv>, kernel<FloorMod>, kernel<Pow>, kernel<Atan2>};

}  // namespace

std::span<const BinaryKernel> binary_functions() { return table; }

}  // namespace cornu::kernels::CORNU_ISA
