#pragma once
// The parts of a KernelSet, a file each.
#include <cornu/core/kernels/simd/epilogue.h>
#include <cornu/core/kernels/simd/isa.h>
#include <cornu/core/kernels/simd/kernel_set.h>

namespace cornu::kernels::CORNU_ISA {

std::span<const UnaryKernel> unary_arithmetic();
std::span<const UnaryKernel> unary_functions();
std::span<const UnaryKernel> unary_trigonometry();
std::span<const BinaryKernel> binary_arithmetic();
std::span<const BinaryKernel> binary_functions();
std::span<const BinaryKernel> binary_predicates();
extern const ReduceBlocks reduce_blocks;
extern const SoftmaxBlocks softmax_blocks;
extern const OptimizerBlocks optimizer_blocks;
extern const ChannelBlocks channel_blocks[2];
extern const PoolingBlocks pooling_blocks[2];
extern const SelectBlock select_blocks[dtype_count];
extern const EpilogueBlocks epilogue_blocks;
void philox_words(uint64_t seed, uint64_t counter, int64_t blocks, uint32_t* out);
extern const CastBlock cast_blocks[dtype_count][dtype_count];

}  // namespace cornu::kernels::CORNU_ISA
