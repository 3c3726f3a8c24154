#include "core/graph/control_flow_checks.h"

using namespace cornu;
using namespace cornu::control_flow_checks;

// ---- while_loop -------------------------------------------------------------------------------------------------

TEST_CASE("while_loop repeats its body") {
  const auto code = [](const Tensor& x) {
    return while_loop([](const Tensor& i, const Tensor&) { return i < 3; },
                      [&](const Tensor& i, const Tensor& y) {
                        return TensorList{i + 1, y * x};
                      },
                      {constant(0), ones_like(x)})[1];
  };
  CHECK(code(constant({2.f, 3.f})).to_vector<float>() == std::vector<float>{8, 27});
  CHECK(function(code)(constant({2.f, 3.f})).to_vector<float>() == std::vector<float>{8, 27});
  const auto limited = [](const Tensor& x) {
    return while_loop([](const Tensor& y) { return reduce_all(y < 100.f); }, [](const Tensor& y) { return y * 2.f; }, x,
                      {.maximum_iterations = 3});
  };
  CHECK(limited(constant(1.f)).item<float>() == 8);
  CHECK(function(limited)(constant(1.f)).item<float>() == 8);
  CHECK(function(limited)(constant(50.f)).item<float>() == 100);
  CHECK(function(limited)(constant(200.f)).item<float>() == 200);
}

TEST_CASE("gradients of first and second order flow through a loop") {
  const auto code = [](const TensorList& x) {
    return TensorList{while_loop([](const TensorList& s) { return s[0] < 3; },
                                 [&](const TensorList& s) {
                                   return TensorList{s[0] + 1, sin(s[1]) * x[1] + s[1]};
                                 },
                                 {constant(0), x[0]})[1]};
  };
  check_both(code, {vector({0.5, 1.5}), vector({1.25, 0.75})});
  const auto by_value = [](const TensorList& x) {
    return TensorList{while_loop([](const Tensor& y) { return reduce_sum(y) < 50.0; },
                                 [&](const Tensor& y) { return y * x[1] + 1.0; }, x[0])};
  };
  check_both(by_value, {vector({0.5, 1.5}), vector({1.25, 1.75})});
  check_both(by_value, {vector({100, 1.5}), vector({1.25, 1.75})});  // no iteration at all
}

TEST_CASE("a loop may change variables and draw random numbers") {
  Variable total(1.f);
  const auto code = [&](const Tensor& x) {
    const Tensor end = while_loop([](const Tensor& y) { return y < 10.f; },
                                  [&](const Tensor& y) {
                                    total.assign_add(y);
                                    return y + total + random::uniform({});
                                  },
                                  x);
    return end * total;
  };
  set_random_seed(3);
  const float expected = code(constant(1.f)).item<float>(), state = total.peek().item<float>();
  set_random_seed(3);
  total.assign(1.f);
  const Function f = function(code);
  CHECK(f(constant(1.f)).item<float>() == expected);
  CHECK(total.peek().item<float>() == state);
}

TEST_CASE("the gradient of a variable that a loop changes is that of its reads") {
  Variable v(2.f);
  const auto code = [&](const Tensor& x) {
    GradientTape tape;
    v.assign(2.f);
    const Tensor y = while_loop([](const Tensor& i, const Tensor&) { return i < 2; },
                                [&](const Tensor& i, const Tensor& a) {
                                  const Tensor next = a * v;
                                  v.assign(v * 3.f);
                                  return TensorList{i + 1, next};
                                },
                                {constant(0), x})[1];
    return tape.gradient(y, v);
  };
  const float expected = 6 + 2;  // y = x * 2 * 6, each read by itself
  CHECK(code(constant(1.f)).item<float>() == expected);
  CHECK(function(code)(constant(1.f)).item<float>() == expected);
}

