#include <cornu/core/error.h>
#include <cornu/core/kernels/softmax.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>

namespace cornu {

namespace {

using G = const Gradient&;

/// A shape seen along the axis: [outer, extent, inner].
struct Rows {
  int64_t outer, extent, inner;

  explicit Rows(const Call& call) {
    const Shape& shape = call.shape();
    const int axis = axis_of(call.attributes) + shape.rank();  // the attribute counts from the end
    outer = shape.size_between(0, axis);
    extent = shape[axis];
    inner = shape.size_between(axis + 1, shape.rank());
  }
};

template <auto kernel>
void run_softmax(const Call& call, std::span<Tensor> outputs) {
  const Rows rows(call);
  kernel(call.dtype(), call.input().raw_data(), rows.outer, rows.extent, rows.inner, outputs[0].mutable_data());
}

template <auto kernel>
void run_gradient(const Call& call, std::span<Tensor> outputs) {
  const Rows rows(call);
  kernel(call.dtype(), call.input(0).raw_data(), call.input(1).raw_data(), rows.outer, rows.extent, rows.inner,
         outputs[0].mutable_data());
}

Tensor sum(G g, const Tensor& x) { return reduce_sum(x, axis_of(g.attributes()), {.keepdims = true}); }

Tensor gradient_from_output(const Operation& operation, G g, const Tensor& y, const Tensor& upstream) {
  return apply(operation, {&y, &upstream}, g.attributes());
}

Tensor softmax_grad(G g, const Tensor& y, const Tensor& upstream);
Tensor log_softmax_grad(G g, const Tensor& y, const Tensor& upstream);

/// y (dy - sum(y dy)): the gradient of y = softmax(x).
const Operation& softmax_grad_op = define({
    .name = "_SoftmaxGrad",
    .arity = 2,
    .infer = infer::same_floating,
    .kernel = run_gradient<kernels::softmax_gradient>,
    .gradients = {{all_inputs,
                   [](G g) {
                     const Tensor &y = g.input(0), &dy = g.input(1);
                     return g.upstream() * (dy - sum(g, y * dy)) - dy * sum(g, y * g.upstream());
                   }},
                  {input(0), [](G g) { return softmax_grad(g, g.input(0), g.upstream()); }}},
});
Tensor softmax_grad(G g, const Tensor& y, const Tensor& upstream) {
  return gradient_from_output(softmax_grad_op, g, y, upstream);
}

/// dy - e^y sum(dy): the gradient of y = log_softmax(x).
const Operation& log_softmax_grad_op = define({
    .name = "_LogSoftmaxGrad",
    .arity = 2,
    .infer = infer::same_floating,
    .kernel = run_gradient<kernels::log_softmax_gradient>,
    .gradients = {{all_inputs, [](G g) { return -(g.upstream() * exp(g.input(0)) * sum(g, g.input(1))); }},
                  {input(0), [](G g) { return g.upstream() - sum(g, g.upstream() * exp(g.input(0))); }}},
});
Tensor log_softmax_grad(G g, const Tensor& y, const Tensor& upstream) {
  return gradient_from_output(log_softmax_grad_op, g, y, upstream);
}

const Operation& softmax_op = define({
    .name = "Softmax",
    .onnx_name = "Softmax",
    .infer = infer::same_floating,
    .kernel = run_softmax<kernels::softmax>,
    .gradients = {{output(0), [](G g) { return softmax_grad(g, g.output(), g.upstream()); }}},
});

const Operation& log_softmax_op = define({
    .name = "LogSoftmax",
    .onnx_name = "LogSoftmax",
    .infer = infer::same_floating,
    .kernel = run_softmax<kernels::log_softmax>,
    .gradients = {{output(0), [](G g) { return log_softmax_grad(g, g.output(), g.upstream()); }}},
});

Tensor apply_along(const Operation& operation, const char* name, const Tensor& x, int64_t axis) {
  const int64_t from_end = normalize_axis(axis, rank_of(x, name), name) - x.rank();
  static const Attributes last = {{"axis", int64_t{-1}}};
  const Tensor real = as_real(x, name);
  return apply(operation, {&real}, from_end == -1 ? last : Attributes{{"axis", from_end}});
}

}  // namespace

Tensor softmax(const Tensor& x) { return softmax(x, -1); }
Tensor softmax(const Tensor& x, int64_t axis) { return apply_along(softmax_op, "softmax", x, axis); }
Tensor log_softmax(const Tensor& x) { return log_softmax(x, -1); }
Tensor log_softmax(const Tensor& x, int64_t axis) { return apply_along(log_softmax_op, "log_softmax", x, axis); }

}  // namespace cornu
