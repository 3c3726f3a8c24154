#pragma once
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <cornu/core/error.h>
#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

class Dataset;

namespace datasets {

/// What a function of an element may answer, as the list or value that a pipeline goes on with.
CORNU_API TensorList as_result(const TensorList& element, std::type_identity<TensorList>);
CORNU_API TensorList as_result(const Tensor& tensor, std::type_identity<TensorList>);
template <class... Tensors>
TensorList as_result(const std::tuple<Tensors...>& element, std::type_identity<TensorList>) {
  return std::apply([](const auto&... tensors) { return TensorList{Tensor(tensors)...}; }, element);
}
template <class First, class Second>
TensorList as_result(const std::pair<First, Second>& element, std::type_identity<TensorList>) {
  return {Tensor(element.first), Tensor(element.second)};
}
/// A truth value: any tensor of one element.
CORNU_API bool as_result(const Tensor& tensor, std::type_identity<bool>);
inline bool as_result(bool value, std::type_identity<bool>) { return value; }
template <class Value>
Value as_result(Value value, std::type_identity<Value>) requires std::same_as<Value, Dataset> {
  return value;
}

template <size_t>
using TensorArgument = const Tensor&;
template <class F, class Indices>
inline constexpr bool takes_tensors = false;
template <class F, size_t... indices>
inline constexpr bool takes_tensors<F, std::index_sequence<indices...>> =
    std::is_invocable_v<F&, TensorArgument<indices>...>;

/// How many tensors `F` takes, at most 8; 0 for a function of a whole element, -1 for one that takes neither.
template <class F, int count = 1>
constexpr int tensor_count() {
  if constexpr (std::is_invocable_v<F&, const TensorList&>)
    return 0;
  else if constexpr (count > 8)
    return -1;
  else if constexpr (takes_tensors<F, std::make_index_sequence<count>>)
    return count;
  else
    return tensor_count<F, count + 1>();
}

/// Throws ValueError unless an element of `received` tensors fits a function of `expected` ones.
CORNU_API void check_tensor_count(size_t expected, size_t received);

/// A function of an element of a Dataset: it takes the element (`const TensorList&`), or its tensors one by one. In
/// place of a TensorList it may answer a Tensor, a std::pair or a std::tuple of tensors.
template <class Result>
class ElementFunction {
 public:
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, ElementFunction> && tensor_count<std::remove_cvref_t<F>>() >= 0)
      ElementFunction(F&& function)
      : function_(adapt(std::forward<F>(function))) {}

  Result operator()(const TensorList& element) const { return function_(element); }

 private:
  template <class F>
  static std::function<Result(const TensorList&)> adapt(F&& function) {
    constexpr int count = tensor_count<std::remove_cvref_t<F>>();
    return [function = std::forward<F>(function)](const TensorList& element) mutable {
      if constexpr (count == 0) {
        return as_result(function(element), std::type_identity<Result>());
      } else {
        check_tensor_count(count, element.size());
        return call(function, element, std::make_index_sequence<count>());
      }
    };
  }
  template <class F, size_t... indices>
  static Result call(F& function, const TensorList& element, std::index_sequence<indices...>) {
    return as_result(function(element[indices]...), std::type_identity<Result>());
  }

  std::function<Result(const TensorList&)> function_;
};

using MapFunction = ElementFunction<TensorList>;
using FilterFunction = ElementFunction<bool>;
using InterleaveFunction = ElementFunction<Dataset>;

}  // namespace datasets

}  // namespace cornu
