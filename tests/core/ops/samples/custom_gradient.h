#pragma once
#include "core/ops/samples/sample.h"
#include <cornu/core/autodiff/custom_gradient.h>
#include <cornu/core/ops/math.h>

namespace cornu::samples {

/// The operation that custom_gradient() uses: a product with the rule that it has anyway.
inline std::vector<Sample> custom_gradients() {
  const auto product = custom_gradient([](const Tensor& a, const Tensor& b) {
    return with_gradient(a * b, [a, b](const Tensor& upstream) { return TensorList{upstream * b, upstream * a}; });
  });
  return {{"CustomGradient",
           {numbers({2, 3}), numbers({2, 3}, 1, 2, 2)},
           [product](const TensorList& t) { return TensorList{product(t[0], t[1])}; },
           {{numbers({2, 3}), numbers({4})}}}};
}

}  // namespace cornu::samples
