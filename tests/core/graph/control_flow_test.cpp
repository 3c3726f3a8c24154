#include "core/graph/control_flow_checks.h"

using namespace cornu;
using namespace cornu::control_flow_checks;

// ---- cond -------------------------------------------------------------------------------------------------------

TEST_CASE("cond runs one of two functions") {
  const auto code = [](const Tensor& x) {
    return cond(
        reduce_sum(x) > 0.f, [&] { return x * 2.f; }, [&] { return x - 1.f; });
  };
  const Function graph = function(code);
  for (const auto& f : {std::function<Tensor(const Tensor&)>(code), std::function<Tensor(const Tensor&)>(graph)}) {
    CHECK(f(constant({1.f, 2.f})).to_vector<float>() == std::vector<float>{2, 4});
    CHECK(f(constant({1.f, -2.f})).to_vector<float>() == std::vector<float>{0, -3});
  }
  CHECK(graph.trace_count() == 1);
}

TEST_CASE("cond gives lists, structures, or nothing") {
  const auto list = [](const Tensor& x) {
    return cond(
        x > 0.f,
        [&] {
          return TensorList{x, x + 1.f};
        },
        [&] {
          return TensorList{-x, x};
        });
  };
  CHECK(list(constant(3.f))[1].item<float>() == 4);
  CHECK(function(list)(constant(-3.f))[0].item<float>() == 3);
  const auto pair = [](const Tensor& x) {
    return cond(
        x > 0.f, [&] { return std::pair(x, -x); }, [&] { return std::pair(-x, x); });
  };
  CHECK(function(pair)(constant(-3.f)).second.item<float>() == -3);
  Variable v(0.f);
  const auto nothing = [&](const Tensor& x) {
    cond(
        x > 0.f, [&] { v.assign(x); }, [] {});
    return v.value();
  };
  CHECK(function(nothing)(constant(2.f)).item<float>() == 2);
  CHECK(function(nothing)(constant(-1.f)).item<float>() == 2);
  CHECK(nothing(constant(5.f)).item<float>() == 5);
}

TEST_CASE("gradients flow through the branch that runs") {
  const auto code = [](const TensorList& x) {
    return TensorList{cond(
        reduce_sum(x[0]) > 0.f, [&] { return square(x[0]) * x[1]; }, [&] { return exp(x[0]); })};
  };
  check_both(code, {vector({0.5, 1.5}), vector({2, 3})});
  check_both(code, {vector({0.5, -1.5}), vector({2, 3})});
}

TEST_CASE("branches see variables as they are, and may change them") {
  Variable v(2.f), w(10.f);
  const Function f = function([&](const Tensor& x) {
    v.assign_add(1.f);
    const Tensor y = cond(
        x > 0.f,
        [&] {
          v.assign(v * x);
          return v + w;
        },
        [&] { return w.value(); });
    return y + v;
  });
  CHECK(f(constant(2.f)).item<float>() == 6 + 10 + 6);
  CHECK(v.peek().item<float>() == 6);
  CHECK(f(constant(-2.f)).item<float>() == 10 + 7);
  CHECK(v.peek().item<float>() == 7);
}

TEST_CASE("a variable that a branch reads gets its gradient") {
  Variable w(3.f);
  const Function f = function([&](const Tensor& x) {
    GradientTape tape;
    const Tensor y = cond(
        x > 0.f, [&] { return square(w) * x; }, [&] { return w * x; });
    return tape.gradient(y, w);
  });
  CHECK(f(constant(2.f)).item<float>() == 12);
  CHECK(f(constant(-2.f)).item<float>() == -2);
  const Function g = function([&](const Tensor& x) {
    return cond(
        x > 0.f, [&] { return square(w) * x; }, [&] { return w * x; });
  });
  GradientTape tape;
  const Tensor y = g(constant(2.f));
  CHECK(tape.gradient(y, w).item<float>() == 12);
}

TEST_CASE("a watched constant of the trace gets its gradient") {
  const auto code = [](const Tensor& x) {
    const Tensor c = constant(3.f);
    GradientTape tape;
    tape.watch(c);
    const Tensor y = cond(
        x > 0.f, [&] { return square(c) * x; }, [&] { return c * x; });
    const Tensor z = while_loop([](const Tensor& a) { return a < 100.f; }, [&](const Tensor& a) { return a * c; }, y);
    return tape.gradient(z, c);
  };
  CHECK(code(constant(2.f)).item<float>() == 216);  // z = 2 c^4
  CHECK(function(code)(constant(2.f)).item<float>() == 216);
}

TEST_CASE("branches within branches, and shapes that are unknown") {
  const auto code = [](const Tensor& x) {
    return cond(
        reduce_sum(x) > 0.f,
        [&] {
          return cond(
              reduce_sum(x) > 10.f, [&] { return zeros_like(x); }, [&] { return x * 3.f; });
        },
        [&] { return -x; });
  };
  const Function f = function(code, {.input_signature = {TensorSpec({-1}, float32)}});
  CHECK(f(constant({1.f, 2.f})).to_vector<float>() == std::vector<float>{3, 6});
  CHECK(f(constant({10.f, 2.f, 3.f})).to_vector<float>() == std::vector<float>{0, 0, 0});
  CHECK(f(constant({-10.f})).to_vector<float>() == std::vector<float>{10});
  const Function extents = function(
      [](const Tensor& x, const Tensor& flag) {
        return cond(
            flag, [&] { return ones(x.shape()); }, [&] { return zeros(x.shape()); });
      },
      {.input_signature = {TensorSpec({-1}, float32), TensorSpec({}, boolean)}});
  CHECK(extents(constant({4.f, 5.f}), constant(true)).to_vector<float>() == std::vector<float>{1, 1});
}

