#include <cornu/core/kernels/simd/channel_blocks.h>
#include <cornu/core/kernels/simd/kernel_set.h>
#include <cornu/core/kernels/simd/pooling_blocks.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {

const KernelSet& kernel_set() {
  static const std::span<const UnaryKernel> unary[] = {unary_arithmetic(), unary_functions(), unary_trigonometry()};
  static const std::span<const BinaryKernel> binary[] = {binary_arithmetic(), binary_functions(), binary_predicates()};
  static const KernelSet set{unary,          binary,        &reduce_blocks, &softmax_blocks,  &optimizer_blocks,
                             channel_blocks, select_blocks, cast_blocks,    &epilogue_blocks, pooling_blocks,
                             philox_words};
  return set;
}

}  // namespace cornu::kernels::CORNU_ISA