TEST_CASE("loops within loops, and unknown extents") {
  const auto code = [](const Tensor& x) {
    return while_loop([](const Tensor& i, const Tensor&) { return i < 2; },
                      [](const Tensor& i, const Tensor& y) {
                        const Tensor z = while_loop([](const Tensor& a) { return reduce_sum(a) < 20.f; },
                                                    [](const Tensor& a) { return a + 1.f; }, y);
                        return TensorList{i + 1, z * 0.5f};
                      },
                      {constant(0), x})[1];
  };
  const Function f = function(code, {.input_signature = {TensorSpec({-1}, float32)}});
  for (const Tensor& x : {constant({1.f, 2.f}), constant({1.f, 2.f, 3.f})})
    CHECK(f(x).to_vector<float>() == code(x).to_vector<float>());
}

TEST_CASE("what while_loop refuses") {
  const auto forever = [](const Tensor&) { return constant(true); };
  const auto same = [](const Tensor& x) { return x; };
  CHECK_THROWS_AS(while_loop(forever, same, TensorList{}), ValueError);
  CHECK_THROWS_AS(while_loop(forever, same, zeros({}), {.maximum_iterations = -1}), ValueError);
  CHECK_THROWS_AS(while_loop([](const Tensor& x) { return x; }, same, zeros({})), DTypeError);
  CHECK_THROWS_AS(while_loop([](const Tensor& x) { return x > 0.f; }, same, zeros({2})), ShapeError);
  CHECK_THROWS_AS(while_loop(
                      forever,
                      [](const Tensor& x) {
                        return TensorList{x, x};
                      },
                      zeros({})),
                  ValueError);
  CHECK_THROWS_AS(while_loop(
                      forever, [](const Tensor& x) { return cast(x, float64); }, zeros({})),
                  DTypeError);
  CHECK_THROWS_AS(while_loop(forever, same, TensorList{zeros({}), zeros({})}), ValueError);
  const auto grows = [&](const Tensor& x) {
    return while_loop(
        forever,
        [](const Tensor& y) {
          return concat({y, y}, 0);
        },
        x);
  };
  CHECK_THROWS_WITH(grows(zeros({2})),
                    Catch::Contains("variable 0") && Catch::Contains("(2,)") && Catch::Contains("(4,)"));
  CHECK_THROWS_AS(grows(zeros({2})), ShapeError);
  CHECK_THROWS_AS(function(grows)(zeros({2})), ShapeError);
  CHECK_THROWS_AS(function(grows, {.input_signature = {TensorSpec({-1}, float32)}})(zeros({2})), ShapeError);
  Variable v(0.f);
  const Function assigns = function([&](const Tensor& x) {
    return while_loop(
        [&](const Tensor& y) {
          v.assign(y);
          return y < 1.f;
        },
        same, x);
  });
  CHECK_THROWS_AS(assigns(constant(0.f)), StateError);
}

// ---- scan and map_fn --------------------------------------------------------------------------------------------

TEST_CASE("scan keeps all states") {
  const auto sum = [](const Tensor& x) { return scan([](const Tensor& a, const Tensor& b) { return a + b; }, x); };
  CHECK(sum(constant({1.f, 2.f, 3.f})).to_vector<float>() == std::vector<float>{1, 3, 6});
  CHECK(function(sum)(constant({1.f, 2.f, 3.f})).to_vector<float>() == std::vector<float>{1, 3, 6});
  CHECK(function(sum)(constant({4.f})).to_vector<float>() == std::vector<float>{4});
  const Function open = function(sum, {.input_signature = {TensorSpec({-1}, float32)}});
  CHECK(open(constant({1.f, 2.f, 3.f})).to_vector<float>() == std::vector<float>{1, 3, 6});
  CHECK(open(constant({1.f, 2.f})).to_vector<float>() == std::vector<float>{1, 3});
  const auto backwards = [](const Tensor& x) {
    return scan([](const Tensor& a, const Tensor& b) { return a * 2.f + b; }, x,
                {.initializer = {constant(1.f)}, .reverse = true});
  };
  CHECK(backwards(constant({1.f, 2.f, 3.f})).to_vector<float>() == std::vector<float>{25, 12, 5});
  CHECK(function(backwards)(constant({1.f, 2.f, 3.f})).to_vector<float>() == std::vector<float>{25, 12, 5});
  CHECK(backwards(zeros({0})).shape() == Shape({0}));
}

