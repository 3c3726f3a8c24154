#pragma once
#include <cstdint>
#include <string_view>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>
#include <cornu/core/tensor/shape.h>

namespace cornu::kernels {

/// out[i] = f(x[i]) for i < n, any n and alignment. `out` may be `x`, otherwise they must not overlap. Booleans are
/// bytes of 0 and 1.
using UnaryBlock = void (*)(const void* x, void* out, int64_t n);

/// out[i] = f(a[i * a_step], b[i * b_step]) for i < n; a step is 1, or 0 to broadcast one element. `out` may be the
/// operand of a step of 1, otherwise they must not overlap.
using BinaryBlock = void (*)(const void* a, int64_t a_step, const void* b, int64_t b_step, void* out, int64_t n);

/// Why an integer operation cannot be computed.
enum class Fault : uint8_t { none, zero_divisor, negative_exponent };

/// What a unary and a binary operation have in common. `Block` is null where the dtype is not supported.
template <class Block>
struct ElementwiseKernel {
  std::string_view name;           // TensorFlow's
  Block blocks[dtype_count] = {};  // indexed by the dtype of the operands
  bool boolean_result = false;     // else the result's dtype is the operands'
  int cost = 1;                    // time of an element in float32 additions, to decide when threads pay
  Fault fault = Fault::none;       // what can happen with integer operands

  Block block(DType dtype) const { return blocks[static_cast<int>(dtype)]; }
  bool supports(DType dtype) const { return block(dtype) != nullptr; }
  DType result(DType dtype) const { return boolean_result ? DType::boolean : dtype; }
};
struct UnaryKernel : ElementwiseKernel<UnaryBlock> {};
struct BinaryKernel : ElementwiseKernel<BinaryBlock> {};

/// The kernel of the operation that TensorFlow calls `name`, compiled for the instruction set in use; null if there is
/// none. The kernel lives as long as the program: look it up once.
/// Unary: Abs Sign Neg Reciprocal Square Sqrt Rsqrt Exp Expm1 Log Log1p Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh
/// Acosh Atanh Erf Erfc Floor Ceil Rint Sigmoid Softplus Softsign Relu Relu6 IsNan IsInf IsFinite LogicalNot.
/// Binary: Add Sub Mul RealDiv FloorDiv FloorMod Pow Maximum Minimum SquaredDifference Atan2 Equal NotEqual Less
/// LessEqual Greater GreaterEqual LogicalAnd LogicalOr LogicalXor, ReluGrad(dy, y) TanhGrad(y, dy) SigmoidGrad(y, dy).
/// On booleans Add is "or" and Mul is "and", as in NumPy. FloorDiv and FloorMod round towards minus infinity; Maximum
/// and Minimum propagate NaN; integers wrap around.
CORNU_API const UnaryKernel* find_unary(std::string_view name);
CORNU_API const BinaryKernel* find_binary(std::string_view name);

/// out = f(x) on `n` contiguous elements of `dtype`, which the kernel supports.
CORNU_API void run_unary(const UnaryKernel& kernel, DType dtype, const void* x, void* out, int64_t n);

/// out = f(a, b) with broadcasting: `out_shape` is the broadcast of both shapes, all buffers are contiguous. `out` may
/// be an operand whose shape has as many elements. Returns the fault of integer operands, and then writes nothing.
[[nodiscard]] CORNU_API Fault run_binary(const BinaryKernel& kernel, DType dtype, const void* a, const Shape& a_shape,
                                         const void* b, const Shape& b_shape, void* out, const Shape& out_shape);

/// Whether any of the `n` second operands `b` makes an integer operation fail. (The blocks themselves never trap: they
/// give 0 for such elements.)
CORNU_API Fault check_operand(const BinaryKernel& kernel, DType dtype, const void* b, int64_t n);

}  // namespace cornu::kernels
