#pragma once
#include "core/ops/samples/sample.h"

namespace cornu::samples {

inline std::vector<Sample> reduction(const std::string& operation,
                                     Tensor (*function)(const Tensor&, const Axes&, const ReduceOptions&)) {
  const Tensor x = numbers({2, 3, 4}, 0.5, 2);
  return {{operation, {x}, [=](const TensorList& t) { return TensorList{function(t[0], {}, {})}; }},
          {operation, {x}, [=](const TensorList& t) { return TensorList{function(t[0], 1, {})}; }},
          {operation, {x}, [=](const TensorList& t) {
             return TensorList{function(t[0], {0, -1}, {.keepdims = true})};
           }}};
}

inline std::vector<Sample> reduce() {
  std::vector<Sample> all;
  append(all, reduction("Sum", reduce_sum));
  append(all, reduction("Mean", reduce_mean));
  append(all, reduction("Max", reduce_max));
  append(all, reduction("Min", reduce_min));
  append(all, reduction("Prod", reduce_prod));
  append(all, reduction("All", reduce_all));
  append(all, reduction("Any", reduce_any));
  append(all, {unary("ArgMax", [](const Tensor& x) { return argmax(x, -1, int32); }),
               unary("ArgMin", [](const Tensor& x) { return argmin(x, 0); })});
  return all;
}

}  // namespace cornu::samples
