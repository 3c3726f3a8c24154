#include <cornu/core/error.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/kernels/reduce.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

std::string describe(const Tensor& tensor) {
  return std::string(name(tensor.dtype())) + " " + tensor.shape().to_string();
}

namespace {

// Kept out of line, so that the rules themselves stay small.
[[noreturn, gnu::cold, gnu::noinline]] void throw_unsupported(const Call& call) {
  throw DTypeError(std::string(call.name()) + " does not take dtype " + std::string(name(call.dtype())) +
                   "; cast the tensor of shape " + call.shape().to_string() + " first");
}

[[noreturn, gnu::cold, gnu::noinline]] void throw_dtypes_differ(const Call& call) {
  std::string inputs;
  for (const Tensor* input : call.inputs) inputs += (inputs.empty() ? "" : ", ") + describe(*input);
  throw DTypeError(std::string(call.name()) + ": inputs must have one dtype; received " + inputs);
}

[[noreturn, gnu::cold, gnu::noinline]] void throw_fault(const Call& call, kernels::Fault fault) {
  if (fault == kernels::Fault::zero_divisor)
    throw ValueError(std::string(call.name()) + ": integer division by zero; the divisor has shape " +
                     call.shape(1).to_string());
  throw ValueError(std::string(call.name()) +
                   ": integers to a negative power; the exponents must be at least 0, or cast the base to float32");
}

bool supported(const Call& call) {
  return call.operation.unary ? call.operation.unary->supports(call.dtype())
                              : call.operation.binary->supports(call.dtype());
}

Shape elementwise_shape(const Call& call) {
  if (call.inputs.size() == 2 && call.dtype(0) != call.dtype(1)) throw_dtypes_differ(call);
  if (!supported(call)) throw_unsupported(call);
  if (call.inputs.size() == 1 || call.shape(0) == call.shape(1)) return call.shape();
  return broadcast_shapes(call.shape(0), call.shape(1), call.name());
}

}  // namespace

namespace infer {

TensorSpec elementwise(const Call& call) { return {elementwise_shape(call), call.dtype()}; }

TensorSpec predicate(const Call& call) { return {elementwise_shape(call), boolean}; }

TensorSpec same(const Call& call) { return call.input().spec(); }

TensorSpec same_floating(const Call& call) {
  require_floating(call);
  require_one_dtype(call);
  TensorSpec spec = call.input().spec();
  for (const Tensor* input : call.inputs) {
    if (!input->shape().is_compatible_with(spec.shape))
      throw ShapeError(std::string(call.name()) + ": inputs must have one shape; received " + call.shape().to_string() +
                       " and " + input->shape().to_string());
    for (int axis = 0; axis < spec.shape.rank(); ++axis)
      if (spec.shape[axis] < 0) spec.shape[axis] = input->shape()[axis];
  }
  return spec;
}

void require_floating(const Call& call, size_t index) {
  if (!is_floating(call.dtype(index)))
    throw DTypeError(std::string(call.name()) + ": expected a float32 or float64 tensor; received " +
                     describe(call.input(index)));
}

void require_one_dtype(const Call& call, size_t first) {
  for (size_t i = first + 1; i < call.inputs.size(); ++i)
    if (call.dtype(i) != call.dtype(first)) throw_dtypes_differ(call);
}

}  // namespace infer

namespace kernel {

void unary(const Call& call, std::span<Tensor> outputs) {
  kernels::run_unary(*call.operation.unary, call.dtype(), call.input().raw_data(), outputs[0].mutable_data(),
                     outputs[0].size());
}

void binary(const Call& call, std::span<Tensor> outputs) {
  const kernels::Fault fault =
      kernels::run_binary(*call.operation.binary, call.dtype(), call.input(0).raw_data(), call.shape(0),
                          call.input(1).raw_data(), call.shape(1), outputs[0].mutable_data(), outputs[0].shape());
  if (fault != kernels::Fault::none) throw_fault(call, fault);
}

}  // namespace kernel

Operation elementwise_function(const char* name, const char* onnx_name, GradientRule gradient) {
  return {.name = name,
          .onnx_name = onnx_name,
          .infer = infer::elementwise,
          .kernel = kernel::unary,
          .gradients = {gradient},
          .fusion = Fusion::elementwise};
}

