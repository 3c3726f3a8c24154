#pragma once
#include <functional>
#include <type_traits>
#include <utility>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

struct GradientCheckOptions {
  /// 1 checks the gradient, 2 also the gradient of the gradient.
  int order = 1;
  /// The central differences are taken over 2 * step * max(1, |x|).
  double step = 1e-5;
};

/// The largest error |analytic - numeric| / max(1, |analytic|, |numeric|) that was found, and where.
struct GradientCheck {
  double max_error = 0;
  int order = 1;
  int64_t input = 0;    ///< the number of the input
  int64_t element = 0;  ///< the number of its element
  double analytic = 0;
  double numeric = 0;
};

using TensorFunction = std::function<TensorList(const TensorList&)>;

namespace detail {
CORNU_API GradientCheck check_gradients(const TensorFunction& function, const TensorList& inputs,
                                        const GradientCheckOptions& options);
}  // namespace detail

/// Compares the gradients of `function`, a function of a TensorList to a Tensor or a TensorList, that a GradientTape
/// computes with central differences. Floating inputs are taken as float64, others stay constant. `function` must give
/// the same result each time, and be smooth near the inputs. Throws ValueError unless the order is 1 or 2.
///
///     auto check = check_gradients([](const TensorList& x) { return tanh(x[0]) * x[1]; }, {a, b}, {.order = 2});
///     assert(check.max_error < 1e-6);
template <class Function>
GradientCheck check_gradients(const Function& function, const TensorList& inputs,
                              const GradientCheckOptions& options = {}) {
  if constexpr (std::is_convertible_v<std::invoke_result_t<const Function&, const TensorList&>, Tensor>) {
    return detail::check_gradients([&](const TensorList& list) { return TensorList{function(list)}; }, inputs, options);
  } else {
    return detail::check_gradients(function, inputs, options);
  }
}

}  // namespace cornu
