// Cross-entropies of logits, fused with the softmax. Their gradients are entries of their own, so that what only
// gradients need is computed when they are asked for, in one pass.
#include <algorithm>
#include <cmath>

#include <cornu/core/error.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/softmax.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/internal/cross_entropy.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

using G = const Gradient&;

[[noreturn, gnu::cold, gnu::noinline]] void throw_shapes(const Call& call, const char* expected) {
  throw ShapeError(std::string(call.name()) + ": expected labels of shape " + expected +
                   " and logits [..., classes]; " + "received " + call.shape(0).to_string() + " and " +
                   call.shape(1).to_string());
}

}  // namespace

void check_sparse_labels(const Call& call) {
  if (call.dtype(0) != int32 && call.dtype(0) != int64)
    throw DTypeError(std::string(call.name()) + ": labels are int32 or int64; received " + describe(call.input(0)));
  infer::require_floating(call, 1);
  if (call.shape(1).rank() == 0 || !call.shape(0).is_compatible_with(row_shape(call.shape(1))))
    throw_shapes(call, "[...]");
}

void check_dense_labels(const Call& call) {
  infer::require_floating(call, 1);
  infer::require_one_dtype(call);
  if (call.shape(1).rank() == 0 || !call.shape(0).is_compatible_with(call.shape(1)))
    throw_shapes(call, "[..., classes]");
}

