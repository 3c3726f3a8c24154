#include <cornu/core/error.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/kernels/pooled_array.h>
#include <cornu/core/kernels/reduce.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/ops/sorting.h>

namespace cornu {

namespace {

using G = const Gradient&;
using kernels::Reduction;

uint32_t axes_mask(const Attributes& attributes) {
  uint32_t mask = 0;
  for (int64_t axis : attributes.shape("axes")) mask |= 1u << axis;
  return mask;
}

/// `shape` with the reduced axes kept as 1 or left out.
Shape reduced_shape(const Shape& shape, uint32_t mask, bool keepdims) {
  Shape reduced;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!(mask >> axis & 1))
      reduced.push_back(shape[axis]);
    else if (keepdims)
      reduced.push_back(1);
  }
  return reduced;
}

/// The extents of the reduced axes.
Shape reduced_extents(const Shape& shape, uint32_t mask) {
  Shape extents;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (mask >> axis & 1) extents.push_back(shape[axis]);
  return extents;
}

/// The number of elements that become one; -1 if it is unknown.
int64_t reduced_count(const Shape& shape, uint32_t mask) { return reduced_extents(shape, mask).size(); }

TensorSpec infer_reduction(const Call& call) {
  return {reduced_shape(call.shape(), axes_mask(call.attributes), call.attributes.flag("keep_dims")), call.dtype()};
}

TensorSpec infer_mean(const Call& call) {
  infer::require_floating(call);
  return infer_reduction(call);
}

/// For reductions without a neutral element.
TensorSpec infer_extreme(const Call& call) {
  if (reduced_count(call.shape(), axes_mask(call.attributes)) == 0)
    throw ValueError(std::string(call.name()) + ": there is no extreme of no element; the shape is " +
                     call.shape().to_string());
  return infer_reduction(call);
}

template <Reduction reduction>
void run_reduction(const Call& call, std::span<Tensor> outputs) {
  kernels::reduce(reduction, call.dtype(), call.input().raw_data(), call.shape(), axes_mask(call.attributes),
                  outputs[0].mutable_data());
}

void run_mean(const Call& call, std::span<Tensor> outputs) {
  run_reduction<Reduction::sum>(call, outputs);
  const auto count = static_cast<double>(reduced_count(call.shape(), axes_mask(call.attributes)));
  static const kernels::BinaryKernel& divide = *kernels::find_binary("RealDiv");
  void* out = outputs[0].mutable_data();
  const auto count32 = static_cast<float>(count);
  const void* divisor = call.dtype() == float32 ? static_cast<const void*>(&count32) : &count;
  divide.block(call.dtype())(out, 1, divisor, 0, out, outputs[0].size());
}

/// A tensor of the reduced shape with its axes of extent 1 back, so that it broadcasts to the input.
Tensor with_kept_axes(G g, const Tensor& reduced) {
  if (g.attributes().flag("keep_dims")) return reduced;
  return reshape(reduced, reduced_shape(g.input_shape(), axes_mask(g.attributes()), true));
}

Tensor sum_gradient(G g) { return broadcast_to(with_kept_axes(g, g.upstream()), g.input_shape()); }

Tensor mean_gradient(G g) {
  const Tensor count = element_count(reduced_extents(g.input_shape(), axes_mask(g.attributes())), g.input_dtype());
  return broadcast_to(with_kept_axes(g, g.upstream() / count), g.input_shape());
}

// Equal extremes share the gradient.
Tensor extreme_gradient(G g) {
  const Tensor chosen = cast(equal(g.input(), with_kept_axes(g, g.output())), g.input_dtype());
  const Tensor sharers = reduce_sum(chosen, g.attributes().shape("axes").to_vector(), {.keepdims = true});
  return chosen / sharers * with_kept_axes(g, g.upstream());
}

/// The product of all other elements along the last axis, without a division, which zeros would spoil.
Tensor product_of_others(const Tensor& rows) {
  const Tensor before = cumprod(rows, -1, {.exclusive = true});
  const Tensor after = cumprod(rows, -1, {.exclusive = true, .reverse = true});
  return before * after;
}

