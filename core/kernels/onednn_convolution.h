#pragma once
#include <cornu/core/kernels/convolution.h>

/// Convolutions of float32 by oneDNN. Each gives back false, and computes nothing, where oneDNN has none.
namespace cornu::kernels::onednn {

bool convolve(const Convolution& convolution, const float* x, const float* filter, float* y, const Epilogue* epilogue);
bool input_gradient(const Convolution& convolution, const float* dy, const float* filter, float* dx);
bool filter_gradient(const Convolution& convolution, const float* x, const float* dy, float* dfilter);

}  // namespace cornu::kernels::onednn
