#pragma once
/// \file
/// Exchange with xtensor: the only public header that includes it.
#include <concepts>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xnoalias.hpp>

#include <cornu/core/tensor/tensor.h>

namespace cornu {

namespace detail {

/// The dtype's C++ type that holds numbers of type T: T itself, or the integer type of its size and sign (of long and
/// long long only one is int64_t).
template <class T>
auto xarray_element() {
  if constexpr (Element<T>) {
    return T{};
  } else if constexpr (std::signed_integral<T> && sizeof(T) == sizeof(int64_t)) {
    return int64_t{};
  } else if constexpr (std::signed_integral<T> && sizeof(T) == sizeof(int32_t)) {
    return int32_t{};
  } else {
    static_assert(!sizeof(T),
                  "from_xarray() takes elements of bool, uint8_t, int32_t, int64_t, float or double: use xt::cast");
  }
}

inline std::vector<size_t> xarray_shape(const Tensor& tensor) { return {tensor.shape().begin(), tensor.shape().end()}; }

}  // namespace detail

/// A tensor of the values of any xtensor expression, which is evaluated straight into it. The dtype is that of the
/// expression's elements. Throws ShapeError for more axes than a tensor has.
///
///     xt::xarray<float> x = {{1.f, 2.f}, {3.f, 4.f}};
///     Tensor t = from_xarray(x * 2.f);
template <class Expression>
Tensor from_xarray(const xt::xexpression<Expression>& expression) {
  const Expression& values = expression.derived_cast();
  using T = decltype(detail::xarray_element<std::decay_t<typename Expression::value_type>>());
  std::vector<int64_t> extents;
  for (const auto extent : values.shape()) extents.push_back(static_cast<int64_t>(extent));
  Tensor tensor = Tensor::allocate(Shape(extents), dtype_of<T>);
  auto elements =
      xt::adapt<xt::layout_type::row_major>(static_cast<T*>(tensor.mutable_data()), static_cast<size_t>(tensor.size()),
                                            xt::no_ownership(), detail::xarray_shape(tensor));
  xt::noalias(elements) = xt::cast<T>(values);
  return tensor;
}

/// The tensor's elements as an xtensor expression, read-only and without a copy; they stay alive as long as the view or
/// a copy of it. Throws DTypeError unless T is the dtype's type, StateError for a tensor without values.
///
///     float largest = xt::amax(view<float>(t))();
template <Element T>
auto view(const Tensor& tensor) {
  const T* elements = tensor.data<T>().data();
  return xt::adapt_smart_ptr<xt::layout_type::row_major>(static_cast<const T*>(elements), detail::xarray_shape(tensor),
                                                         std::make_shared<const Tensor>(tensor));
}

/// A copy of the tensor. Throws as view() does.
template <Element T>
xt::xarray<T> to_xarray(const Tensor& tensor) {
  return xt::xarray<T>(view<T>(tensor));
}

}  // namespace cornu
