#pragma once
#include <span>

#include <cornu/core/kernels/cast.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/kernels/select.h>
#include <cornu/core/kernels/simd/philox.h>

// All that core/kernels/simd/*.cpp compile for one instruction set. Private to core/kernels.
namespace cornu::kernels {

struct ReduceBlocks;
struct SoftmaxBlocks;
struct OptimizerBlocks;
struct ChannelBlocks;
struct EpilogueBlocks;
struct PoolingBlocks;

struct KernelSet {
  std::span<const std::span<const UnaryKernel>> unary;
  std::span<const std::span<const BinaryKernel>> binary;
  const ReduceBlocks* reduce;
  const SoftmaxBlocks* softmax;
  const OptimizerBlocks* optimizer;
  const ChannelBlocks* channels;         // float32, float64
  const SelectBlock* select;             // indexed by dtype
  const CastBlock (*cast)[dtype_count];  // indexed by dtype from, dtype to
  const EpilogueBlocks* epilogue;
  const PoolingBlocks* pooling;  // float32, float64
  PhiloxWords philox_words;
};

/// The set of the instruction set in use.
const KernelSet& active_kernels();

namespace baseline {
const KernelSet& kernel_set();
}
namespace avx2 {
const KernelSet& kernel_set();
}
namespace avx512 {
const KernelSet& kernel_set();
}

}  // namespace cornu::kernels
