#pragma once
// Shape and dtype rules, kernels and call forms that many entries of the table share.
#include <string>

#include <cornu/core/ops/operand.h>
#include <cornu/core/ops/operation.h>

namespace cornu::infer {

/// One or two inputs of the same dtype, broadcast; the dtypes are those that the operation's functor has.
TensorSpec elementwise(const Call& call);
/// The same with a boolean result.
TensorSpec predicate(const Call& call);
/// The spec of input 0, whatever it is.
TensorSpec same(const Call& call);
/// The spec of input 0, which is floating; all inputs have its dtype and shape.
TensorSpec same_floating(const Call& call);
/// Throws DTypeError unless input `index` is floating.
void require_floating(const Call& call, size_t index = 0);
/// Throws DTypeError unless all inputs from `first` on have one dtype.
void require_one_dtype(const Call& call, size_t first = 0);

}  // namespace cornu::infer

namespace cornu::kernel {

/// Run the functor of the operation's name.
void unary(const Call& call, std::span<Tensor> outputs);
void binary(const Call& call, std::span<Tensor> outputs);

}  // namespace cornu::kernel

namespace cornu {

/// The entry of a differentiable function of each element.
Operation elementwise_function(const char* name, const char* onnx_name, GradientRule gradient);

inline int axis_of(const Attributes& attributes) { return static_cast<int>(attributes.integer("axis")); }

[[noreturn]] void throw_no_value(const char* operation);
/// a + b and a * b for extents from 0 on. Throw ShapeError over Shape::max_size.
int64_t extent_sum(int64_t a, int64_t b, const char* operation);
int64_t extent_product(int64_t a, int64_t b, const char* operation);
/// Throws StateError naming `operation` where x has no value.
inline void require_value(const Tensor& x, const char* operation) {
  if (!x.defined()) throw_no_value(operation);
}
/// The number of x's axes; throws StateError naming `operation` where x has no value.
inline int rank_of(const Tensor& x, const char* operation) {
  require_value(x, operation);
  return x.rank();
}

/// `operation` of x, or of x as float32 where it is not floating: functions of real numbers.
Tensor apply_real(const Operation& operation, const Tensor& x);
/// `operation` of both sides, promoted to one dtype, or to what `common` makes of that.
Tensor apply_pair(const Operation& operation, const Operand& a, const Operand& b,
                  DType (*common)(DType promoted) = nullptr);
/// x, or x as float32 where it is not floating; throws StateError naming `operation` where x has no value.
Tensor as_real(const Tensor& x, const char* operation);
/// float32 for what is not floating.
constexpr DType real_dtype(DType dtype) { return is_floating(dtype) ? dtype : float32; }

/// The gradient of an input of shape `shape` that was broadcast: the sum over the broadcast axes.
Tensor sum_to_shape(const Tensor& gradient, const Shape& shape);

/// "float32 (2, 3)", as messages name a tensor.
std::string describe(const Tensor& tensor);

}  // namespace cornu
