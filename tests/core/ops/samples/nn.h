#pragma once
#include "core/ops/samples/math.h"
#include "core/ops/samples/sample.h"

namespace cornu::samples {

inline std::vector<Sample> activations() {
  return {unary("Relu", relu), unary("Relu6", relu6, -2, 8), unary("Sigmoid", sigmoid), unary("Softplus", softplus),
          unary("Softsign", softsign)};
}

inline std::vector<Sample> softmaxes() {
  const auto row = [](const char* name, Tensor (*function)(const Tensor&, int64_t)) {
    return std::vector<Sample>{
        {name, {numbers({3, 4})}, [=](const TensorList& t) { return TensorList{function(t[0], -1)}; }},
        {name, {numbers({2, 3, 2})}, [=](const TensorList& t) { return TensorList{function(t[0], 1)}; }}};
  };
  std::vector<Sample> all = row("Softmax", softmax);
  append(all, row("LogSoftmax", log_softmax));
  append(all, {gradient_of("_SoftmaxGrad", softmax), gradient_of("_LogSoftmaxGrad", log_softmax)});
  return all;
}

inline std::vector<Sample> cross_entropies() {
  const Tensor logits = numbers({2, 3, 4}), labels = integers({0, 3, 1, 1, 2, 0}, {2, 3});
  const Tensor dense_labels = numbers({2, 3, 4}, 0, 1, 2);
  const auto sparse = [](const TensorList& t) {
    return TensorList{sparse_softmax_cross_entropy_with_logits(t[0], t[1])};
  };
  const auto dense = [](const TensorList& t) { return TensorList{softmax_cross_entropy_with_logits(t[0], t[1])}; };
  const auto binary = [](const TensorList& t) { return TensorList{sigmoid_cross_entropy_with_logits(t[0], t[1])}; };
  const TensorList wrong = {numbers({2, 3}, 0, 1), logits};
  std::vector<Sample> all = {
      {"SparseSoftmaxCrossEntropyWithLogits", {labels, logits}, sparse, {{integers({1, 2}, {2}), logits}}},
      {"SoftmaxCrossEntropyWithLogits", {dense_labels, logits}, dense, {wrong}},
      {"_SigmoidCrossEntropyWithLogits", {dense_labels, logits}, binary, {wrong}}};
  // The gradients' own entries, as the gradient of the above with respect to the logits.
  const auto gradient = [&](const char* name, const auto& function, const Tensor& targets) {
    all.push_back({name, {targets, logits}, [=](const TensorList& t) {
                     GradientTape tape;
                     tape.watch(t[1]);
                     return TensorList{tape.gradient(function(t)[0], t[1])};
                   }});
  };
  gradient("_SparseSoftmaxCrossEntropyGrad", sparse, labels);
  gradient("_SoftmaxCrossEntropyGrad", dense, dense_labels);
  return all;
}

inline std::vector<Sample> probabilities() {
  const Tensor labels = integers({0, 3, 1, 1, 2, 0}, {2, 3}), chances = numbers({2, 3, 4}, 0.1, 1);
  const auto loss = [](const TensorList& t) { return TensorList{sparse_cross_entropy(t[0], t[1])}; };
  const auto gradient = [=](const TensorList& t) {
    GradientTape tape;
    tape.watch(t[1]);
    return TensorList{tape.gradient(loss(t)[0], t[1])};
  };
  return {{"_SparseCrossEntropy", {labels, chances}, loss, {{integers({1, 2}, {2}), chances}}},
          {"_SparseCrossEntropyGrad", {labels, chances}, gradient}};
}

inline std::vector<Sample> nn() {
  std::vector<Sample> all = activations();
  append(all, softmaxes());
  append(all, cross_entropies());
  append(all, probabilities());
  return all;
}

}  // namespace cornu::samples
