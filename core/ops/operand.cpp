#include <limits>

#include <cornu/core/ops/math.h>
#include <cornu/core/ops/operand.h>

namespace cornu {

DType Operand::own_dtype() const {
  if (kind_ == DTypeKind::boolean) return boolean;
  if (kind_ == DTypeKind::floating) return float32;
  const bool fits = integer_ >= std::numeric_limits<int32_t>::min() && integer_ <= std::numeric_limits<int32_t>::max();
  return fits ? int32 : int64;
}

DType Operand::number_dtype(DType other) const {
  const DTypeKind other_kind = info(other).kind;
  return kind_ <= other_kind ? other : own_dtype();
}

Tensor Operand::number_as(DType dtype) const {
  Tensor tensor = Tensor::allocate({}, dtype);
  visit_dtype(dtype, [&]<class T>() {
    T& element = *static_cast<T*>(tensor.mutable_data());
    element = kind_ == DTypeKind::floating ? static_cast<T>(number_) : static_cast<T>(integer_);
  });
  return tensor;
}

namespace {

DType dtype_beside(const Operand& operand, const Operand& other) {
  if (!operand.is_number()) return operand.tensor().dtype();
  return other.is_number() ? operand.own_dtype() : operand.number_dtype(other.tensor().dtype());
}

const Tensor* as_dtype(const Operand& operand, DType dtype, Tensor& held) {
  if (!operand.is_number() && operand.tensor().dtype() == dtype) return &operand.tensor();
  held = operand.is_number() ? operand.number_as(dtype) : cast(operand.tensor(), dtype);
  return &held;
}

}  // namespace

OperandPair::OperandPair(const Operand& a, const Operand& b, DType (*common)(DType)) {
  DType dtype = promote(dtype_beside(a, b), dtype_beside(b, a));
  if (common) dtype = common(dtype);
  a_ = as_dtype(a, dtype, held_a_);
  b_ = as_dtype(b, dtype, held_b_);
}

}  // namespace cornu