void throw_no_value(const char* operation) {
  throw StateError(std::string(operation) + ": a tensor has no value (it was default-constructed or moved from)");
}

namespace {

[[noreturn]] void throw_too_large(const char* operation, int64_t a, char sign, int64_t b) {
  throw ShapeError(std::string(operation) + ": the extent " + std::to_string(a) + " " + sign + " " + std::to_string(b) +
                   " is larger than any memory holds");
}

}  // namespace

int64_t extent_sum(int64_t a, int64_t b, const char* operation) {
  int64_t sum;
  if (__builtin_add_overflow(a, b, &sum) || sum > Shape::max_size) throw_too_large(operation, a, '+', b);
  return sum;
}

int64_t extent_product(int64_t a, int64_t b, const char* operation) {
  int64_t product;
  if (__builtin_mul_overflow(a, b, &product) || product > Shape::max_size) throw_too_large(operation, a, '*', b);
  return product;
}

Tensor as_real(const Tensor& x, const char* operation) {
  require_value(x, operation);
  return cast(x, real_dtype(x.dtype()));
}

Tensor apply_real(const Operation& operation, const Tensor& x) {
  require_value(x, operation.name);
  if (is_floating(x.dtype())) return apply(operation, {&x});
  const Tensor real = cast(x, float32);
  return apply(operation, {&real});
}

Tensor apply_pair(const Operation& operation, const Operand& a, const Operand& b, DType (*common)(DType)) {
  for (const Operand* side : {&a, &b})
    if (!side->is_number()) require_value(side->tensor(), operation.name);
  const OperandPair pair(operation.name, a, b, common);
  return apply(operation, {&pair.a(), &pair.b()});
}

namespace {

/// The axes of a tensor of shape `from` along which one of shape `to` was broadcast to it: a bit each.
uint32_t broadcast_axes(const Shape& from, const Shape& to) {
  const int leading = from.rank() - to.rank();
  uint32_t axes = 0;
  for (int axis = 0; axis < from.rank(); ++axis)
    if (axis < leading || (to[axis - leading] == 1 && from[axis] != 1)) axes |= 1u << axis;
  return axes;
}

/// Whether an axis may be one of them or not, for all that is known.
bool is_undecided(const Shape& from, const Shape& to) {
  const int leading = from.rank() - to.rank();
  for (int axis = leading; axis < from.rank(); ++axis) {
    const int64_t own = to[axis - leading], other = from[axis];
    if (own != other && ((own < 0 && other != 1) || (own == 1 && other < 0))) return true;
  }
  return false;
}

const Operation& sum_to_shape_op = define({
    .name = "_SumToShape",
    .infer = [](const Call& call) -> TensorSpec {
      infer::require_floating(call);
      const Shape& shape = call.attributes.shape("shape");
      const Shape together = broadcast_shapes(call.shape(), shape, call.name());
      if (!together.is_compatible_with(call.shape()))
        throw ShapeError(std::string(call.name()) + ": shape " + call.shape().to_string() + " is not one that " +
                         shape.to_string() + " broadcasts to");
      return {shape, call.dtype()};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          kernels::reduce(kernels::Reduction::sum, call.dtype(), call.input().raw_data(), call.shape(),
                          broadcast_axes(call.shape(), outputs[0].shape()), outputs[0].mutable_data());
        },
    .gradients = {{nothing, [](const Gradient& g) { return broadcast_to(g.upstream(), g.input_shape()); }}},
    .reads_extents = true,
});

}  // namespace

Tensor sum_to_shape(const Tensor& gradient, const Shape& shape) {
  if (gradient.shape() == shape) return gradient;
  if (is_undecided(gradient.shape(), shape)) return apply(sum_to_shape_op, {&gradient}, {{"shape", shape}});
  const uint32_t mask = broadcast_axes(gradient.shape(), shape);
  std::vector<int64_t> axes;
  for (int axis = 0; axis < gradient.rank(); ++axis)
    if (mask >> axis & 1) axes.push_back(axis);
  if (axes.empty()) return gradient;
  const Tensor sum = reduce_sum(gradient, axes);
  return sum.rank() < shape.rank() ? reshape(sum, shape) : sum;
}

}  // namespace cornu
