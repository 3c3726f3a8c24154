// Running sums and products.
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/scan.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/ops/sorting.h>

namespace cornu {

namespace {

TensorSpec infer_scan(const Call& call) {
  if (call.dtype() == boolean)
    throw DTypeError(std::string(call.name()) + ": expected numbers; received " + describe(call.input()) +
                     "; cast the tensor first");
  return call.input().spec();
}

template <auto kernel>
void run_scan(const Call& call, std::span<Tensor> outputs) {
  kernel(call.dtype(), call.input().raw_data(), {call.shape(), axis_of(call.attributes)},
         {call.attributes.flag("exclusive"), call.attributes.flag("reverse")}, outputs[0].mutable_data());
}

Attributes scan_attributes(const Tensor& x, int64_t axis, const ScanOptions& options, const char* operation) {
  return {{"axis", static_cast<int64_t>(normalize_axis(axis, rank_of(x, operation), operation))},
          {"exclusive", options.exclusive},
          {"reverse", options.reverse}};
}

Tensor cumsum_back(const Gradient& g) {
  return cumsum(g.upstream(), axis_of(g.attributes()),
                {.exclusive = g.attributes().flag("exclusive"), .reverse = !g.attributes().flag("reverse")});
}

const Operation& cumsum_op = define({
    .name = "Cumsum",
    .onnx_name = "CumSum",
    .infer = infer_scan,
    .kernel = run_scan<kernels::cumsum>,
    .gradients = {{nothing, cumsum_back}},
});

// ---- the linear recurrence, which the gradient of a running product is ---------------------------------------------

/// Elements moved by one place along `axis`, toward its front or its end; what comes in is zero.
Tensor shift(const Tensor& x, int axis, bool toward_front) {
  if (x.shape()[axis] == 0) return x;
  std::vector<Slice> slices(static_cast<size_t>(axis) + 1);
  std::vector<std::pair<int64_t, int64_t>> paddings(static_cast<size_t>(x.rank()));
  if (toward_front) {
    slices.back().start = 1;
    paddings[static_cast<size_t>(axis)] = {0, 1};
  } else {
    slices.back().stop = -1;
    paddings[static_cast<size_t>(axis)] = {1, 0};
  }
  return pad(slice(x, slices), paddings);
}

Tensor linear_scan(const Tensor& values, const Tensor& factors, int64_t axis, bool reverse);

/// The gradient with respect to `values`: t[i] = upstream[i] + factors[i + 1] t[i + 1], a scan from the other end.
Tensor values_back(const Gradient& g) {
  return g.shared([](const Gradient& gradient) {
    const int axis = axis_of(gradient.attributes());
    const bool reverse = gradient.attributes().flag("reverse");
    return linear_scan(gradient.upstream(), shift(gradient.input(1), axis, !reverse), axis, !reverse);
  });
}

const Operation& linear_scan_op = define({
    .name = "LinearScan",
    .arity = 2,
    .infer = infer::same_floating,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          kernels::linear_scan(call.dtype(), call.input(0).raw_data(), call.input(1).raw_data(),
                               {call.shape(), axis_of(call.attributes)}, call.attributes.flag("reverse"),
                               outputs[0].mutable_data());
        },
    .gradients = {{input(1), values_back},
                  {input(1) | output(0),
                   [](const Gradient& g) {
                     const Tensor previous = shift(g.output(), axis_of(g.attributes()), g.attributes().flag("reverse"));
                     return values_back(g) * previous;
                   }}},
});

Tensor linear_scan(const Tensor& values, const Tensor& factors, int64_t axis, bool reverse) {
  return apply(linear_scan_op, {&values, &factors}, {{"axis", axis}, {"reverse", reverse}});
}

/// d y[i] / d x[k] = (product before k) (product between k and i). Summed over i, the second factor is a linear
/// recurrence from the end: no division, so that zeros do no harm.
Tensor cumprod_back(const Gradient& g) {
  const int axis = axis_of(g.attributes());
  const bool reverse = g.attributes().flag("reverse");
  const Tensor before = cumprod(g.input(), axis, {.exclusive = true, .reverse = reverse});
  const Tensor upstream = g.attributes().flag("exclusive") ? shift(g.upstream(), axis, !reverse) : g.upstream();
  return before * linear_scan(upstream, shift(g.input(), axis, !reverse), axis, !reverse);
}

const Operation& cumprod_op = define({
    .name = "Cumprod",
    .infer = infer_scan,
    .kernel = run_scan<kernels::cumprod>,
    .gradients = {{input(0), cumprod_back}},
});

}  // namespace

Tensor cumsum(const Tensor& x, int64_t axis, const ScanOptions& options) {
  return apply(cumsum_op, {&x}, scan_attributes(x, axis, options, "cumsum"));
}

Tensor cumprod(const Tensor& x, int64_t axis, const ScanOptions& options) {
  return apply(cumprod_op, {&x}, scan_attributes(x, axis, options, "cumprod"));
}

}  // namespace cornu