Tensor product_gradient(G g) {
  const Shape& shape = g.input_shape();
  const uint32_t mask = axes_mask(g.attributes());
  std::vector<int64_t> order;  // the kept axes, then the reduced ones
  Shape rows;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (!(mask >> axis & 1)) order.push_back(axis), rows.push_back(shape[axis]);
  rows.push_back(reduced_count(shape, mask));
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (mask >> axis & 1) order.push_back(axis);
  Shape moved;
  std::vector<int64_t> back(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    moved.push_back(shape[static_cast<int>(order[i])]);
    back[order[i]] = static_cast<int64_t>(i);
  }
  const Tensor others = product_of_others(reshape(transpose(g.input(), order), rows));
  return transpose(reshape(others, moved), back) * with_kept_axes(g, g.upstream());
}

const Operation& sum_op = define({
    .name = "Sum",
    .onnx_name = "ReduceSum",
    .infer = infer_reduction,
    .kernel = run_reduction<Reduction::sum>,
    .gradients = {{nothing, sum_gradient}},
    .fusion = Fusion::reduction,
});

const Operation& mean_op = define({
    .name = "Mean",
    .onnx_name = "ReduceMean",
    .infer = infer_mean,
    .kernel = run_mean,
    .gradients = {{nothing, mean_gradient}},
    .fusion = Fusion::reduction,
});

const Operation& max_op = define({
    .name = "Max",
    .onnx_name = "ReduceMax",
    .infer = infer_extreme,
    .kernel = run_reduction<Reduction::max>,
    .gradients = {{input(0) | output(0), extreme_gradient}},
    .fusion = Fusion::reduction,
});

const Operation& min_op = define({
    .name = "Min",
    .onnx_name = "ReduceMin",
    .infer = infer_extreme,
    .kernel = run_reduction<Reduction::min>,
    .gradients = {{input(0) | output(0), extreme_gradient}},
    .fusion = Fusion::reduction,
});

const Operation& prod_op = define({
    .name = "Prod",
    .onnx_name = "ReduceProd",
    .infer = infer_reduction,
    .kernel = run_reduction<Reduction::prod>,
    .gradients = {{input(0), product_gradient}},
    .fusion = Fusion::reduction,
});

const Operation& all_op = define({
    .name = "All",
    .infer = infer_reduction,
    .kernel = run_reduction<Reduction::all>,
    .no_gradient = "its result is boolean",
    .fusion = Fusion::reduction,
});

const Operation& any_op = define({
    .name = "Any",
    .infer = infer_reduction,
    .kernel = run_reduction<Reduction::any>,
    .no_gradient = "its result is boolean",
    .fusion = Fusion::reduction,
});

TensorSpec infer_arg(const Call& call) {
  Shape shape = call.shape();
  const int axis = axis_of(call.attributes);
  if (shape[axis] == 0)
    throw ValueError(std::string(call.name()) + ": there is no extreme of no element; the shape is " +
                     shape.to_string() + " and the axis " + std::to_string(axis));
  shape.erase(axis);
  return {shape, call.attributes.get<DType>("output_type")};
}

template <bool max>
void run_arg(const Call& call, std::span<Tensor> outputs) {
  const Shape& shape = call.shape();
  const int axis = axis_of(call.attributes);
  const int64_t outer = shape.size_between(0, axis), inner = shape.size_between(axis + 1, shape.rank());
  Tensor& out = outputs[0];
  if (out.dtype() == int64) {
    kernels::arg_reduce(max, call.dtype(), call.input().raw_data(), outer, shape[axis], inner,
                        static_cast<int64_t*>(out.mutable_data()));
    return;
  }
  kernels::PooledArray<int64_t> indices(out.size());
  kernels::arg_reduce(max, call.dtype(), call.input().raw_data(), outer, shape[axis], inner, indices.data());
  auto* narrow = static_cast<int32_t*>(out.mutable_data());
  for (int64_t i = 0; i < indices.size(); ++i) narrow[i] = static_cast<int32_t>(indices[i]);
}

Operation arg_operation(const char* name, void (*kernel)(const Call&, std::span<Tensor>)) {
  return {
      .name = name, .onnx_name = name, .infer = infer_arg, .kernel = kernel, .no_gradient = "its result is an index"};
}