namespace {

/// Upstream gradients of the rows, to multiply whole rows by.
Tensor column(const Tensor& rows) { return expand_dims(rows, -1); }
Tensor sum_rows(const Tensor& x) { return reduce_sum(x, -1, {.keepdims = true}); }

// --- sparse labels -------------------------------------------------------------------------------------------------

TensorSpec infer_sparse(const Call& call) {
  check_sparse_labels(call);
  return {row_shape(call.shape(1)), call.dtype(1)};
}

TensorSpec infer_sparse_grad(const Call& call) {
  check_sparse_labels(call);
  return call.input(1).spec();
}

[[noreturn, gnu::cold, gnu::noinline]] void throw_label(const Call& call, int64_t row) {
  const int64_t label = call.dtype(0) == int32 ? call.data<int32_t>(0)[row] : call.data<int64_t>(0)[row];
  throw ValueError(std::string(call.name()) + ": label " + std::to_string(label) + " at position " +
                   std::to_string(row) + " is out of range for logits of " + std::to_string(call.shape(1).back()) +
                   " classes, shape " + call.shape(1).to_string());
}

void run_sparse(const Call& call, std::span<Tensor> outputs) {
  const int64_t bad_row = kernels::sparse_softmax_cross_entropy(
      call.dtype(1), call.input(1).raw_data(), call.dtype(0), call.input(0).raw_data(), rows_of(call.shape(1)),
      call.shape(1).back(), outputs[0].mutable_data(), nullptr);
  if (bad_row >= 0) throw_label(call, bad_row);
}

/// The gradients of a few rows at a time: `rows_gradient(row, rows, losses, gradient)` computes them for an upstream
/// gradient of 1, and they are scaled while they are in cache.
template <class RowsGradient>
void scaled_gradients(const Call& call, Tensor& out, const RowsGradient& rows_gradient) {
  visit_floating(call.dtype(1), [&]<class T>() {
    constexpr int64_t at_once = 64;
    const int64_t rows = rows_of(call.shape(1)), classes = call.shape(1).back();
    const int64_t grain = std::max<int64_t>(at_once, (1 << 14) / std::max<int64_t>(classes, 1));
    kernels::parallel_for(rows, grain, [&](int64_t begin, int64_t end) {
      T losses[at_once];
      for (int64_t first = begin; first < end; first += at_once) {
        const int64_t count = std::min(at_once, end - first);
        T* gradient = static_cast<T*>(out.mutable_data()) + first * classes;
        rows_gradient(first, count, losses, gradient);
        for (int64_t row = 0; row < count; ++row) {
          const T scale = call.data<T>(2)[first + row];
          for (int64_t i = 0; i < classes; ++i) gradient[row * classes + i] *= scale;
        }
      }
    });
  });
}

void run_sparse_grad(const Call& call, std::span<Tensor> outputs) {
  scaled_gradients(call, outputs[0], [&]<class T>(int64_t first, int64_t rows, T* losses, T* gradient) {
    const int64_t classes = call.shape(1).back();
    const auto* labels = static_cast<const std::byte*>(call.input(0).raw_data()) + first * size_of(call.dtype(0));
    // Bad labels did not get past the loss itself.
    (void)kernels::sparse_softmax_cross_entropy(call.dtype(1), call.data<T>(1) + first * classes, call.dtype(0), labels,
                                                rows, classes, losses, gradient);
  });
}

/// The gradient of sum((softmax(logits) - labels) dy u) with respect to the logits, labels constant.
Tensor softmax_term_gradient(const Tensor& logits, const Tensor& scale, const Tensor& upstream) {
  const Tensor p = softmax(logits);
  return p * (upstream - sum_rows(p * upstream)) * scale;
}

Tensor sparse_row_products(G g) {
  const Tensor& logits = g.input(1);
  const Tensor labels = one_hot(g.input(0), logits.shape().back(), -1, logits.dtype());
  return reduce_sum((softmax(logits) - labels) * g.upstream(), -1);
}

/// (softmax(logits) - one_hot(labels)) dy.
const Operation& sparse_grad_op = define({
    .name = "_SparseSoftmaxCrossEntropyGrad",
    .arity = 3,
    .infer = infer_sparse_grad,
    .kernel = run_sparse_grad,
    .gradients = {{},
                  {input(1) | input(2),
                   [](G g) { return softmax_term_gradient(g.input(1), column(g.input(2)), g.upstream()); }},
                  {input(0) | input(1), sparse_row_products}},
});

const Operation& sparse_op = define({
    .name = "SparseSoftmaxCrossEntropyWithLogits",
    .arity = 2,
    .infer = infer_sparse,
    .kernel = run_sparse,
    .gradients = {{},
                  {all_inputs,
                   [](G g) {
                     return apply(sparse_grad_op, {&g.input(0), &g.input(1), &g.upstream()});
                   }}},
});

// --- dense labels --------------------------------------------------------------------------------------------------

TensorSpec infer_dense(const Call& call) {
  check_dense_labels(call);
  return {row_shape(call.shape(1)), call.dtype(1)};
}

TensorSpec infer_dense_grad(const Call& call) {
  check_dense_labels(call);
  return call.input(1).spec();
}

void run_dense(const Call& call, std::span<Tensor> outputs) {
  kernels::softmax_cross_entropy(call.dtype(1), call.input(1).raw_data(), call.input(0).raw_data(),
                                 rows_of(call.shape(1)), call.shape(1).back(), outputs[0].mutable_data(), nullptr);
}

void run_dense_grad(const Call& call, std::span<Tensor> outputs) {
  scaled_gradients(call, outputs[0], [&]<class T>(int64_t first, int64_t rows, T* losses, T* gradient) {
    const int64_t at = first * call.shape(1).back();
    kernels::softmax_cross_entropy(call.dtype(1), call.data<T>(1) + at, call.data<T>(0) + at, rows,
                                   call.shape(1).back(), losses, gradient);
  });
}

/// (sum(labels) softmax(logits) - labels) dy.
const Operation& dense_grad_op = define({
    .name = "_SoftmaxCrossEntropyGrad",
    .arity = 3,
    .infer = infer_dense_grad,
    .kernel = run_dense_grad,
    .gradients = {{input(1) | input(2),
                   [](G g) {
                     const Tensor dot = sum_rows(softmax(g.input(1)) * g.upstream());
                     return (dot - g.upstream()) * column(g.input(2));
                   }},
                  {all_inputs,
                   [](G g) {
                     const Tensor scale = column(g.input(2)) * sum_rows(g.input(0));
                     return softmax_term_gradient(g.input(1), scale, g.upstream());
                   }},
                  {input(0) | input(1),
                   [](G g) {
                     const Tensor gradient = softmax(g.input(1)) * sum_rows(g.input(0)) - g.input(0);
                     return reduce_sum(gradient * g.upstream(), -1);
                   }}},
});

const Operation& dense_op = define({
    .name = "SoftmaxCrossEntropyWithLogits",
    .arity = 2,
    .infer = infer_dense,
    .kernel = run_dense,
    .gradients = {{input(1), [](G g) { return -(log_softmax(g.input(1)) * column(g.upstream())); }},
                  {all_inputs,
                   [](G g) {
                     return apply(dense_grad_op, {&g.input(0), &g.input(1), &g.upstream()});
                   }}},
});

// --- one logit an element ------------------------------------------------------------------------------------------

TensorSpec infer_sigmoid(const Call& call) {
  infer::require_floating(call);
  infer::require_one_dtype(call);
  if (!call.shape(0).is_compatible_with(call.shape(1)))
    throw ShapeError(std::string(call.name()) + ": labels and logits must have one shape; received " +
                     call.shape(0).to_string() + " and " + call.shape(1).to_string());
  return call.input(1).spec();
}

/// max(x, 0) - x z + log(1 + e^-|x|), a part at a time.
void run_sigmoid(const Call& call, std::span<Tensor> outputs) {
  visit_floating(call.dtype(), [&]<class T>() {
    static const auto softplus = kernels::find_unary("Softplus")->block(dtype_of<T>);
    constexpr int64_t at_once = 1024;
    const T *labels = call.data<T>(0), *logits = call.data<T>(1);
    T* out = static_cast<T*>(outputs[0].mutable_data());
    kernels::parallel_for(outputs[0].size(), 8 * at_once, [&](int64_t begin, int64_t end) {
      T tail[at_once];
      for (int64_t first = begin; first < end; first += at_once) {
        const int64_t count = std::min(at_once, end - first);
        const T *x = logits + first, *z = labels + first;
        for (int64_t i = 0; i < count; ++i) tail[i] = -std::abs(x[i]);
        softplus(tail, tail, count);
        for (int64_t i = 0; i < count; ++i) out[first + i] = std::max(x[i], T(0)) - x[i] * z[i] + tail[i];
      }
    });
  });
}

const Operation& sigmoid_op = define({
    .name = "_SigmoidCrossEntropyWithLogits",
    .arity = 2,
    .infer = infer_sigmoid,
    .kernel = run_sigmoid,
    .gradients = {{input(1), [](G g) { return -(g.upstream() * g.input(1)); }},
                  {all_inputs, [](G g) { return g.upstream() * (sigmoid(g.input(1)) - g.input(0)); }}},
});

/// Both as one floating dtype, in which the logits have the say.
Tensor apply_to_logits(const Operation& operation, const Tensor& labels, const Tensor& logits) {
  const Tensor real = as_real(logits, operation.name);
  require_value(labels, operation.name);
  const Tensor same = cast(labels, real.dtype());
  return apply(operation, {&same, &real});
}

}  // namespace

Tensor sparse_softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits) {
  const Tensor real = as_real(logits, sparse_op.name);
  require_value(labels, sparse_op.name);
  const Tensor wide = labels.dtype() == uint8 ? cast(labels, int32) : labels;
  return apply(sparse_op, {&wide, &real});
}

Tensor softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits) {
  return apply_to_logits(dense_op, labels, logits);
}

Tensor sigmoid_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits) {
  return apply_to_logits(sigmoid_op, labels, logits);
}

}  // namespace cornu