TEST_CASE("gradients of first and second order flow through scan") {
  const auto code = [](const TensorList& x) {
    return scan(
        [&](const TensorList& a, const TensorList& b) {
          return TensorList{sin(a[0]) * b[0] + x[2], a[1] * b[1] + a[0]};
        },
        TensorList{x[0], x[1]}, {.initializer = {zeros({2}, float64), x[2]}});
  };
  const Tensor a = reshape(vector({0.1, 0.2, 0.3, 0.4, 0.5, 0.6}), {3, 2}), b = 1.0 - a * a;
  check_both(code, {a, b, vector({0.3, -0.2})});
  const auto plain = [](const TensorList& x) {
    return TensorList{scan([](const Tensor& s, const Tensor& e) { return s * e; }, x[0], {.reverse = true})};
  };
  check_both(plain, {a + 1.0});
}

TEST_CASE("map_fn stacks what a function makes of the parts") {
  const auto code = [](const TensorList& x) {
    return TensorList{map_fn([&](const Tensor& row) { return reduce_sum(square(row) * x[1]); }, x[0])};
  };
  const Tensor a = reshape(vector({0.1, 0.2, 0.3, 0.4, 0.5, 0.6}), {3, 2});
  CHECK(code({a, vector({1, 2})})[0].shape() == Shape({3}));
  check_both(code, {a, vector({1, 2})});
  const auto two = [](const Tensor& x) {
    return map_fn([](const Tensor& p, const Tensor& q) { return TensorList{p * q, p + q}; }, {x, x + 1.f});
  };
  CHECK(function(two)(constant({1.f, 2.f}))[0].to_vector<float>() == std::vector<float>{2, 6});
  CHECK(two(constant({1.f, 2.f}))[1].to_vector<float>() == std::vector<float>{3, 5});
  CHECK(map_fn([](const Tensor& row) { return matmul(row, row); }, zeros({0, 2, 2})).shape() == Shape({0, 2, 2}));
}

TEST_CASE("scan and map_fn may change variables") {
  Variable v(0.f), count(0.f);
  const auto code = [&](const Tensor& x) {
    const Tensor y = scan(
        [&](const Tensor& a, const Tensor& b) {
          v.assign_add(b);
          return a + v;
        },
        x, {.initializer = {constant(0.f)}});
    const Tensor z = map_fn(
        [&](const Tensor& b) {
          count.assign_add(1.f);
          return b * count;
        },
        x);
    return y + z;
  };
  const Tensor x = constant({1.f, 2.f, 3.f});
  const std::vector<float> expected{1 + 1, 4 + 4, 10 + 9};
  CHECK(code(x).to_vector<float>() == expected);
  v.assign(0.f);
  count.assign(0.f);
  CHECK(function(code)(x).to_vector<float>() == expected);
  CHECK(v.peek().item<float>() == 6);
  CHECK(count.peek().item<float>() == 3);
}

TEST_CASE("what scan and map_fn refuse") {
  const auto add_two = [](const Tensor& a, const Tensor& b) { return a + b; };
  CHECK_THROWS_AS(scan(add_two, zeros({0})), ValueError);
  CHECK_THROWS_AS(scan(add_two, zeros({})), ShapeError);
  CHECK_THROWS_AS(scan(add_two, TensorList{}), ValueError);
  CHECK_THROWS_AS(scan(add_two, zeros({3, 2}), {.initializer = {zeros({1})}}), ShapeError);
  CHECK_THROWS_AS(scan([](const Tensor& a, const Tensor& b) { return concat({a, b}, 0); }, zeros({3, 2})), ShapeError);
  CHECK_THROWS_AS(map_fn(add_two, {zeros({3}), zeros({2})}), ShapeError);
  CHECK_THROWS_AS(map_fn([](const Tensor&) { return TensorList{}; }, zeros({3})), ValueError);
}
