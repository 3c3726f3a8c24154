#pragma once
#include <cornu/core/tensor/tensor.h>

namespace cornu {

/// `upstream` where the output y of a relu is above 0, else 0.
Tensor relu_grad(const Tensor& upstream, const Tensor& y);

}  // namespace cornu