TEST_CASE("random numbers in a branch are those of eager code") {
  const auto code = [](const Tensor& x) {
    return cond(
        x > 0.f, [&] { return random::normal({3}) * x; }, [&] { return random::uniform({3}); });
  };
  for (const float x : {1.f, -1.f}) {
    set_random_seed(5);
    const Tensor a = code(constant(x)), b = code(constant(x));
    set_random_seed(5);
    const Function f = function(code);
    CHECK(f(constant(x)).to_vector<float>() == a.to_vector<float>());
    CHECK(f(constant(x)).to_vector<float>() == b.to_vector<float>());
  }
}

TEST_CASE("what cond refuses") {
  const auto one = [] { return constant(1.f); };
  CHECK_THROWS_AS(cond(constant(1.f), one, one), DTypeError);
  CHECK_THROWS_AS(cond(constant({true, false}), one, one), ShapeError);
  CHECK_THROWS_AS(cond(Tensor(), one, one), StateError);
  const auto trace = [](const auto& other) {
    return function([&](const Tensor& x) {
             return cond(
                 reduce_sum(x) > 0.f, [&] { return TensorList{x}; }, [&] { return other(x); });
           })
        .concrete_function({zeros({2})});
  };
  CHECK_THROWS_AS(trace([](const Tensor& x) { return TensorList{x, x}; }), ValueError);
  CHECK_THROWS_AS(trace([](const Tensor& x) { return TensorList{cast(x, float64)}; }), DTypeError);
  CHECK_THROWS_WITH(trace([](const Tensor&) { return TensorList{zeros({3})}; }),
                    Catch::Contains("(2,)") && Catch::Contains("(3,)") && Catch::Contains("false_fn of cond"));
}

// ---- switch_case ------------------------------------------------------------------------------------------------

TEST_CASE("switch_case runs the branch of a number, and the last one outside of the range") {
  const auto code = [](const TensorList& x) {
    return TensorList{switch_case(
        cast(x[1], int32), {[&] { return x[0] * 2.0; }, [&] { return square(x[0]); }, [&] { return exp(x[0]); }})};
  };
  const Tensor x = vector({0.5, 1.5});
  const auto graph = traced(code);
  for (const double index : {0., 1., 2., 3., -1.}) {
    const Tensor i = constant(index);
    const std::vector<double> expected = (index == 0 ? x * 2.0 : index == 1 ? square(x) : exp(x)).to_vector<double>();
    CHECK(code(TensorList{x, i})[0].to_vector<double>() == expected);
    CHECK(graph(TensorList{x, i})[0].to_vector<double>() == expected);
  }
  const Tensor second = constant(1);
  const auto of_second = [&](const TensorList& inputs) {
    return TensorList{switch_case(identity(second), {[&] { return inputs[0]; }, [&] { return exp(inputs[0]); }})};
  };
  check_both(of_second, {x});
}

TEST_CASE("the default of switch_case, and int64") {
  const auto code = [](const Tensor& i) {
    return switch_case(i, {[] { return constant(1.f); }, [] { return constant(2.f); }}, [] { return constant(9.f); });
  };
  for (const int64_t i : {int64_t{0}, int64_t{1}, int64_t{2}, int64_t{-1}, int64_t{1} << 32}) {
    const float expected = i == 0 ? 1 : i == 1 ? 2 : 9;
    CHECK(code(constant(i)).item<float>() == expected);
    CHECK(function(code)(constant(i)).item<float>() == expected);
  }
  CHECK_THROWS_AS(switch_case(constant(0), std::vector<std::function<Tensor()>>{}), ValueError);
  const std::vector<std::function<Tensor()>> second_is_empty = {[] { return constant(1.f); }, {}};
  CHECK_THROWS_AS(switch_case(constant(0), second_is_empty), ValueError);
  CHECK_THROWS_WITH(switch_case(constant(0), second_is_empty), Catch::Contains("branch 1"));
  CHECK_THROWS_AS(code(constant(0.f)), DTypeError);
  CHECK_THROWS_AS(code(constant({0})), ShapeError);
}

TEST_CASE("control flow on symbolic tensors outside of a trace gives specs") {
  const Tensor x = Tensor::symbolic({{-1, 3}, float32});
  const Tensor y = cond(
      reduce_sum(x) > 0.f, [&] { return x * 2.f; }, [&] { return -x; });
  CHECK(y.is_symbolic());
  CHECK(y.shape().to_string() == "(None, 3)");
  CHECK(while_loop([](const Tensor& a) { return reduce_all(a < 1.f); }, [](const Tensor& a) { return a + 1.f; }, x)
            .shape() == x.shape());
  CHECK(map_fn([](const Tensor& row) { return reduce_sum(row); }, x).shape() == x.shape().slice(0, 1));
}

TEST_CASE("an error inside a branch names the place and leaves variables as they were") {
  Variable v(1.f);
  const Function f = function([&](const Tensor& x, const Tensor& i) {
    v.assign_add(1.f);
    return cond(
        x > 0.f, [&] { return gather(zeros({2}), i); }, [&] { return zeros({1}); });
  });
  CHECK(f(constant(1.f), constant({1})).shape() == Shape({1}));
  CHECK_THROWS_WITH(f(constant(1.f), constant({7})), Catch::Contains("true_fn of cond"));
  CHECK(v.peek().item<float>() == 2);
}
