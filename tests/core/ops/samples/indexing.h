#pragma once
#include "core/ops/samples/shape_ops.h"

namespace cornu::samples {

/// A sample of a function of floating tensors in which `indices` is fixed.
inline Sample with_indices(const char* operation, const TensorList& inputs, const Tensor& indices,
                           std::function<Tensor(const TensorList&, const Tensor&)> function,
                           const std::vector<std::pair<TensorList, Tensor>>& wrong) {
  // The indices come last, so that wrong shapes may bring their own.
  TensorList all = inputs;
  all.push_back(indices);
  std::vector<TensorList> wrong_inputs;
  for (const auto& [wrong_floats, wrong_indices] : wrong) {
    wrong_inputs.push_back(wrong_floats);
    wrong_inputs.back().push_back(wrong_indices);
  }
  return {operation, all,
          [=](const TensorList& x) {
            return TensorList{function({x.begin(), x.end() - 1}, x.back())};
          },
          wrong_inputs};
}

inline std::vector<Sample> indexing() {
  using L = const TensorList&;
  using T = const Tensor&;
  const Tensor x = numbers({3, 2}), four = numbers({4});
  const Tensor rows = integers({2, 0, 2, 1}, {2, 2}), pairs = integers({2, 1, 0, 0, 2, 1}, {3, 2});
  const Tensor deep = integers({0, 0, 0}, {1, 3});
  return {
      with_indices("GatherV2", {x}, rows, [](L f, T i) { return gather(f[0], i); }, {{{numbers({})}, rows}}),
      with_indices("GatherV2", {x}, integers({1, 1, 0}, {3}), [](L f, T i) { return gather(f[0], i, -1); }, {}),
      with_indices("GatherGrad", {x}, rows,
                   [](L f, T i) {
                     GradientTape tape;
                     tape.watch(f[0]);
                     const Tensor y = gather(f[0], i);
                     return tape.gradient(y, f[0], {.output_gradients = y * y});
                   },
                   {}),
      with_indices("GatherNd", {x}, pairs, [](L f, T i) { return gather_nd(f[0], i); }, {{{x}, deep}}),
      with_indices("GatherNd", {x}, integers({1, 1}, {2, 1}), [](L f, T i) { return gather_nd(f[0], i); }, {}),
      with_indices("ScatterNd", {four}, integers({1, 3, 1, 0}, {4, 1}),
                   [](L f, T i) { return scatter_nd(i, f[0], {5}); }, {{{four}, rows}, {{four}, deep}}),
      with_indices("TensorScatterUpdate", {x, numbers({2, 2}, -2, 2, 2)}, integers({2, 0}, {2, 1}),
                   [](L f, T i) { return tensor_scatter_update(f[0], i, f[1]); }, {{{x, four}, rows}}),
      with_indices("TensorScatterUpdate", {four, numbers({3}, -2, 2, 2)}, integers({2, 0, 2}, {3, 1}),
                   [](L f, T i) { return tensor_scatter_update(f[0], i, f[1]); }, {}),
      with_indices("TakeAlongAxis", {numbers({2, 3})}, integers({2, 0, 1, 1}, {2, 2}),
                   [](L f, T i) { return take_along_axis(f[0], i); },
                   {{{numbers({2, 3})}, integers({0}, {1, 1})}, {{numbers({2, 3})}, integers({0, 0}, {2})}}),
      with_indices("TakeAlongAxisGrad", {numbers({2, 3})}, integers({2, 0, 1, 1}, {2, 2}),
                   [](L f, T i) {
                     GradientTape tape;
                     tape.watch(f[0]);
                     const Tensor y = take_along_axis(f[0], i);
                     return tape.gradient(y, f[0], {.output_gradients = y * y});
                   },
                   {}),
      with_indices("OneHot", {}, rows, [](L, T i) { return one_hot(i, 3, 1, float64); }, {}),
  };
}

}  // namespace cornu::samples
