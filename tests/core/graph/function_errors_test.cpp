// What goes wrong with traced functions says so, and changes nothing.
#include "core/graph/graph_checks.h"

using namespace cornu;
using Catch::Contains;

TEST_CASE("reading a value while it is traced says what to use instead") {
  const Function f = function([](const Tensor& x) { return x.item<double>() > 0 ? x : -x; }, {.name = "sign"});
  CHECK_THROWS_AS(f(constant(1.0)), StateError);
  CHECK_THROWS_WITH(f(constant(1.0)), Contains("sign (function_errors_test.cpp:") && Contains("cond") &&
                                          Contains("while_loop") && Contains("run_functions_eagerly"));
}

TEST_CASE("an exception while tracing leaves nothing behind") {
  Variable v(1.0);
  bool fails = true;
  const Function f = function([&](const Tensor& x) {
    GradientTape tape;
    v.assign(v * x);
    const Tensor y = matmul(reshape(x, {1, 1}), fails ? ones({2, 1}, float64) : ones({1, 1}, float64));
    return y;
  });
  CHECK_THROWS_AS(f(constant(3.0)), ShapeError);
  CHECK(recorders().empty());
  CHECK(tracing() == nullptr);
  CHECK(v.peek().item<double>() == 1);
  fails = false;
  CHECK(f(constant(3.0)).shape() == Shape({1, 1}));
  CHECK(v.peek().item<double>() == 3);
  CHECK_THROWS_AS(function([](const Tensor&) -> Tensor { throw std::runtime_error("own"); })(constant(1.0)),
                  std::runtime_error);
  CHECK(tracing() == nullptr);
}

TEST_CASE("wrong arguments name the function") {
  const Function f = function([](const Tensor& x, double y) { return x * y; }, {.name = "scale"});
  CHECK_THROWS_AS(f(constant(1.0)), ValueError);
  CHECK_THROWS_WITH(f(constant(1.0)), Contains("scale") && Contains("expected 2") && Contains("received 1"));
  CHECK_THROWS_AS(f(2.0, 3.0), ValueError);
  CHECK_THROWS_WITH(f(2.0, 3.0), Contains("scale") && Contains("a Tensor") && Contains("2.0"));
  CHECK_THROWS_WITH(f(constant(1.0), "two"), Contains("a number") && Contains("'two'"));
  CHECK_THROWS_WITH(f(TensorList{constant(1.0)}, 1.0), Contains("a Tensor") && Contains("[float64 ()]"));
  CHECK_THROWS_AS(f(Tensor(), 1.0), StateError);
  CHECK_THROWS_WITH(f(constant(1.0), static_cast<const char*>(nullptr)), Contains("null text"));
  const Function two =
      function([](const TensorList& x) { return x[0]; }, {.input_signature = {TensorSpec({2}), TensorSpec({3})}});
  CHECK_THROWS_AS(two(TensorList{ones({2})}), ValueError);
  CHECK_THROWS_WITH(two(TensorList{ones({2})}), Contains("2 tensors") && Contains("received 1"));
  CHECK_THROWS_AS(two(TensorList{ones({2}), ones({4})}), ShapeError);
}

TEST_CASE("a tensor of another trace is refused") {
  Tensor leaked;
  const Function first = function([&](const Tensor& x) { return leaked = x + 1.0; });
  first(constant(1.0));
  const Function second = function([&](const Tensor& x) { return x * leaked; });
  CHECK_THROWS_AS(second(constant(1.0)), StateError);
  CHECK_THROWS_WITH(second(constant(1.0)), Contains("Mul") && Contains("another trace"));
}

TEST_CASE("an error inside a graph names the function and the node, and undoes the step") {
  Variable count(0.0), table(constant({1.0, 2.0, 3.0}));
  const Function f = function(
      [&](const Tensor& index) {
        count.assign_add(1.0);
        table.assign(table * 2.0);
        return gather(table, index);
      },
      {.name = "look_up"});
  CHECK(f(constant({0, 2})).to_vector<double>() == std::vector<double>{2, 6});
  CHECK_THROWS_AS(f(constant({0, 3})), ValueError);
  CHECK_THROWS_WITH(f(constant({0, 3})), Contains("look_up") && Contains("gather_v2_") && Contains("3"));
  CHECK(count.peek().item<double>() == 1);
  CHECK(table.peek().to_vector<double>() == std::vector<double>{2, 4, 6});
  CHECK(f(constant({1, 2})).to_vector<double>() == std::vector<double>{8, 12});
}

