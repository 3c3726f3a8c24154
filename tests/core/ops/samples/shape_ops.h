#pragma once
#include "core/ops/samples/sample.h"

namespace cornu::samples {

inline Sample of_one(const char* operation, const Shape& shape, std::function<Tensor(const Tensor&)> function) {
  return {operation, {numbers(shape)}, [=](const TensorList& x) { return TensorList{function(x[0])}; }};
}

inline std::vector<Sample> shape_ops() {
  using T = const Tensor&;
  std::vector<Sample> all = {
      of_one("Reshape", {2, 3},
             [](T x) {
               return reshape(x, {3, -1});
             }),
      of_one("Transpose", {2, 3, 2},
             [](T x) {
               return transpose(x, {1, 2, 0});
             }),
      of_one("BroadcastTo", {3, 1},
             [](T x) {
               return broadcast_to(x, {2, 3, 2});
             }),
      of_one("Slice", {4, 2},
             [](T x) {
               return slice(x, {{1, 3}});
             }),
      of_one("StridedSlice", {4, 5},
             [](T x) {
               return slice(x, {{{}, {}, -2}, {1, 4}});
             }),
      of_one("StridedSliceGrad", {4, 5},
             [](T x) {
               GradientTape tape;
               tape.watch(x);
               const Tensor y = slice(x, {{{}, {}, -2}, {1, 4}});
               return tape.gradient(y, x, {.output_gradients = y * y});
             }),
      of_one("SplitV", {2, 5},
             [](T x) {
               const TensorList parts = split(x, std::vector<int64_t>{2, 3}, 1);
               return reduce_sum(square(parts[0]), 1) + reduce_sum(parts[1], 1);
             }),
      of_one("Tile", {2, 3},
             [](T x) {
               return tile(x, {2, 2});
             }),
      of_one("PadV2", {2, 3},
             [](T x) {
               return pad(x, {{1, 0}, {0, 2}}, PadMode::constant, 3);
             }),
      of_one("GatherV2", {2, 4},
             [](T x) {
               return pad(x, {{1, 0}, {2, 1}}, PadMode::reflect);
             }),
      of_one("ReverseV2", {2, 3}, [](T x) { return reverse(x, 1); }),
      of_one("Roll", {2, 3}, [](T x) { return roll(x, 2, 1); }),
      of_one("Tril", {2, 3}, [](T x) { return tril(x, -1); }),
      of_one("Triu", {2, 3, 3}, [](T x) { return triu(x, 1); }),
  };
  const auto joined = [](const TensorList& x) { return TensorList{concat(x, 1)}; };
  all.push_back({"ConcatV2",
                 {numbers({2, 1}), numbers({2, 3}, -2, 2, 2), numbers({2, 2}, -2, 2, 3)},
                 joined,
                 {{numbers({2, 1}), numbers({3, 1})}, {numbers({2, 1}), numbers({2})}}});
  return all;
}

}  // namespace cornu::samples
