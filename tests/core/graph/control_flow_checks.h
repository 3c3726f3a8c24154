#pragma once
#include <catch2/catch.hpp>

#include <cornu/cornu.h>

namespace cornu::control_flow_checks {

inline double check(const std::function<TensorList(const TensorList&)>& code, const TensorList& inputs, int order = 1) {
  const GradientCheck result = check_gradients(code, inputs, {.order = order});
  INFO("order " << result.order << ", input " << result.input << ", element " << result.element << ": analytic "
                << result.analytic << ", numeric " << result.numeric);
  return result.max_error;
}

/// The code, traced.
inline auto traced(const std::function<TensorList(const TensorList&)>& code) {
  return function([code](const TensorList& x) { return code(x); });
}

/// Eager and traced results and gradients agree with each other and with finite differences.
inline void check_both(const std::function<TensorList(const TensorList&)>& code, const TensorList& inputs,
                       int order = 2) {
  const auto graph = traced(code);
  const TensorList eager = code(inputs), other = graph(inputs);
  REQUIRE(eager.size() == other.size());
  for (size_t i = 0; i < eager.size(); ++i) {
    CHECK(eager[i].shape() == other[i].shape());
    CHECK(eager[i].to_vector<double>() == other[i].to_vector<double>());
  }
  CHECK(check(code, inputs, order) < 1e-6);
  CHECK(check([&](const TensorList& x) { return graph(x); }, inputs, order) < 1e-6);
}

inline Tensor vector(const std::vector<double>& values) {
  return Tensor::from_span<double>(values, {static_cast<int64_t>(values.size())});
}

}  // namespace cornu::control_flow_checks
