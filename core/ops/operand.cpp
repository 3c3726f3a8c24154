#include <cmath>
#include <limits>
#include <sstream>

#include <cornu/core/error.h>
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

bool Operand::fits(DType dtype) const {
  if (info(dtype).kind != DTypeKind::integer) return true;
  return visit_dtype(dtype, [&]<class T>() {
    using Limits = std::numeric_limits<T>;
    if (kind_ != DTypeKind::floating)
      return !is_beyond_int64() && static_cast<int64_t>(static_cast<T>(integer_)) == integer_;
    // The largest integer itself may not be a double; one above it is a power of two.
    return number_ == std::trunc(number_) && number_ >= static_cast<double>(Limits::min()) &&
           number_ < std::ldexp(1.0, Limits::digits);
  });
}

std::string Operand::number_text() const {
  std::ostringstream text;
  if (kind_ == DTypeKind::floating || is_beyond_int64())
    text << number_;
  else
    text << integer_;
  return text.str();
}

void Operand::require_fit(DType dtype, std::string_view where) const {
  if (fits(dtype)) return;
  const std::string expected = std::string(where) + ": expected a ", type = "dtype " + std::string(name(dtype));
  if (kind_ == DTypeKind::floating && std::isfinite(number_) && number_ != std::trunc(number_))
    throw DTypeError(expected + "whole number for " + type + "; received " + number_text());
  throw ValueError(expected + "number within the range of " + type + "; received " + number_text() +
                   "; a wider dtype may hold it");
}

Tensor Operand::number_as(DType dtype, std::string_view where) const {
  require_fit(dtype, where);
  Tensor tensor = Tensor::allocate({}, dtype);
  visit_dtype(dtype, [&]<class T>() {
    T& element = *static_cast<T*>(tensor.mutable_data());
    element = kind_ == DTypeKind::floating || is_beyond_int64() ? static_cast<T>(number_) : static_cast<T>(integer_);
  });
  return tensor;
}

namespace {

DType dtype_beside(const Operand& operand, const Operand& other) {
  if (!operand.is_number()) return operand.tensor().dtype();
  return other.is_number() ? operand.own_dtype() : operand.number_dtype(other.tensor().dtype());
}

const Tensor* as_dtype(const Operand& operand, DType dtype, const char* operation, Tensor& held) {
  if (!operand.is_number() && operand.tensor().dtype() == dtype) return &operand.tensor();
  held = operand.is_number() ? operand.number_as(dtype, operation) : cast(operand.tensor(), dtype);
  return &held;
}

}  // namespace

OperandPair::OperandPair(const char* operation, const Operand& a, const Operand& b, DType (*common)(DType)) {
  DType dtype = promote(dtype_beside(a, b), dtype_beside(b, a));
  if (common) dtype = common(dtype);
  a_ = as_dtype(a, dtype, operation, held_a_);
  b_ = as_dtype(b, dtype, operation, held_b_);
}

}  // namespace cornu
