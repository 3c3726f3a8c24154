#pragma once
// Checks that the tests of losses share.
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/autodiff/gradient_check.h>
#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>

namespace cornu {

/// The elements, as doubles.
inline std::vector<double> numbers(const Tensor& tensor) { return cast(tensor, float64).to_vector<double>(); }

inline void check_numbers(const Tensor& actual, const std::vector<double>& expected, double tolerance = 1e-6) {
  const std::vector<double> values = numbers(actual);
  REQUIRE(values.size() == expected.size());
  for (size_t i = 0; i < values.size(); ++i) {
    INFO("element " << i);
    CHECK(values[i] == Approx(expected[i]).epsilon(tolerance).margin(tolerance));
  }
}

/// Compares the gradient of `function` at x (float64) with finite differences.
inline void check_gradient(const std::function<Tensor(const Tensor&)>& function, const Tensor& x, int order = 1) {
  const GradientCheck check =
      check_gradients([&](const TensorList& t) { return function(t[0]); }, {x}, {.order = order});
  INFO("order " << check.order << ", element " << check.element << ": analytic " << check.analytic << ", numeric "
                << check.numeric);
  CHECK(check.max_error < 1e-6);
}

/// Checks that `call` throws E with a message that has all of `parts`.
template <class E, class Call>
void check_throws(const Call& call, const std::vector<std::string>& parts) {
  try {
    call();
  } catch (const E& error) {
    for (const std::string& part : parts) CHECK_THAT(error.what(), Catch::Matchers::Contains(part));
    return;
  }
  FAIL("nothing was thrown; expected an error with " + parts[0]);
}

}  // namespace cornu
