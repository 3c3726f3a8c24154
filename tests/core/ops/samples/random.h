#pragma once
#include "core/ops/samples/sample.h"
#include <cornu/core/ops/internal/random_ops.h>

namespace cornu::samples {

inline std::vector<Sample> random_numbers() {
  const Tensor state = constant({int64_t{7}, int64_t{0}}), wrong = constant({int64_t{7}});
  std::vector<Sample> all;
  const auto draw = [&](const char* operation, auto function) {
    all.push_back({operation, {state}, [=](const TensorList& t) { return TensorList{function(t[0])}; }, {{wrong}}});
  };
  const Shape shape = {2, 3};
  draw("StatelessRandomUniform", [=](const Tensor& s) { return random::stateless_uniform(s, shape); });
  draw("StatelessRandomNormal", [=](const Tensor& s) { return random::stateless_normal(s, shape); });
  draw("StatelessTruncatedNormal", [=](const Tensor& s) { return random::stateless_truncated_normal(s, shape); });
  draw("StatelessRandomUniformInt", [=](const Tensor& s) { return random::stateless_uniform_int(s, shape, 0, 9); });
  draw("StatelessRandomBernoulli", [=](const Tensor& s) { return random::stateless_bernoulli(s, shape); });
  draw("StatelessRandomPermutation", [](const Tensor& s) { return random::stateless_permutation(s, 5); });
  all.push_back({"StatelessMultinomial",
                 {state, numbers({2, 3})},
                 [](const TensorList& t) { return TensorList{random::stateless_categorical(t[0], t[1], 4)}; },
                 {{state, numbers({3})}, {wrong, numbers({2, 3})}}});
  return all;
}

}  // namespace cornu::samples
