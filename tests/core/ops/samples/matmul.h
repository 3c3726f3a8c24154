#pragma once
#include "core/ops/samples/sample.h"
#include <cornu/core/ops/operation.h>

namespace cornu::samples {

inline Sample product(const Shape& a, const Shape& b, const MatmulOptions& options = {}) {
  const Tensor left = numbers(a), right = numbers(b, -2, 2, 2);
  return {"MatMul",
          {left, right},
          [=](const TensorList& x) { return TensorList{matmul(x[0], x[1], options)}; },
          {{left, numbers({5, 5})}}};
}

inline std::vector<Sample> matmul_samples() {
  std::vector<Sample> all = {product({2, 3}, {3, 4}),
                             product({3, 2}, {3, 4}, {.transpose_a = true}),
                             product({2, 3}, {4, 3}, {.transpose_b = true}),
                             product({3, 2}, {4, 3}, {.transpose_a = true, .transpose_b = true}),
                             product({2, 2, 3}, {3, 2}),
                             product({2, 2, 3}, {2, 3}, {.transpose_b = true}),
                             product({2, 3, 2}, {3, 2}, {.transpose_a = true}),
                             product({2, 3}, {2, 3, 2}),
                             product({2, 1, 2, 3}, {3, 3, 2}),
                             product({2, 3, 2}, {2, 2, 3}, {.transpose_a = true, .transpose_b = true}),
                             product({2, 2, 3}, {3}),
                             product({3}, {2, 3, 2})};
  for (const ProductActivation activation : {ProductActivation::none, ProductActivation::relu}) {
    const auto call = [=](const TensorList& x) { return TensorList{dense(x[0], x[1], x[2], activation)}; };
    const char* name = activation == ProductActivation::none ? "_FusedMatMul" : "_FusedMatMulRelu";
    const Tensor x = numbers({2, 3}), kernel = numbers({3, 4}, -2, 2, 2), bias = numbers({4}, -2, 2, 3);
    all.push_back({name, {x, kernel, bias}, call, {{numbers({2, 4}), kernel, bias}, {x, kernel, numbers({3})}}});
    all.push_back({name, {numbers({2, 2, 3}), kernel, bias}, call, {{x, numbers({4}), bias}}});
  }
  for (const bool transpose : {false, true}) {
    const Tensor a = numbers(transpose ? Shape({3, 2}) : Shape({2, 3})), addend = numbers({2, 4}, -2, 2, 3);
    const Tensor b = numbers(transpose ? Shape({4, 3}) : Shape({3, 4}), -2, 2, 2);
    const auto call = [=](const TensorList& x) {
      return TensorList{apply(find_operation("_FusedMatMulAdd"), pointers(x),
                              {{"transpose_a", transpose}, {"transpose_b", transpose}})};
    };
    all.push_back({"_FusedMatMulAdd", {a, b, addend}, call, {{a, b, numbers({4})}, {addend, addend, addend}}});
  }
  return all;
}

}  // namespace cornu::samples
