#pragma once
#include "core/ops/samples/sample.h"

namespace cornu::samples {

/// An array [2, 3, 2] whose channels lie along `axis`, and vectors of a number a channel.
struct Channels {
  explicit Channels(int64_t axis) : axis(axis) {}
  Tensor array(uint64_t seed) const { return numbers({2, 3, 2}, -2, 2, seed); }
  Tensor vector(uint64_t seed) const { return numbers({axis == 1 ? 3 : 2}, 0.5, 2, seed); }
  int64_t axis;
};

/// Operations that only the gradient of layer_normalization uses: their samples are gradients.
inline std::vector<Sample> normalization_gradients() {
  const auto gradient = [](const char* name, size_t source) {
    return Sample{name,
                  {numbers({2, 3}), numbers({3}, 0.5, 2, 2), numbers({3}, 0.5, 2, 3), numbers({2, 3}, -1, 1, 4)},
                  [=](const TensorList& t) {
                    GradientTape tape;
                    tape.watch(t[source]);
                    const Tensor y = layer_normalization(t[0], t[1], t[2], 0.1).y;
                    return TensorList{tape.gradient(y, t[source], {.output_gradients = t[3]})};
                  }};
  };
  return {gradient("_LayerNormalizationGrad", 0), gradient("_LayerNormalizationScaleGrad", 1)};
}

inline std::vector<Sample> channels(int64_t axis) {
  const Channels c(axis);
  const Tensor short_vector = numbers({1});
  const TensorList affine = {c.array(1), c.vector(2), c.vector(3), c.vector(4)};
  const TensorList combine = {c.array(1), c.array(2), c.vector(3), c.vector(4), c.vector(5), c.vector(6)};
  const TensorList sums = {c.array(1), c.array(2), c.vector(3)};
  const auto with = [](TensorList inputs, size_t index, const Tensor& wrong) {
    inputs[index] = wrong;
    return inputs;
  };
  return {{"_ChannelAffine",
           affine,
           [=](const TensorList& x) { return TensorList{channel_affine(x[0], x[1], x[2], x[3], axis)}; },
           {with(affine, 1, short_vector), with(affine, 3, short_vector)}},
          {"_ChannelCombine",
           combine,
           [=](const TensorList& x) { return TensorList{channel_combine(x[0], x[1], x[2], x[3], x[4], x[5], axis)}; },
           {with(combine, 1, numbers({2, 3, 3})), with(combine, 5, short_vector)}},
          {"_ChannelSums",
           sums,
           [=](const TensorList& x) { return TensorList{channel_sums(x[0], x[1], x[2], axis)}; },
           {with(sums, 1, numbers({3})), with(sums, 2, short_vector)}}};
}

inline std::vector<Sample> normalizations() {
  std::vector<Sample> all;
  for (const int64_t axis : {0, 1, -1}) {
    const Channels c(axis);
    const Tensor x = c.array(1), gamma = c.vector(2), beta = c.vector(3);
    all.push_back({"_BatchNormalization",
                   {x, gamma, beta},
                   [=](const TensorList& t) {
                     const Normalized n = batch_normalization(t[0], t[1], t[2], axis, 0.1);
                     return TensorList{n.y, n.mean, n.variance};
                   },
                   {{x, numbers({4}), beta}, {x, gamma, numbers({2, 2})}}});
    append(all, channels(axis));
  }
  const Tensor rows = numbers({2, 3}), gamma = numbers({3}, 0.5, 2, 2), beta = numbers({3}, 0.5, 2, 3);
  all.push_back({"_LayerNormalization",
                 {rows, gamma, beta},
                 [](const TensorList& t) {
                   const Normalized n = layer_normalization(t[0], t[1], t[2], 0.1);
                   return TensorList{n.y, n.mean, n.variance};
                 },
                 {{rows, numbers({2}), beta}, {numbers({2, 2, 3}), gamma, beta}}});
  append(all, normalization_gradients());
  return all;
}

inline std::vector<Sample> dropouts() {
  const int64_t words[] = {7, 0};
  const Tensor state = Tensor::from_span<int64_t>(words, {2});
  return {{"_Dropout",
           {state, numbers({3, 5})},
           [](const TensorList& t) { return TensorList{random::stateless_dropout(t[0], t[1], 0.4)}; },
           {{state[0], numbers({3, 5})}}}};
}

}  // namespace cornu::samples
