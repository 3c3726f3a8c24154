// Activations with a functor of their own are entries of the table; the others are composed of operations.
#include <cmath>
#include <limits>
#include <numbers>

#include <cornu/core/error.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/internal/nn_gradients.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/ops/sorting.h>

namespace cornu {

namespace {

using G = const Gradient&;

/// dy where y > 0.
const Operation& relu_grad_op = define({
    .name = "ReluGrad",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{input(1), [](G g) { return relu_grad(g.upstream(), g.input(1)); }}, {}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

Tensor sigmoid_grad(const Tensor& y, const Tensor& upstream);

/// dy y (1 - y), in one pass.
const Operation& sigmoid_grad_op = define({
    .name = "SigmoidGrad",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{all_inputs, [](G g) { return g.upstream() * (g.input(1) * (1 - g.input(0) * 2)); }},
                  {input(0), [](G g) { return sigmoid_grad(g.input(0), g.upstream()); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});
Tensor sigmoid_grad(const Tensor& y, const Tensor& upstream) { return apply(sigmoid_grad_op, {&y, &upstream}); }

Tensor relu6_gradient(G g) { return where(logical_and(greater(g.output(), 0), less(g.output(), 6)), g.upstream(), 0); }

const Operation& relu_op =
    define(elementwise_function("Relu", "Relu", {output(0), [](G g) { return relu_grad(g.upstream(), g.output()); }}));
const Operation& relu6_op = define(elementwise_function("Relu6", nullptr, {output(0), relu6_gradient}));
const Operation& sigmoid_op = define(elementwise_function(
    "Sigmoid", "Sigmoid", {output(0), [](G g) { return sigmoid_grad(g.output(), g.upstream()); }}));
const Operation& softplus_op = define(
    elementwise_function("Softplus", "Softplus", {input(0), [](G g) { return g.upstream() * sigmoid(g.input()); }}));
// With y = x / (1 + |x|), 1 / (1 + |x|)^2 is (1 - |y|)^2.
const Operation& softsign_op = define(elementwise_function(
    "Softsign", "Softsign", {output(0), [](G g) { return g.upstream() * square(1 - abs(g.output())); }}));

/// Rectifiers leave integers as they are.
Tensor rectify(const Operation& operation, const Tensor& x) {
  require_value(x, operation.name);
  return operation.unary->supports(x.dtype()) ? apply(operation, {&x}) : apply_real(operation, x);
}

/// scale * x above 0, scale * alpha * (e^(x / width) - 1) below.
Tensor exponential_below(const Tensor& x, double alpha, double width) {
  const Tensor real = as_real(x, "elu");
  const Tensor below = minimum(real, 0);  // e^x must not overflow where it is not chosen
  return where(greater(real, 0), real, expm1(width == 1 ? below : below / width) * alpha);
}

}  // namespace

Tensor relu_grad(const Tensor& upstream, const Tensor& y) { return apply(relu_grad_op, {&upstream, &y}); }

Tensor linear(const Tensor& x) { return x; }
Tensor relu(const Tensor& x) { return rectify(relu_op, x); }
Tensor relu6(const Tensor& x) { return rectify(relu6_op, x); }

Tensor relu(const Tensor& x, double negative_slope, std::optional<double> max_value, double threshold) {
  if (threshold == 0 && !max_value) return negative_slope == 0 ? relu(x) : leaky_relu(x, negative_slope);
  Tensor result = threshold != 0 ? where(greater(x, threshold), x, 0) : relu(x);
  if (max_value) result = clip_by_value(result, 0, *max_value);
  if (negative_slope == 0) return result;
  return result - relu(threshold != 0 ? threshold - x : -x) * negative_slope;
}

Tensor leaky_relu(const Tensor& x) { return leaky_relu(x, 0.2); }
Tensor leaky_relu(const Tensor& x, double negative_slope) {
  const Tensor real = as_real(x, "leaky_relu");
  return where(greater(real, 0), real, real * negative_slope);
}

Tensor elu(const Tensor& x) { return elu(x, 1); }
Tensor elu(const Tensor& x, double alpha) { return exponential_below(x, alpha, 1); }

Tensor selu(const Tensor& x) {
  constexpr double alpha = 1.6732632423543772848170429916717, scale = 1.0507009873554804934193349852946;
  return elu(x, alpha) * scale;
}

Tensor celu(const Tensor& x) { return celu(x, 1); }
Tensor celu(const Tensor& x, double alpha) {
  if (alpha == 0) throw ValueError("celu: alpha must not be 0");
  return exponential_below(x, alpha, alpha);
}

Tensor gelu(const Tensor& x) { return gelu(x, false); }
Tensor gelu(const Tensor& x, bool approximate) {
  const Tensor real = as_real(x, "gelu");
  constexpr double root_two_over_pi = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
  const Tensor phi = approximate ? tanh((real + real * square(real) * 0.044715) * root_two_over_pi)
                                 : erf(real * (1 / std::numbers::sqrt2));
  return real * (phi * 0.5 + 0.5);
}

Tensor silu(const Tensor& x) { return x * sigmoid(x); }
Tensor sigmoid(const Tensor& x) { return apply_real(sigmoid_op, x); }
Tensor log_sigmoid(const Tensor& x) { return -softplus(-x); }
Tensor hard_sigmoid(const Tensor& x) { return relu6(as_real(x, "hard_sigmoid") + 3) / 6; }
Tensor hard_silu(const Tensor& x) { return x * hard_sigmoid(x); }
Tensor hard_tanh(const Tensor& x) { return clip_by_value(x, -1, 1); }

Tensor hard_shrink(const Tensor& x) { return hard_shrink(x, 0.5); }
Tensor hard_shrink(const Tensor& x, double threshold) { return where(greater(abs(x), threshold), x, 0); }

Tensor soft_shrink(const Tensor& x) { return soft_shrink(x, 0.5); }
Tensor soft_shrink(const Tensor& x, double threshold) {
  return where(greater(x, threshold), x - threshold, where(less(x, -threshold), x + threshold, 0));
}

Tensor tanh_shrink(const Tensor& x) { return x - tanh(x); }
Tensor threshold(const Tensor& x, double threshold, double value) { return where(greater(x, threshold), x, value); }
Tensor softplus(const Tensor& x) { return apply_real(softplus_op, x); }
Tensor softsign(const Tensor& x) { return apply_real(softsign_op, x); }

Tensor sparse_plus(const Tensor& x) {
  const Tensor real = as_real(x, "sparse_plus");
  return where(less_equal(real, -1), 0, where(less(real, 1), square(real + 1) * 0.25, real));
}

Tensor sparse_sigmoid(const Tensor& x) {
  const Tensor real = as_real(x, "sparse_sigmoid");
  return where(less_equal(real, -1), 0, where(less(real, 1), (real + 1) * 0.5, 1));
}

Tensor squareplus(const Tensor& x) { return squareplus(x, 4); }
Tensor squareplus(const Tensor& x, double b) {
  if (!(b >= 0)) throw ValueError("squareplus: b must be at least 0; received " + std::to_string(b));
  const Tensor real = as_real(x, "squareplus");
  return (real + sqrt(square(real) + b)) * 0.5;
}

Tensor mish(const Tensor& x) { return x * tanh(softplus(x)); }
Tensor exponential(const Tensor& x) { return exp(x); }

Tensor glu(const Tensor& x) { return glu(x, -1); }
Tensor glu(const Tensor& x, int64_t axis) {
  const int normal = normalize_axis(axis, rank_of(x, "glu"), "glu");
  if (x.shape()[normal] >= 0 && x.shape()[normal] % 2 != 0)
    throw ValueError("glu: axis " + std::to_string(axis) + " of shape " + x.shape().to_string() +
                     " must have an even extent, to be halved");
  const TensorList halves = split(x, 2, axis);
  return halves[0] * sigmoid(halves[1]);
}

Tensor sparsemax(const Tensor& x) { return sparsemax(x, -1); }
Tensor sparsemax(const Tensor& x, int64_t axis) {
  const Tensor logits = as_real(x, "sparsemax");
  const int normal = normalize_axis(axis, x.rank(), "sparsemax");
  const int64_t extent = x.shape()[normal];
  if (extent < 0)
    throw ShapeError("sparsemax: the extent of axis " + std::to_string(axis) + " must be known; the shape is " +
                     x.shape().to_string());
  // Which elements the projection keeps has no gradient: the k largest, as long as 1 + k z_k exceeds their sum.
  const Tensor sorted = sort(stop_gradient(logits), axis, {.descending = true});
  Shape along;
  for (int i = 0; i < x.rank(); ++i) along.push_back(i == normal ? extent : 1);
  const Tensor rank = reshape(arange(1., static_cast<double>(extent) + 1, 1., logits.dtype()), along);
  const Tensor sums = cumsum(sorted, axis);
  const Tensor kept = greater(rank * sorted + 1, sums);
  const Tensor smallest =
      reduce_min(where(kept, sorted, sorted.dtype() == float64 ? HUGE_VAL : HUGE_VALF), axis, {.keepdims = true});
  const Tensor support = greater_equal(logits, smallest);
  const Tensor count = reduce_sum(cast(support, logits.dtype()), axis, {.keepdims = true});
  const Tensor excess = (reduce_sum(where(support, logits, 0), axis, {.keepdims = true}) - 1) / count;
  const Tensor unknown = is_nan(reduce_max(logits, axis, {.keepdims = true}));  // comparisons would lose it
  return where(unknown, std::numeric_limits<double>::quiet_NaN(), where(support, logits - excess, 0));
}

}  // namespace cornu
