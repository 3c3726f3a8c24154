#pragma once
#include "core/ops/samples/shape_ops.h"
#include <cornu/core/ops/operation.h>

namespace cornu::samples {

inline std::vector<Sample> sorting() {
  using T = const Tensor&;
  std::vector<Sample> all = {
      {"ArgSort", {numbers({2, 4})}, [](const TensorList& x) { return TensorList{argsort(x[0], 1)}; }},
      of_one("TakeAlongAxis", {2, 4}, [](T x) { return sort(x, 0, {.descending = true}); }),
      of_one("TopKV2", {2, 4}, [](T x) { return top_k(x, 2).values; }),
  };
  for (const bool exclusive : {false, true})
    for (const bool reverse : {false, true}) {
      const ScanOptions options{.exclusive = exclusive, .reverse = reverse};
      all.push_back(of_one("Cumsum", {2, 3}, [=](T x) { return cumsum(x, 1, options); }));
      all.push_back(of_one("Cumprod", {3, 2}, [=](T x) { return cumprod(x, 0, options); }));
    }
  for (const bool reverse : {false, true})
    all.push_back({"LinearScan",
                   {numbers({2, 4}), numbers({2, 4}, -2, 2, 2)},
                   [=](const TensorList& x) {
                     const Operation& scan = find_operation("LinearScan");
                     return TensorList{apply(scan, {&x[0], &x[1]}, {{"axis", int64_t{1}}, {"reverse", reverse}})};
                   },
                   {{numbers({2, 4}), numbers({2, 3})}}});
  return all;
}

}  // namespace cornu::samples
