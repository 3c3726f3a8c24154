// The cross-entropy of class numbers with probabilities: what every step of training a classifier ends with, so it is
// one pass over the predictions each way.
#include <algorithm>
#include <cmath>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/internal/cross_entropy.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

constexpr double epsilon = least_probability;

/// Inputs are labels [...] and probabilities [..., classes].
void check_arguments(const Call& call) {
  infer::require_floating(call, 1);
  if (call.dtype() != int32 && call.dtype() != int64)
    throw DTypeError(std::string(call.name()) + ": labels must be int32 or int64; received " +
                     std::string(name(call.dtype())));
  const Shape &labels = call.shape(), &probabilities = call.shape(1);
  bool fits = probabilities.rank() == labels.rank() + 1;
  for (int axis = 0; fits && axis < labels.rank(); ++axis)
    fits = labels[axis] == probabilities[axis] || labels[axis] < 0 || probabilities[axis] < 0;
  if (!fits)
    throw ShapeError(std::string(call.name()) + ": labels of shape " + labels.to_string() +
                     " do not fit probabilities of shape " + probabilities.to_string() +
                     "; expected the same shape without the classes");
}

TensorSpec infer_forward(const Call& call) {
  check_arguments(call);
  return {call.shape(), call.dtype(1)};
}

TensorSpec infer_backward(const Call& call) {
  check_arguments(call);
  return {call.shape(1), call.dtype(1)};
}

/// Calls `visit(row, label, probabilities of the row, number of classes)` for each row.
template <class T, class Visit>
void for_each_row(const Call& call, const Visit& visit) {
  const int64_t rows = call.input().size(), classes = call.shape(1).back();
  const T* probabilities = call.data<T>(1);
  const auto walk = [&](const auto* labels) {
    for (int64_t row = 0; row < rows; ++row)
      visit(row, static_cast<int64_t>(labels[row]), probabilities + row * classes, classes);
  };
  if (call.dtype() == int32)
    walk(call.data<int32_t>());
  else
    walk(call.data<int64_t>());
}

void forward_kernel(const Call& call, std::span<Tensor> outputs) {
  visit_floating(call.dtype(1), [&]<class T>() {
    T* losses = static_cast<T*>(outputs[0].mutable_data());
    for_each_row<T>(call, [&](int64_t row, int64_t label, const T* probabilities, int64_t classes) {
      if (label < 0 || label >= classes)
        throw ValueError(std::string(call.name()) + ": label " + std::to_string(label) + " at position " +
                         std::to_string(row) + " is out of range for " + std::to_string(classes) + " classes");
      const T p = probabilities[label] / sum_of(probabilities, classes);
      losses[row] = -std::log(std::clamp(p, T(epsilon), T(1 - epsilon)));
    });
  });
}

/// upstream (1 / sum - [j = label] / p_label), 0 where the probability was clipped.
void backward_kernel(const Call& call, std::span<Tensor> outputs) {
  visit_floating(call.dtype(1), [&]<class T>() {
    T* gradients = static_cast<T*>(outputs[0].mutable_data());
    const T* upstream = call.data<T>(2);
    for_each_row<T>(call, [&](int64_t row, int64_t label, const T* probabilities, int64_t classes) {
      const T sum = sum_of(probabilities, classes), p = probabilities[label] / sum;
      const bool inside = p >= T(epsilon) && p <= T(1 - epsilon);
      T* gradient = gradients + row * classes;
      std::fill(gradient, gradient + classes, inside ? upstream[row] / sum : T(0));
      if (inside) gradient[label] -= upstream[row] / probabilities[label];
    });
  });
}

using G = const Gradient&;

Tensor backward(const Tensor& labels, const Tensor& probabilities, const Tensor& upstream);

Tensor gradient_of_upstream(G g) {
  const Tensor unit = backward(g.input(0), g.input(1), ones(g.input_shape(0), g.input_dtype(1)));
  return reduce_sum(unit * g.upstream(), -1);
}

/// With d_j = u (1 / s - [j = l] / p_l): d d_j / d p_k = u ([j = k = l] / p_l^2 - 1 / s^2).
Tensor gradient_of_probabilities(G g) {
  const Tensor &probabilities = g.input(1), &upstream = g.upstream();
  const Tensor at_label = one_hot(g.input(0), g.input_shape(1).back(), -1, g.input_dtype(1));
  const Tensor of_label = reduce_sum(at_label * probabilities, -1, {.keepdims = true});
  const Tensor sum = reduce_sum(probabilities, -1, {.keepdims = true}), p = of_label / sum;
  const Tensor inside = logical_and(greater_equal(p, epsilon), less_equal(p, 1 - epsilon));
  const Tensor total = reduce_sum(upstream, -1, {.keepdims = true});
  const Tensor unit = at_label * upstream / square(of_label) - total / square(sum);
  return where(inside, expand_dims(g.input(2), -1) * unit, 0);
}

const Operation& backward_op = define({
    .name = "_SparseCrossEntropyGrad",
    .arity = 3,
    .infer = infer_backward,
    .kernel = backward_kernel,
    .gradients = {{}, {all_inputs, gradient_of_probabilities}, {input(0) | input(1), gradient_of_upstream}},
});
const Operation& forward_op = define({
    .name = "_SparseCrossEntropy",
    .arity = 2,
    .infer = infer_forward,
    .kernel = forward_kernel,
    .gradients = {{}, {all_inputs, [](G g) { return backward(g.input(0), g.input(1), g.upstream()); }}},
});

Tensor backward(const Tensor& labels, const Tensor& probabilities, const Tensor& upstream) {
  return apply(backward_op, {&labels, &probabilities, &upstream});
}

}  // namespace

Tensor sparse_cross_entropy(const Tensor& labels, const Tensor& probabilities) {
  return apply(forward_op, {&labels, &probabilities});
}

}  // namespace cornu
