#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/sort.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/internal/index_rules.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/sorting.h>

namespace cornu {

namespace {

TensorSpec infer_argsort(const Call& call) { return {call.shape(), int32}; }

void run_argsort(const Call& call, std::span<Tensor> outputs) {
  kernels::argsort(call.dtype(), call.input().raw_data(), {call.shape(), axis_of(call.attributes)},
                   call.attributes.flag("descending"), static_cast<int32_t*>(outputs[0].mutable_data()));
}

const Operation& argsort_op = define({
    .name = "ArgSort",
    .infer = infer_argsort,
    .kernel = run_argsort,
    .no_gradient = "its result is integers",
});

std::vector<TensorSpec> infer_top_k(const Call& call) {
  const Shape& x = call.shape();
  const int64_t k = call.attributes.integer("k");
  if (x.rank() == 0) throw ShapeError("top_k: a scalar has no axis to take the largest elements of");
  if (k < 0 || (x.back() >= 0 && k > x.back()))
    throw ValueError("top_k: k must be between 0 and the extent of the last axis of shape " + x.to_string() +
                     "; received " + std::to_string(k));
  Shape shape = x;
  shape[shape.rank() - 1] = k;
  return {{shape, call.dtype()}, {shape, int32}};
}

void run_top_k(const Call& call, std::span<Tensor> outputs) {
  const Shape& x = call.shape();
  kernels::top_k(call.dtype(), call.input().raw_data(), x.size_between(0, x.rank() - 1), x.back(),
                 call.attributes.integer("k"), outputs[0].mutable_data(),
                 static_cast<int32_t*>(outputs[1].mutable_data()));
}

const Operation& top_k_op = define({
    .name = "TopKV2",
    .onnx_name = "TopK",
    .infer_outputs = infer_top_k,
    .kernel = run_top_k,
    .gradients = {{output(1),
                   [](const Gradient& g) {
                     const Shape& x = g.input_shape();
                     return add_along_axis(g.upstream(0), g.output(1), x.back(), x.rank() - 1);
                   }}},
});

}  // namespace

Tensor argsort(const Tensor& x, int64_t axis, const SortOptions& options) {
  return apply(argsort_op, {&x},
               {{"axis", static_cast<int64_t>(normalize_axis(axis, rank_of(x, "argsort"), "argsort"))},
                {"descending", options.descending}});
}

Tensor sort(const Tensor& x, int64_t axis, const SortOptions& options) {
  const int normal = normalize_axis(axis, rank_of(x, "sort"), "sort");
  return take_along_axis(x, argsort(x, normal, options), normal);
}

TopK top_k(const Tensor& x, int64_t k) {
  TensorList outputs = apply_outputs(top_k_op, {&x}, {{"k", k}});
  return {std::move(outputs[0]), std::move(outputs[1])};
}

}  // namespace cornu
