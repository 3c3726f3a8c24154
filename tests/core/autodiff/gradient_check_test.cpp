#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;

TEST_CASE("the gradient checker agrees with right gradients") {
  const Tensor a = constant({0.3, -1.2, 2.}), b = constant({{1.5}, {-0.4}});
  const auto function = [](const TensorList& x) { return tanh(x[0]) * square(x[1]); };
  CHECK(check_gradients(function, {a, b}).max_error < 1e-8);
  CHECK(check_gradients(function, {a, b}, {.order = 2}).max_error < 1e-8);
}

TEST_CASE("the gradient checker finds a wrong gradient and says where") {
  const auto wrong_for_negatives = custom_gradient([](const Tensor& x) {
    return with_gradient(square(x), [x](const Tensor& upstream) { return upstream * 2 * abs(x); });
  });
  const auto function = [&](const TensorList& x) { return exp(x[0]) + wrong_for_negatives(x[1]); };
  const GradientCheck check = check_gradients(function, {constant({1., 2.}), constant({3., -3.})});
  CHECK(check.max_error > 0.1);
  CHECK(check.input == 1);
  CHECK(check.element == 1);
}

TEST_CASE("the gradient checker takes float32 as float64, leaves integers, and refuses bad options") {
  const auto function = [](const TensorList& x) { return gather(x[0], x[1]); };
  const TensorList inputs = {constant({1.f, 2.f, 3.f}), constant({2, 0, 2})};
  CHECK(check_gradients(function, inputs, {.order = 2}).max_error < 1e-8);
  CHECK_THROWS_AS(check_gradients(function, inputs, {.order = 3}), ValueError);
  CHECK_THROWS_AS(check_gradients(function, inputs, {.step = 0}), ValueError);
}
