#pragma once
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include <cornu/core/tensor/tensor.h>

namespace cornu {

/// A value together with the rule for its gradient; made by with_gradient().
template <class Value>
struct WithGradient {
  Value value;
  /// The gradients with respect to the outputs -> those with respect to the arguments, in order.
  std::function<TensorList(const TensorList& upstream)> gradient;
};

/// `gradient` takes the gradient with respect to `value` and gives a Tensor (one argument) or a TensorList (one an
/// argument).
template <class Function>
WithGradient<Tensor> with_gradient(const Tensor& value, Function gradient) {
  using Result = std::invoke_result_t<const Function&, const Tensor&>;
  std::function<Result(const Tensor&)> rule = std::move(gradient);
  if (!rule) return {value, {}};
  return {value, [rule = std::move(rule)](const TensorList& upstream) -> TensorList {
            if constexpr (std::is_convertible_v<Result, Tensor>)
              return {rule(upstream[0])};
            else
              return rule(upstream[0]);
          }};
}
/// For several outputs: `gradient` takes a TensorList and gives a TensorList.
template <class Function>
WithGradient<TensorList> with_gradient(const TensorList& values, Function gradient) {
  return {values, std::move(gradient)};
}

namespace detail {

CORNU_API TensorList attach_gradient(const TensorList& values, const TensorList& arguments,
                                     std::function<TensorList(const TensorList&)> gradient);

}  // namespace detail

/// Gives `function`, which computes a value from tensors and ends in with_gradient(value, rule), that rule instead of
/// the gradients of its operations. The rule differentiates again if it is written with operations. TensorFlow's
/// tf.custom_gradient. A gradient of another shape or dtype than its argument's is a ShapeError or DTypeError.
///
///     auto clipped_exp = custom_gradient([](const Tensor& x) {
///       Tensor y = exp(x);
///       return with_gradient(y, [y](const Tensor& upstream) { return upstream * minimum(y, 10.f); });
///     });
template <class Function>
auto custom_gradient(Function function) {
  return [function = std::move(function)](const auto&... arguments) {
    const TensorList inputs{static_cast<Tensor>(arguments)...};
    auto result = std::apply(
        function, std::tuple<decltype(static_cast<Tensor>(arguments))...>{static_cast<Tensor>(arguments)...});
    if constexpr (std::is_same_v<decltype(result.value), Tensor>)
      return detail::attach_gradient({result.value}, inputs, std::move(result.gradient))[0];
    else
      return detail::attach_gradient(result.value, inputs, std::move(result.gradient));
  };
}

}  // namespace cornu
