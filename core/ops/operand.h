#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

template <class T>
concept Number = std::is_arithmetic_v<T>;

/// An argument of a two-sided operation: a Tensor, something that converts to one (a Variable), or a C++ number, which
/// adapts to the dtype of the other side: an integer takes any dtype, a floating-point number makes integers float32.
class CORNU_API Operand {
 public:
  Operand(const Tensor& tensor) : tensor_(&tensor) {}
  template <Number N>
  Operand(N number)
      : kind_(std::is_same_v<N, bool> ? DTypeKind::boolean
              : std::is_integral_v<N> ? DTypeKind::integer
                                      : DTypeKind::floating),
        number_(static_cast<double>(number)) {
    if constexpr (std::is_integral_v<N>) integer_ = static_cast<int64_t>(number);
  }
  template <class T>
  requires(!Number<T> && !std::same_as<T, Tensor> && std::convertible_to<const T&, Tensor>) Operand(const T& value)
      : converted_(value), tensor_(&converted_) {}
  Operand(const Operand&) = delete;
  Operand& operator=(const Operand&) = delete;

  bool is_number() const { return tensor_ == nullptr; }
  const Tensor& tensor() const { return *tensor_; }
  /// The dtype of this number beside a tensor of dtype `other`.
  DType number_dtype(DType other) const;
  /// The dtype of this number alone: int32 (int64 if it needs to be), float32 or boolean.
  DType own_dtype() const;
  /// Whether this number is one of `dtype`: whole and within its range for integers.
  bool fits(DType dtype) const;
  /// Throws unless it is: ValueError for a number out of the range, DTypeError for a fraction; `where` begins the
  /// message.
  void require_fit(DType dtype, std::string_view where) const;
  /// This number as a tensor without axes. Throws as require_fit().
  Tensor number_as(DType dtype, std::string_view where) const;

 private:
  Tensor converted_;
  const Tensor* tensor_ = nullptr;
  DTypeKind kind_ = DTypeKind::floating;
  std::string number_text() const;
  /// An unsigned number that int64 does not hold.
  bool is_beyond_int64() const { return integer_ < 0 && number_ > 0; }

  double number_ = 0;
  int64_t integer_ = 0;
};

/// Both sides of an operation, which messages name, brought to one dtype: promoted, or as `common` says.
class CORNU_API OperandPair {
 public:
  OperandPair(const char* operation, const Operand& a, const Operand& b, DType (*common)(DType promoted) = nullptr);
  const Tensor& a() const { return *a_; }
  const Tensor& b() const { return *b_; }

 private:
  Tensor held_a_, held_b_;
  const Tensor* a_;
  const Tensor* b_;
};

}  // namespace cornu
