#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>

namespace cornu {

namespace {

using G = const Gradient&;

TensorSpec infer_clip(const Call& call) {
  infer::require_one_dtype(call);
  for (size_t bound = 1; bound <= 2; ++bound)
    if (broadcast_shapes(call.shape(), call.shape(bound), call.name()) != call.shape())
      throw ShapeError(std::string(call.name()) + ": a bound of shape " + call.shape(bound).to_string() +
                       " does not broadcast to " + call.shape().to_string());
  return call.input().spec();
}

void run_clip(const Call& call, std::span<Tensor> outputs) {
  static const kernels::BinaryKernel& maximum = *kernels::find_binary("Maximum");
  static const kernels::BinaryKernel& minimum = *kernels::find_binary("Minimum");
  const DType dtype = call.dtype();
  Tensor& out = outputs[0];
  if (call.input(1).size() == 1 && call.input(2).size() == 1) {
    const auto raise = maximum.block(dtype), lower = minimum.block(dtype);
    const auto size = static_cast<int64_t>(size_of(dtype));
    constexpr int64_t in_cache = 2048, grain = 16 * in_cache;
    kernels::parallel_for(out.size(), grain, [&](int64_t begin, int64_t end) {
      for (int64_t first = begin; first < end; first += in_cache) {
        const int64_t count = std::min(in_cache, end - first);
        std::byte* part = static_cast<std::byte*>(out.mutable_data()) + first * size;
        raise(static_cast<const std::byte*>(call.input(0).raw_data()) + first * size, 1, call.input(1).raw_data(), 0,
              part, count);
        lower(part, 1, call.input(2).raw_data(), 0, part, count);
      }
    });
    return;
  }
  // Maximum and Minimum have no faults.
  (void)kernels::run_binary(maximum, dtype, call.input(0).raw_data(), call.shape(0), call.input(1).raw_data(),
                            call.shape(1), out.mutable_data(), out.shape());
  (void)kernels::run_binary(minimum, dtype, out.raw_data(), out.shape(), call.input(2).raw_data(), call.shape(2),
                            out.mutable_data(), out.shape());
}

Tensor clip_gradient(G g) {
  const Tensor inside = logical_and(greater_equal(g.input(0), g.input(1)), less_equal(g.input(0), g.input(2)));
  return where(inside, g.upstream(), 0);
}

// A lower bound above the upper one gives the upper one.
Tensor lower_bound_gradient(G g) {
  const Tensor raised = logical_and(less(g.input(0), g.input(1)), less_equal(g.input(1), g.input(2)));
  return where(raised, g.upstream(), 0);
}
Tensor upper_bound_gradient(G g) {
  return where(greater(maximum(g.input(0), g.input(1)), g.input(2)), g.upstream(), 0);
}

const Operation& clip_op = define({
    .name = "ClipByValue",
    .onnx_name = "Clip",
    .arity = 3,
    .infer = infer_clip,
    .kernel = run_clip,
    .gradients = {{all_inputs, clip_gradient}, {all_inputs, lower_bound_gradient}, {all_inputs, upper_bound_gradient}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

void check_norm(double clip_norm, const char* operation) {
  if (!(clip_norm > 0))
    throw ValueError(std::string(operation) + ": clip_norm must be above 0; received " + std::to_string(clip_norm));
}

}  // namespace

Tensor clip_by_value(const Tensor& x, const Operand& minimum, const Operand& maximum) {
  require_value(x, "clip_by_value");
  // A floating-point bound makes integers floating, as in two-sided arithmetic.
  const OperandPair with_minimum("clip_by_value", x, minimum), with_maximum("clip_by_value", with_minimum.a(), maximum);
  const Tensor lowest = cast(with_minimum.b(), with_maximum.a().dtype());
  return apply(clip_op, {&with_maximum.a(), &lowest, &with_maximum.b()});
}

Tensor clip_by_norm(const Tensor& x, double clip_norm, const std::vector<int64_t>& axes) {
  check_norm(clip_norm, "clip_by_norm");
  const Axes summed = axes.empty() ? Axes() : Axes(axes);
  summed.mask(rank_of(x, "clip_by_norm"), "clip_by_norm");  // an error in the axes names clip_by_norm
  const Tensor sum = reduce_sum(square(x), summed, {.keepdims = true});
  // The root of 0 has no finite gradient: there the norm is the constant 0.
  const Tensor positive = greater(sum, 0);
  const Tensor norm = where(positive, sqrt(where(positive, sum, 1)), sum);
  return x * clip_norm / maximum(norm, clip_norm);
}

Tensor global_norm(const TensorList& list) {
  Tensor sum;
  for (const Tensor& tensor : list) {
    if (!tensor.defined()) continue;
    const Tensor part = reduce_sum(square(tensor));
    sum = sum.defined() ? sum + part : part;
  }
  return sqrt(sum.defined() ? sum : zeros({}));
}

std::pair<TensorList, Tensor> clip_by_global_norm(const TensorList& list, double clip_norm) {
  check_norm(clip_norm, "clip_by_global_norm");
  const Tensor norm = global_norm(list);
  // An infinite norm makes NaN of all, so that it does not go unnoticed.
  const Tensor scale = clip_norm * minimum(1 / norm, 1 / clip_norm) + (norm - norm);
  TensorList clipped;
  clipped.reserve(list.size());
  for (const Tensor& tensor : list)
    clipped.push_back(tensor.defined() ? tensor * cast(scale, real_dtype(tensor.dtype())) : Tensor());
  return {std::move(clipped), norm};
}

}  // namespace cornu