const Operation& argmax_op = define(arg_operation("ArgMax", run_arg<true>));
const Operation& argmin_op = define(arg_operation("ArgMin", run_arg<false>));

Tensor apply_reduction(const Operation& operation, const char* name, const Tensor& x, const Axes& axes,
                       const ReduceOptions& options) {
  const uint32_t mask = axes.mask(rank_of(x, name), name);
  Shape listed;
  for (int axis = 0; axis < x.rank(); ++axis)
    if (mask >> axis & 1) listed.push_back(axis);
  return apply(operation, {&x}, {{"axes", listed}, {"keep_dims", options.keepdims}});
}

Tensor apply_arg(const Operation& operation, const char* name, const Tensor& x, int64_t axis, DType dtype) {
  if (dtype != int32 && dtype != int64)
    throw DTypeError(std::string(name) + ": positions are int32 or int64; received " + std::string(cornu::name(dtype)));
  const int64_t normal = normalize_axis(axis, rank_of(x, name), name);
  return apply(operation, {&x}, {{"axis", normal}, {"output_type", dtype}});
}

/// What a sum or product of x is counted in: a byte soon overflows.
Tensor counted(const Tensor& x) { return x.defined() && x.dtype() < int32 ? cast(x, int32) : x; }

}  // namespace

Tensor reduce_sum(const Tensor& x, const Axes& axes, const ReduceOptions& options) {
  return apply_reduction(sum_op, "reduce_sum", counted(x), axes, options);
}
Tensor reduce_mean(const Tensor& x, const Axes& axes, const ReduceOptions& options) {
  return apply_reduction(mean_op, "reduce_mean", as_real(x, "reduce_mean"), axes, options);
}
Tensor reduce_max(const Tensor& x, const Axes& axes, const ReduceOptions& options) {
  return apply_reduction(max_op, "reduce_max", x, axes, options);
}
Tensor reduce_min(const Tensor& x, const Axes& axes, const ReduceOptions& options) {
  return apply_reduction(min_op, "reduce_min", x, axes, options);
}
Tensor reduce_prod(const Tensor& x, const Axes& axes, const ReduceOptions& options) {
  return apply_reduction(prod_op, "reduce_prod", counted(x), axes, options);
}
Tensor reduce_all(const Tensor& x, const Axes& axes, const ReduceOptions& options) {
  return apply_reduction(all_op, "reduce_all", cast(x, boolean), axes, options);
}
Tensor reduce_any(const Tensor& x, const Axes& axes, const ReduceOptions& options) {
  return apply_reduction(any_op, "reduce_any", cast(x, boolean), axes, options);
}

Tensor reduce_variance(const Tensor& x, const Axes& axes, const ReduceOptions& options) {
  const Tensor real = as_real(x, "reduce_variance");
  return reduce_mean(squared_difference(real, reduce_mean(real, axes, {.keepdims = true})), axes, options);
}

Tensor reduce_std(const Tensor& x, const Axes& axes, const ReduceOptions& options) {
  return sqrt(reduce_variance(x, axes, options));
}

Tensor reduce_logsumexp(const Tensor& x, const Axes& axes, const ReduceOptions& options) {
  const Tensor real = as_real(x, "reduce_logsumexp");
  if (real.size() == 0) return log(reduce_sum(real, axes, options));  // -inf, as of a sum of nothing
  const Tensor largest = stop_gradient(reduce_max(real, axes, {.keepdims = true}));
  const Tensor shift = where(is_finite(largest), largest, 0);
  const Tensor result = log(reduce_sum(exp(real - shift), axes, {.keepdims = true})) + shift;
  if (options.keepdims) return result;
  return reshape(result, reduced_shape(x.shape(), axes.mask(x.rank(), "reduce_logsumexp"), false));
}

Tensor argmax(const Tensor& x, int64_t axis, DType dtype) { return apply_arg(argmax_op, "argmax", x, axis, dtype); }
Tensor argmin(const Tensor& x, int64_t axis, DType dtype) { return apply_arg(argmin_op, "argmin", x, axis, dtype); }

}  // namespace cornu
