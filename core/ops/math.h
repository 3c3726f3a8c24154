#pragma once
#include <cornu/core/ops/operand.h>

/// Elementwise operations. Two-sided ones broadcast by NumPy's rules and promote dtypes as Keras 3 does; a C++ number
/// adapts to the tensor beside it. Operations that are only defined for real numbers take integers as float32.
namespace cornu {

/// `x` converted to `dtype`. Floating to integer truncates toward zero and saturates, NaN gives 0; to boolean: x != 0.
CORNU_API Tensor cast(const Tensor& x, DType dtype);

// Two-sided arithmetic.
CORNU_API Tensor add(const Operand& a, const Operand& b);       ///< a + b; logical or for booleans
CORNU_API Tensor subtract(const Operand& a, const Operand& b);  ///< a - b
CORNU_API Tensor multiply(const Operand& a, const Operand& b);  ///< a * b; logical and for booleans
/// a / b, a true division as TensorFlow's: int32 and int64 give float64, smaller integers float32.
CORNU_API Tensor divide(const Operand& a, const Operand& b);
/// floor(a / b). Throws ValueError for an integer division by zero.
CORNU_API Tensor floor_div(const Operand& a, const Operand& b);
/// a - floor(a / b) * b: the remainder with the sign of b, as in Python. Throws ValueError for an integer b of zero.
CORNU_API Tensor mod(const Operand& a, const Operand& b);
CORNU_API Tensor pow(const Operand& a,
                     const Operand& b);  ///< a^b. Throws ValueError for integers with a negative exponent.
CORNU_API Tensor maximum(const Operand& a, const Operand& b);             ///< max(a, b); NaN wins
CORNU_API Tensor minimum(const Operand& a, const Operand& b);             ///< min(a, b); NaN wins
CORNU_API Tensor squared_difference(const Operand& a, const Operand& b);  ///< (a - b)^2
CORNU_API Tensor atan2(const Operand& y, const Operand& x);  ///< the angle of (x, y) in radians, in [-pi, pi]

inline Tensor operator+(const Operand& a, const Operand& b) { return add(a, b); }
inline Tensor operator-(const Operand& a, const Operand& b) { return subtract(a, b); }
inline Tensor operator*(const Operand& a, const Operand& b) { return multiply(a, b); }
inline Tensor operator/(const Operand& a, const Operand& b) { return divide(a, b); }

// One-sided.
CORNU_API Tensor negative(const Tensor& x);    ///< -x
CORNU_API Tensor abs(const Tensor& x);         ///< |x|; its gradient at 0 is 0
CORNU_API Tensor sign(const Tensor& x);        ///< -1, 0 or 1
CORNU_API Tensor reciprocal(const Tensor& x);  ///< 1 / x
CORNU_API Tensor square(const Tensor& x);      ///< x^2
CORNU_API Tensor sqrt(const Tensor& x);        ///< the square root; NaN below 0
CORNU_API Tensor rsqrt(const Tensor& x);       ///< 1 / sqrt(x)
CORNU_API Tensor exp(const Tensor& x);         ///< e^x
CORNU_API Tensor expm1(const Tensor& x);       ///< e^x - 1, accurate near 0
CORNU_API Tensor log(const Tensor& x);         ///< the natural logarithm; NaN below 0
CORNU_API Tensor log1p(const Tensor& x);       ///< log(1 + x), accurate near 0
CORNU_API Tensor sin(const Tensor& x);         ///< x in radians
CORNU_API Tensor cos(const Tensor& x);
CORNU_API Tensor tan(const Tensor& x);
CORNU_API Tensor asin(const Tensor& x);
CORNU_API Tensor acos(const Tensor& x);
CORNU_API Tensor atan(const Tensor& x);
CORNU_API Tensor sinh(const Tensor& x);
CORNU_API Tensor cosh(const Tensor& x);
CORNU_API Tensor tanh(const Tensor& x);
CORNU_API Tensor asinh(const Tensor& x);
CORNU_API Tensor acosh(const Tensor& x);
CORNU_API Tensor atanh(const Tensor& x);
CORNU_API Tensor erf(const Tensor& x);    ///< 2 / sqrt(pi) * integral of e^(-t^2) from 0 to x
CORNU_API Tensor floor(const Tensor& x);  ///< the largest integer that is not above x
CORNU_API Tensor ceil(const Tensor& x);   ///< the smallest integer that is not below x
CORNU_API Tensor round(const Tensor& x);  ///< the nearest integer; halves go to the even one; integers stay
/// min(max(x, minimum), maximum); the gradient is 0 where it clips.
CORNU_API Tensor clip_by_value(const Tensor& x, const Operand& minimum, const Operand& maximum);

CORNU_API Tensor is_nan(const Tensor& x);     ///< boolean
CORNU_API Tensor is_inf(const Tensor& x);     ///< boolean
CORNU_API Tensor is_finite(const Tensor& x);  ///< boolean

inline Tensor operator-(const Tensor& x) { return negative(x); }

CORNU_API Tensor identity(const Tensor& x);       ///< x, sharing its elements
CORNU_API Tensor stop_gradient(const Tensor& x);  ///< x as a constant: no gradient flows through it

/// x, scaled down so that its L2 norm (over `axes`, all by default) is at most `clip_norm`:
/// x * clip_norm / max(norm, clip_norm). Throws ValueError unless clip_norm > 0.
CORNU_API Tensor clip_by_norm(const Tensor& x, double clip_norm, const std::vector<int64_t>& axes = {});
/// All of `list` scaled by clip_norm / max(global_norm, clip_norm), and the global norm sqrt(sum of all squares).
/// Tensors without a value stay so. Throws ValueError unless clip_norm > 0.
CORNU_API std::pair<TensorList, Tensor> clip_by_global_norm(const TensorList& list, double clip_norm);
CORNU_API Tensor global_norm(const TensorList& list);

}  // namespace cornu
