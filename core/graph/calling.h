#pragma once
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <cornu/core/graph/function.h>

/// How control flow calls the functions that it is given.
namespace cornu::detail {

[[noreturn]] CORNU_API void throw_wrong_tensor_count(const char* operation, size_t expected, size_t received);

/// Whether parameter `i` of `F` takes a list of tensors; a function with several call operators takes what `by_default`
/// says.
template <class F, size_t i>
constexpr bool takes_list(bool by_default) {
  if constexpr (Traceable<F>) {
    static_assert(i < Signature<F>::arity, "the function has too few parameters");
    return std::is_same_v<typename Signature<F>::template Parameter<i>, TensorList>;
  } else {
    return by_default;
  }
}

template <class F, size_t... i>
decltype(auto) call_with_each(const F& function, const TensorList& values, std::index_sequence<i...>) {
  return function(values[i]...);
}

/// Calls `function` with a list of tensors if it takes one, else with a tensor for each of its parameters.
template <bool is_list, class F>
decltype(auto) call_with(const char* operation, const F& function, const TensorList& values) {
  if constexpr (takes_list<F, 0>(is_list)) {
    return function(values);
  } else if constexpr (Traceable<F>) {
    constexpr size_t arity = Signature<F>::arity;
    if (arity != values.size()) throw_wrong_tensor_count(operation, arity, values.size());
    return call_with_each(function, values, std::make_index_sequence<arity>());
  } else {
    if (values.size() != 1) throw_wrong_tensor_count(operation, 1, values.size());
    return function(values[0]);
  }
}

/// The same for a function of two tensors or lists.
template <class F>
decltype(auto) call_with_two(const char* operation, const F& function, const TensorList& a, const TensorList& b) {
  constexpr bool first_list = takes_list<F, 0>(false), second_list = takes_list<F, 1>(false);
  if constexpr (!first_list)
    if (a.size() != 1) throw_wrong_tensor_count(operation, 1, a.size());
  if constexpr (!second_list)
    if (b.size() != 1) throw_wrong_tensor_count(operation, 1, b.size());
  if constexpr (first_list && second_list)
    return function(a, b);
  else if constexpr (first_list)
    return function(a, b[0]);
  else if constexpr (second_list)
    return function(a[0], b);
  else
    return function(a[0], b[0]);
}

/// A Tensor for what converts to one (a Variable), else the type itself.
template <class R>
using ResultOf = std::conditional_t<std::is_convertible_v<R, Tensor>, Tensor, std::decay_t<R>>;

template <class R>
TensorList list_of(const R& result) {
  if constexpr (std::is_convertible_v<R, Tensor>)
    return {Tensor(result)};
  else
    return tensors_of(result);
}

/// Erases what branches give, and builds it again from the tensors of the branch that has run.
template <class R>
class Erased {
 public:
  template <class F>
  std::function<TensorList()> branch(const F& function) {
    if constexpr (std::is_void_v<R>) {
      return [&function]() -> TensorList {
        function();
        return {};
      };
    } else {
      return [this, &function]() -> TensorList {
        const R result = function();
        if (!structure_) structure_ = result;
        return tensors_of(result);
      };
    }
  }
  R rebuild(TensorList tensors) const {
    if constexpr (!std::is_void_v<R>) return cornu::rebuild(*structure_, std::move(tensors));
  }

 private:
  std::conditional_t<std::is_void_v<R>, char, std::optional<R>> structure_{};
};

template <class R>
R as_result(TensorList tensors) {
  if constexpr (std::is_same_v<R, Tensor>)
    return std::move(tensors[0]);
  else
    return tensors;
}

}  // namespace cornu::detail
