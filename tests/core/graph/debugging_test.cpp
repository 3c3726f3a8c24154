#include <limits>

#include <catch2/catch.hpp>

#include "standard_error.h"
#include <cornu/cornu.h>

using namespace cornu;

namespace {

const double not_a_number = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("print writes to standard error as tensors print themselves") {
  const StandardError error;
  const Tensor x = constant({1.f, 2.f});
  print("x:", x, 3, true);
  std::ostringstream expected;
  expected << "x: " << x << " 3 True\n";
  CHECK(error.text() == expected.str());
}

TEST_CASE("print takes lists, variables, and options") {
  std::ostringstream out, expected;
  const Tensor a = constant(1.f), b = constant({2});
  print({a, b}, {.prefix = "> ", .separator = ", ", .end = ".", .output_stream = &out});
  expected << "> " << a << ", " << b << ".";
  CHECK(out.str() == expected.str());
  const StandardError error;
  const Variable v(4.f);
  print(v, TensorList{a, b});
  expected.str("");
  expected << v.peek() << " " << a << " " << b << "\n";
  CHECK(error.text() == expected.str());
}

TEST_CASE("a traced function prints at each call, in order, and nothing while it is traced") {
  std::ostringstream out;
  const Function f = function([&](const Tensor& x) {
    const Tensor y = x * 2.f;
    print(y, {.prefix = "first ", .output_stream = &out});
    print(x, {.prefix = "second ", .output_stream = &out});
    return y + 1.f;
  });
  f.concrete_function({constant(0.f)});
  CHECK(out.str().empty());
  f(constant(1.f));
  f(constant(2.f));
  std::ostringstream expected;
  for (const float x : {1.f, 2.f}) expected << "first " << constant(2 * x) << "\nsecond " << constant(x) << "\n";
  CHECK(out.str() == expected.str());
}

TEST_CASE("print in branches and bodies prints where these run") {
  std::ostringstream out;
  const PrintOptions options{.end = " ", .output_stream = &out};
  const auto code = [&](const Tensor& x) {
    const Tensor y = cond(
        x > 0.f,
        [&] {
          print(x, options);
          return x * x;
        },
        [&] { return -x; });
    const Tensor z = while_loop([](const Tensor& a) { return a < 9.f; },
                                [&](const Tensor& a) {
                                  print(a, options);
                                  return a * y;
                                },
                                y);
    return map_fn(
        [&](const Tensor& part) {
          print(part, options);
          return part * z;
        },
        stack({x, y}));
  };
  for (const float x : {2.f, -3.f}) {
    const Tensor expected = code(constant(x));
    const std::string text = out.str();
    out.str("");
    const Function f = function(code);
    CHECK(f(constant(x)).to_vector<float>() == expected.to_vector<float>());
    CHECK(out.str() == text);
    out.str("");
    f(constant(x));
    CHECK(out.str() == text);
    out.str("");
  }
}

TEST_CASE("gradients flow through branches and loops that print, which print no more for that") {
  std::ostringstream out;
  const Variable w(2.f);
  const auto code = [&](const Tensor& x) {
    const Tensor y = cond(
        x > 0.f,
        [&] {
          print(x, {.output_stream = &out});
          return x * w * w;
        },
        [&] { return x * w; });
    return while_loop([](const Tensor& a) { return a < 20.f; },
                      [&](const Tensor& a) {
                        print(a, {.output_stream = &out});
                        return a * w;
                      },
                      y);
  };
  const auto inside = [&](const Tensor& x) {
    GradientTape tape;
    const Tensor y = code(x);
    return tape.gradient(y, w);
  };
  const float expected = inside(constant(3.f)).item<float>();  // 3 w^3: 9 w^2
  CHECK(expected == 36);
  const std::string text = out.str();
  out.str("");
  CHECK(function(inside)(constant(3.f)).item<float>() == expected);
  CHECK(out.str() == text);
  out.str("");
  const Function f = function(code);
  GradientTape tape;
  const Tensor y = f(constant(3.f));
  CHECK(tape.gradient(y, w).item<float>() == expected);
  CHECK(out.str() == text);
}

TEST_CASE("check_numerics gives its argument back") {
  const Tensor x = constant({{1.5, -2.0}, {0.0, 1e308}});
  CHECK(check_numerics(x, "x").to_vector<double>() == x.to_vector<double>());
  CHECK(check_numerics(zeros({0}), "nothing").size() == 0);
  const Function f = function([](const Tensor& t) { return check_numerics(t, "t") * 2.f; });
  CHECK(f(constant({1.f, 2.f})).to_vector<float>() == std::vector<float>{2, 4});
}

TEST_CASE("check_numerics tells what is wrong, and where") {
  const Tensor x = constant({{1.0, not_a_number, 2.0}, {infinity, 3.0, not_a_number}});
  CHECK_THROWS_AS(check_numerics(x, "the loss"), ValueError);
  CHECK_THROWS_WITH(
      check_numerics(x, "the loss"),
      "check_numerics: the loss: 2 NaN and 1 infinite among 6 elements of shape (2, 3); the first is nan at "
      "(0, 1)");
  CHECK_THROWS_WITH(check_numerics(cast(constant({0.0, -infinity}), float32), "y"),
                    Catch::Contains("0 NaN and 1 infinite") && Catch::Contains("-inf at (1,)"));
  CHECK_THROWS_AS(check_numerics(constant({1}), "integers"), DTypeError);
  CHECK_THROWS_AS(check_numerics(Tensor(), "nothing"), StateError);
  const Function f = function([](const Tensor& t) { return check_numerics(log(t), "the logarithm"); }, {.name = "f"});
  CHECK_THROWS_WITH(f(constant(-1.f)), Catch::Contains("the logarithm") && Catch::Contains("check_numerics_"));
}

TEST_CASE("check_numerics checks the gradient") {
  const Tensor x = constant({4.0, 0.0});
  GradientTape tape;
  tape.watch(x);
  const Tensor y = sqrt(check_numerics(x, "x"));
  CHECK_THROWS_WITH(tape.gradient(y, x), Catch::Contains("in the gradient: x") && Catch::Contains("at (1,)"));
}
