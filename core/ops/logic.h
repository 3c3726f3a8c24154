#pragma once
#include <cornu/core/ops/operand.h>

/// Comparisons and logic; results are boolean.
namespace cornu {

CORNU_API Tensor equal(const Operand& a, const Operand& b);
CORNU_API Tensor not_equal(const Operand& a, const Operand& b);
CORNU_API Tensor less(const Operand& a, const Operand& b);
CORNU_API Tensor less_equal(const Operand& a, const Operand& b);
CORNU_API Tensor greater(const Operand& a, const Operand& b);
CORNU_API Tensor greater_equal(const Operand& a, const Operand& b);

inline Tensor operator<(const Operand& a, const Operand& b) { return less(a, b); }
inline Tensor operator<=(const Operand& a, const Operand& b) { return less_equal(a, b); }
inline Tensor operator>(const Operand& a, const Operand& b) { return greater(a, b); }
inline Tensor operator>=(const Operand& a, const Operand& b) { return greater_equal(a, b); }

// Inputs that are not boolean count as x != 0.
CORNU_API Tensor logical_and(const Tensor& a, const Tensor& b);
CORNU_API Tensor logical_or(const Tensor& a, const Tensor& b);
CORNU_API Tensor logical_xor(const Tensor& a, const Tensor& b);
CORNU_API Tensor logical_not(const Tensor& x);

/// a where `condition` is true, else b; all three broadcast.
CORNU_API Tensor where(const Tensor& condition, const Operand& a, const Operand& b);

}  // namespace cornu
