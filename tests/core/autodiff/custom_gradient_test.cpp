#include <cmath>

#include <catch2/catch.hpp>

#include <cornu/core/autodiff/custom_gradient.h>
#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>

using namespace cornu;

TEST_CASE("a rule of the user's own takes the place of the operations' gradients") {
  const auto clipped_exp = custom_gradient([](const Tensor& x) {
    Tensor y = exp(x);
    return with_gradient(y, [y](const Tensor& upstream) { return upstream * minimum(y, 10.f); });
  });
  Variable x(5.f);
  GradientTape tape;
  const Tensor y = clipped_exp(x);
  CHECK(y.item<float>() == Approx(std::exp(5.f)));
  CHECK(tape.gradient(3.f * y, x).item<float>() == Approx(30));
}

TEST_CASE("a rule for several arguments gives one gradient for each") {
  const auto product = custom_gradient([](const Tensor& a, const Tensor& b) {
    return with_gradient(a * b, [a, b](const Tensor& upstream) {
      return TensorList{100.f * upstream * b, upstream * a};
    });
  });
  Variable a(2.f), b(3.f);
  GradientTape tape;
  const Tensor y = product(a, b);
  const auto gradients = tape.gradient(y, std::vector{a, b});
  CHECK(gradients[0].item<float>() == 300);
  CHECK(gradients[1].item<float>() == 2);
}

TEST_CASE("a rule for several outputs takes all their gradients") {
  const auto both = custom_gradient([](const Tensor& x) {
    return with_gradient(TensorList{2.f * x, 3.f * x},
                         [](const TensorList& upstream) { return TensorList{upstream[0] + 10.f * upstream[1]}; });
  });
  Variable x(1.f);
  GradientTape tape({.persistent = true});
  const TensorList y = both(x);
  CHECK(y[1].item<float>() == 3);
  CHECK(tape.gradient(y[0] + y[1], x).item<float>() == 11);
  CHECK(tape.gradient(y[1], x).item<float>() == 10);  // nothing depends on the first output: its gradient is zero
}

TEST_CASE("a rule written with operations differentiates again") {
  const auto cube = custom_gradient([](const Tensor& x) {
    return with_gradient(x * x * x, [x](const Tensor& upstream) { return upstream * 3.f * x * x; });
  });
  Variable x(2.f);
  GradientTape outer;
  Tensor dy;
  {
    GradientTape inner;
    const Tensor y = cube(x);
    dy = inner.gradient(y, x);
  }
  CHECK(dy.item<float>() == 12);
  CHECK(outer.gradient(dy, x).item<float>() == 12);
}

TEST_CASE("a rule that gives too few gradients or a wrong shape is an error") {
  Variable a(constant({1.f, 2.f})), b(constant({1.f, 2.f}));
  const auto too_few = custom_gradient([](const Tensor& x, const Tensor& y) {
    return with_gradient(x * y, [](const Tensor& upstream) { return TensorList{upstream}; });
  });
  const auto wrong_shape = custom_gradient(
      [](const Tensor& x) { return with_gradient(x * x, [](const Tensor&) { return constant(1.f); }); });
  {
    GradientTape tape;
    const Tensor y = too_few(a, b);
    CHECK_THROWS_AS(tape.gradient(y, a), ValueError);
  }
  GradientTape tape;
  const Tensor y = wrong_shape(a);
  CHECK_THROWS_AS(tape.gradient(y, a), ShapeError);
}

TEST_CASE("a gradient of a wrong shape or dtype names the argument") {
  const Variable a(1.f), b(constant({1.f, 2.f}));
  const auto message = [&](const Tensor& gradient) -> std::string {
    const auto wrong = custom_gradient([&](const Tensor& x, const Tensor& y) {
      return with_gradient(x * y, [gradient](const Tensor&) { return TensorList{constant(1.f), gradient}; });
    });
    GradientTape tape;
    const Tensor y = wrong(a, b);
    try {
      tape.gradient(y, b);
    } catch (const ShapeError& error) {
      return std::string("shape: ") + error.what();
    } catch (const DTypeError& error) {
      return std::string("dtype: ") + error.what();
    }
    return "";
  };
  using Catch::Contains;
  CHECK_THAT(message(constant(1.f)), Contains("shape: ") && Contains("argument 1") && Contains("(2,)"));
  CHECK_THAT(message(constant({1.0, 2.0})), Contains("dtype: ") && Contains("argument 1") && Contains("float64"));
  CHECK_THAT(message(constant({1, 2})), Contains("dtype: ") && Contains("int32") && Contains("float32"));
  CHECK(message(constant({1.f, 2.f})).empty());
}

TEST_CASE("an empty rule is an error where the function is called") {
  const auto empty =
      custom_gradient([](const Tensor& x) { return with_gradient(x, std::function<Tensor(const Tensor&)>{}); });
  const auto empty_of_lists = custom_gradient([](const Tensor& x) { return WithGradient<TensorList>{{x, x}, {}}; });
  CHECK_THROWS_AS(empty(constant(1.f)), ValueError);
  CHECK_THROWS_AS(empty_of_lists(constant(1.f)), ValueError);
}