TEST_CASE("an error behind an effect takes the effect back") {
  Variable v(constant({1.0, 2.0}), {.name = "v"});
  optimizers::SGD optimizer({.learning_rate = 0.5});
  const Function f = function([&](const Tensor& index) {
    optimizer.apply_gradients({{ones({2}, float64), v}});
    return gather(v, index);  // reads what the step has made
  });
  CHECK(f(constant({1})).to_vector<double>() == std::vector<double>{1.5});
  CHECK_THROWS_AS(f(constant({2})), ValueError);
  CHECK(v.peek().to_vector<double>() == std::vector<double>{0.5, 1.5});
  CHECK(optimizer.iterations().peek().item<int64_t>() == 1);
  CHECK(f(constant({1})).to_vector<double>() == std::vector<double>{1});
}

TEST_CASE("a shape that does not fit in a graph of unknown extents names the node") {
  const Function f = function([](const Tensor& a, const Tensor& b) { return a * b; },
                              {.input_signature = {TensorSpec({-1}), TensorSpec({-1})}, .name = "product"});
  CHECK(f(ones({3}), ones({3})).shape() == Shape({3}));
  CHECK(f(ones({1}), ones({3})).shape() == Shape({3}));
  CHECK_THROWS_AS(f(ones({2}), ones({3})), ShapeError);
  CHECK_THROWS_WITH(f(ones({2}), ones({3})), Contains("product") && Contains("(2,)") && Contains("(3,)"));
}

TEST_CASE("assigning a wrong shape in a trace names the variable") {
  Variable v(zeros({2, 2}), {.name = "state"});
  const Function f = function([&](const Tensor& x) {
    v.assign(x);
    return x;
  });
  CHECK_THROWS_AS(f(zeros({3})), ShapeError);
  CHECK_THROWS_WITH(f(zeros({3})), Contains("state") && Contains("(2, 2)") && Contains("(3,)"));
  CHECK_THROWS_AS(f(zeros({2, 2}, float64)), DTypeError);
  const Function open = function(
      [&](const Tensor& x) {
        v.assign(x);
        return x;
      },
      {.input_signature = {TensorSpec({-1, 2})}});
  open(ones({2, 2}));
  CHECK(v.peek().to_vector<float>() == std::vector<float>{1, 1, 1, 1});
  CHECK_THROWS_AS(open(zeros({3, 2})), ShapeError);
  CHECK(v.peek().to_vector<float>() == std::vector<float>{1, 1, 1, 1});
}

TEST_CASE("a function that calls itself without end is refused") {
  std::optional<Function> f;
  f.emplace(function([&](const Tensor& x) { return (*f)(x + 1.0); }, {.name = "endless"}));
  CHECK_THROWS_AS((*f)(constant(1.0)), StateError);
  CHECK_THROWS_WITH((*f)(constant(1.0)), Contains("endless") && Contains("while_loop"));
}

TEST_CASE("numbers that a parameter cannot hold are refused") {
  const Function f = function([](int n) { return zeros({n}); }, {.name = "make"});
  CHECK_THROWS_AS(f(1.5), ValueError);
  CHECK_THROWS_WITH(f(1.5), Contains("make (") && Contains("argument 0") && Contains("received 1.5"));
  CHECK_THROWS_WITH(f(int64_t{1} << 33), Contains("2147483647") && Contains("received 8589934592"));
  CHECK_THROWS_AS(f(1e300), ValueError);
  CHECK_THROWS_AS(f(std::nan("")), ValueError);
  CHECK_THROWS_AS(f(uint64_t{1} << 63), ValueError);
  CHECK(f(int64_t{3}).shape() == Shape({3}));
  CHECK(f(2.0).shape() == Shape({2}));
  CHECK(f(true).shape() == Shape({1}));
  run_functions_eagerly(true);
  CHECK_THROWS_WITH(f(1.5), Contains("make (") && Contains("argument 0"));
  run_functions_eagerly(false);

  const Function g = function([](const Tensor& x, uint8_t a, bool b, float c) { return b ? x * c + a : x; });
  const Tensor x = constant(1.f);
  CHECK(g(x, 255, 1, 0.1).item<float>() == 0.1f + 255);
  CHECK(g(x, 255, true, 2.f).item<float>() == 257);
  CHECK_THROWS_WITH(g(x, -1, true, 1.f), Contains("argument 1"));
  CHECK_THROWS_WITH(g(x, 1, 2, 1.f), Contains("argument 2"));
  CHECK_THROWS_WITH(g(x, 1, true, 1e39), Contains("argument 3") && Contains("float"));
}

TEST_CASE("empty functions are refused") {
  CHECK_THROWS_AS(function(std::function<Tensor(const Tensor&)>{}), ValueError);
  CHECK_THROWS_WITH(function(std::function<Tensor(const Tensor&)>{}, {.name = "none"}), Contains("none ("));
  Tensor (*pointer)(const Tensor&) = nullptr;
  CHECK_THROWS_AS(function(pointer), ValueError);
  const std::function<Tensor(const Tensor&)> full = [](const Tensor& x) { return x + 1.f; };
  CHECK(function(full)(constant(1.f)).item<float>() == 2);
}
