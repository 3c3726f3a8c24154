#pragma once
#include <initializer_list>
#include <optional>

#include <cornu/core/ops/operand.h>

/// Making tensors.
namespace cornu {

CORNU_API Tensor zeros(const Shape& shape, DType dtype = float32);
CORNU_API Tensor ones(const Shape& shape, DType dtype = float32);
/// A tensor whose elements are all `value`.
CORNU_API Tensor full(const Shape& shape, double value, DType dtype = float32);
/// The number of elements of a tensor of `shape`, as a tensor without axes. Throws ShapeError for an extent of -1.
CORNU_API Tensor element_count(const Shape& shape, DType dtype = float32);
CORNU_API Tensor zeros_like(const Tensor& x);
CORNU_API Tensor ones_like(const Tensor& x);
CORNU_API Tensor full_like(const Tensor& x, double value);
namespace detail {
CORNU_API Tensor arange_integers(int64_t start, int64_t stop, int64_t step, DType dtype);
CORNU_API Tensor arange_numbers(double start, double stop, double step, DType dtype);
}  // namespace detail

/// start, start + step, ... below stop (above it for a negative step): int32 for integers, float32 otherwise. Throws
/// ValueError for a step of 0.
template <Number A, Number B, Number S = int>
Tensor arange(A start, B stop, S step = 1, std::optional<DType> dtype = {}) {
  if constexpr (std::integral<A> && std::integral<B> && std::integral<S>)
    return detail::arange_integers(static_cast<int64_t>(start), static_cast<int64_t>(stop), static_cast<int64_t>(step),
                                   dtype.value_or(int32));
  else
    return detail::arange_numbers(static_cast<double>(start), static_cast<double>(stop), static_cast<double>(step),
                                  dtype.value_or(float32));
}
/// 0, 1, ... below stop.
template <Number N>
Tensor arange(N stop) {
  return arange(N{0}, stop);
}
/// `num` numbers from start to stop, both included.
CORNU_API Tensor linspace(double start, double stop, int64_t num = 50, DType dtype = float32);
/// Ones on the diagonal, zeros elsewhere: [rows, columns], square without `columns`.
CORNU_API Tensor eye(int64_t rows, std::optional<int64_t> columns = {}, DType dtype = float32);

/// A tensor of one number without axes: float, double, int32_t, int64_t, uint8_t or bool give their dtypes.
template <Element T>
Tensor constant(T value) {
  return Tensor::from_span<T>(std::span<const T>(&value, 1), {});
}

namespace detail {

template <class T>
struct NestedElement {
  using type = T;
};
template <class T>
struct NestedElement<std::initializer_list<T>> : NestedElement<T> {};

/// Collects nested braces: the shape from the first of each level, and all elements. False if a level is ragged.
template <class T>
bool flatten_braces(const T& value, Shape&, int, std::vector<T>& elements) {
  elements.push_back(value);
  return true;
}
template <class T, class E>
bool flatten_braces(std::initializer_list<T> values, Shape& shape, int level, std::vector<E>& elements) {
  if (shape.rank() <= level) shape.push_back(static_cast<int64_t>(values.size()));
  bool even = shape[level] == static_cast<int64_t>(values.size());
  for (const T& value : values) even = flatten_braces(value, shape, level + 1, elements) && even;
  return even;
}
[[noreturn]] CORNU_API void throw_ragged();
CORNU_API Tensor from_booleans(const std::vector<bool>& elements, const Shape& shape);

template <class List>
Tensor constant_of(List values) {
  using T = typename NestedElement<List>::type;
  static_assert(Element<T>, "constant() takes bool, uint8_t, int32_t, int64_t, float or double");
  Shape shape;
  std::vector<T> elements;
  if (!flatten_braces(values, shape, 0, elements)) throw_ragged();
  if constexpr (std::is_same_v<T, bool>)
    return from_booleans(elements, shape);
  else
    return Tensor::from_span<T>(std::span<const T>(elements), shape);
}

}  // namespace detail

/// A tensor of nested braces: `constant({{1.f, 2.f}, {3.f, 4.f}})` has shape (2, 2) and dtype float32. Throws
/// ShapeError for braces of unequal lengths.
template <class T>
Tensor constant(std::initializer_list<T> values) {
  return detail::constant_of(values);
}
template <class T>
Tensor constant(std::initializer_list<std::initializer_list<T>> values) {
  return detail::constant_of(values);
}
template <class T>
Tensor constant(std::initializer_list<std::initializer_list<std::initializer_list<T>>> values) {
  return detail::constant_of(values);
}
template <class T>
Tensor constant(std::initializer_list<std::initializer_list<std::initializer_list<std::initializer_list<T>>>> values) {
  return detail::constant_of(values);
}

}  // namespace cornu
