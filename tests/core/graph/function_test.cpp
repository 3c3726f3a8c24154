#include <atomic>
#include <thread>

#include "core/graph/graph_checks.h"
#include <cornu/config.h>

using namespace cornu;

namespace {

Tensor numbers(std::initializer_list<double> values) { return constant(values); }

}  // namespace

TEST_CASE("a function is traced once a signature") {
  int traced = 0;
  const Function f = function([&](const Tensor& x) {
    ++traced;
    return x * 2.f + 1.f;
  });
  CHECK(f(constant({1.f, 2.f})).to_vector<float>() == std::vector<float>{3, 5});
  CHECK(f(constant({3.f, 4.f})).to_vector<float>() == std::vector<float>{7, 9});
  CHECK(traced == 1);
  f(constant({1.f, 2.f, 3.f}));
  CHECK(traced == 2);
  CHECK(f(constant({1.0, 2.0})).dtype() == float64);
  CHECK(traced == 3);
  CHECK(f.trace_count() == 3);
}

TEST_CASE("plain values are part of the signature") {
  int traced = 0;
  const Function f = function([&](const Tensor& x, int64_t power, bool negate, const std::string& name) {
    ++traced;
    Tensor y = pow(x, power);
    if (name == "relu") y = relu(y);
    return negate ? -y : y;
  });
  const Tensor x = numbers({-1, 2});
  CHECK(f(x, 3, false, "none").to_vector<double>() == std::vector<double>{-1, 8});
  CHECK(f(x, 3, true, "none").to_vector<double>() == std::vector<double>{1, -8});
  CHECK(f(x, 3, true, "relu").to_vector<double>() == std::vector<double>{0, -8});
  CHECK(f(x, 3, true, std::string("relu")).to_vector<double>() == std::vector<double>{0, -8});
  CHECK(traced == 3);
}

TEST_CASE("texts are compared by what they say, not by where they lie") {
  std::vector<std::string> seen;
  const Function f = function([&](const Tensor& x, std::string_view mode) {
    seen.emplace_back(mode);
    return mode == "double" ? x + x : x;
  });
  std::string mode = "double";
  CHECK(f(numbers({1}), mode).to_vector<double>() == std::vector<double>{2});
  mode = "single";
  CHECK(f(numbers({1}), mode).to_vector<double>() == std::vector<double>{1});
  CHECK(f(numbers({3}), "double").to_vector<double>() == std::vector<double>{6});
  CHECK(seen == std::vector<std::string>{"double", "single"});
}

TEST_CASE("functions take and give structures of tensors") {
  const auto sums = function([](const TensorList& list, const Tensor& factor) {
    TensorList products;
    for (const Tensor& x : list) products.push_back(x * factor);
    return std::pair(products, std::map<std::string, Tensor>{{"sum", reduce_sum(products[0])}});
  });
  const auto [products, named] = sums(TensorList{numbers({1, 2}), numbers({3})}, constant(2.0));
  CHECK(products[0].to_vector<double>() == std::vector<double>{2, 4});
  CHECK(products[1].to_vector<double>() == std::vector<double>{6});
  CHECK(named.at("sum").item<double>() == 6);

  Variable total(0.0);
  const auto count = function([&](const Tensor& x) { total.assign_add(reduce_sum(x)); });
  count(numbers({1, 2}));
  count(numbers({3, 4}));
  CHECK(total.peek().item<double>() == 10);
}

TEST_CASE("a missing gradient stays missing") {
  Variable used(2.0), unused(3.0);
  const auto gradients = function([&](const Tensor& x) {
    GradientTape tape;
    return tape.gradient(x * used, std::vector{used, unused});
  });
  for (int i = 0; i < 2; ++i) {
    const TensorList both = gradients(constant(5.0));
    CHECK(both[0].item<double>() == 5);
    CHECK_FALSE(both[1].defined());
  }
}

TEST_CASE("unknown extents take any") {
  int traced = 0;
  const Function f = function(
      [&](const Tensor& x) {
        ++traced;
        return reduce_mean(reshape(x, {x.shape()[0], -1}) * 2, 0) + zeros({x.shape()[0], 1}, float64);
      },
      {.input_signature = {TensorSpec({-1, 2, 2}, float64)}});
  for (const int64_t batch : {1, 7, 3}) {
    const Tensor x = random::normal({batch, 2, 2}, {.dtype = float64, .seed = 3});
    check_equal({f(x)}, {reduce_mean(reshape(x, {batch, 4}) * 2, 0) + zeros({batch, 1}, float64)});
  }
  CHECK(traced == 1);
  CHECK_THROWS_AS(f(zeros({7, 3, 2}, float64)), ShapeError);
  CHECK_THROWS_WITH(f(zeros({7, 3, 2}, float64)), Catch::Contains("(None, 2, 2)") && Catch::Contains("(7, 3, 2)"));
  CHECK_THROWS_AS(f(zeros({7, 2, 2}, float32)), DTypeError);
  CHECK_THROWS_AS(f(zeros({7, 4}, float64)), ShapeError);
}

TEST_CASE("reduce_retracing leaves open what differs") {
  const Function f = function([](const Tensor& x) { return reduce_sum(x, 0); }, {.reduce_retracing = true});
  for (const int64_t n : {2, 3, 4, 5, 6}) CHECK(f(ones({n, 2})).to_vector<float>()[0] == static_cast<float>(n));
  CHECK(f.trace_count() == 2);
}

TEST_CASE("variables are captured by reference, in the order of the program") {
  Variable a(1.0), b(10.0);
  const auto run = [&](const Tensor& x) {
    const Tensor before = a.value();
    a.assign(x + b);
    b.assign_add(a);
    const Tensor between = a * b;
    a.assign_sub(1.0);
    return TensorList{before, between, a.value(), b.value()};
  };
  const auto traced = function(run);
  for (int i = 0; i < 3; ++i) {
    const double a0 = a.peek().item<double>(), b0 = b.peek().item<double>();
    const TensorList eager = run(constant(2.5));
    const double a1 = a.peek().item<double>(), b1 = b.peek().item<double>();
    a.assign(constant(a0)), b.assign(constant(b0));
    check_equal(traced(constant(2.5)), eager);
    CHECK(a.peek().item<double>() == a1);
    CHECK(b.peek().item<double>() == b1);
  }
  a.assign(100.0);
  CHECK(traced(constant(0.0))[0].item<double>() == 100);
}

TEST_CASE("values that were handed out stay as they were") {
  Variable v(numbers({1, 2}));
  const Function next = function([&](const Tensor& x) {
    v.assign(v * x);
    return v.value();
  });
  const Tensor held = v.value(), first = next(constant(2.0)), second = next(constant(2.0));
  CHECK(held.to_vector<double>() == std::vector<double>{1, 2});
  CHECK(first.to_vector<double>() == std::vector<double>{2, 4});
  CHECK(second.to_vector<double>() == std::vector<double>{4, 8});
}

TEST_CASE("random operations draw the numbers of eager code") {
  const auto draw = [](const Tensor& x) {
    return random::normal(x.shape(), {.dtype = float64}) + random::uniform({3}, {.dtype = float64}) * x;
  };
  const Function traced = function(draw);
  const Function open = function(draw, {.input_signature = {TensorSpec({-1, 3}, float64)}});
  const Tensor x = ones({2, 3}, float64);
  set_random_seed(5);
  const TensorList eager = {draw(x), draw(x), draw(x)};
  for (const Function* f : {&traced, &open}) {
    set_random_seed(5);
    check_equal({(*f)(x), (*f)(x), (*f)(x)}, eager);
  }
}

TEST_CASE("functions call functions") {
  int traced = 0;
  Variable scale(2.0);
  const Function inner = function([&](const Tensor& x) {
    ++traced;
    scale.assign_add(1.0);
    return x * scale;
  });
  const Function outer = function([&](const Tensor& x) {
    const Tensor twice = inner(inner(x));
    return twice + inner(x);
  });
  CHECK(outer(constant(1.0)).item<double>() == 3 * 4 + 5);
  CHECK(outer(constant(1.0)).item<double>() == 6 * 7 + 8);
  CHECK(traced == 1);
  CHECK(inner(constant(1.0)).item<double>() == 9);
  CHECK(traced == 1);
}

TEST_CASE("a function made inside a trace may use the tensors around it") {
  const Function outer = function([](const Tensor& x) {
    const Tensor twice = x * 2;
    const Function add = function([&](const Tensor& y) { return y + twice; });
    return add(x) * add(twice);
  });
  CHECK(outer(constant(3.0)).item<double>() == 9 * 12);
}

TEST_CASE("functions can be run eagerly") {
  int traced = 0;
  const Function f = function([&](const Tensor& x) {
    ++traced;
    return x + (x.is_symbolic() ? 0.0 : x.item<double>());
  });
  config::run_functions_eagerly(true);
  CHECK(f(constant(2.0)).item<double>() == 4);
  CHECK(f(constant(3.0)).item<double>() == 6);
  config::run_functions_eagerly(false);
  CHECK(traced == 2);
  CHECK(f(constant(2.0)).item<double>() == 2);
}

TEST_CASE("a concrete function shows its signature, its variables and its graph") {
  Variable w(ones({2, 3}), {.name = "w"});
  const Function f = function([&](const Tensor& x) { return tanh(matmul(x, w)); }, {.name = "model"});
  const ConcreteFunction concrete = f.concrete_function({ones({4, 2})});
  CHECK(concrete.inputs() == std::vector<TensorSpec>{TensorSpec({4, 2})});
  CHECK(concrete.outputs() == std::vector<TensorSpec>{TensorSpec({4, 3})});
  REQUIRE(concrete.captured_variables().size() == 1);
  CHECK(concrete.captured_variables()[0].is_same(w));
  const std::string text = concrete.graph().to_string();
  CHECK(text.find("argument_0: float32 (4, 2) = Placeholder()") != std::string::npos);
  CHECK(text.find("MatMul(argument_0, read_") != std::string::npos);
  CHECK(text.find("return tanh_") != std::string::npos);
  CHECK(concrete.graph().to_dot().find("digraph") == 0);
  CHECK(concrete(ones({4, 2})).shape() == Shape({4, 3}));
  CHECK_THROWS_AS(concrete(ones({3, 2})), ShapeError);
  CHECK_THROWS_WITH(concrete(ones({3, 2})), Catch::Contains("model") && Catch::Contains("(4, 2)"));
  CHECK_THROWS_AS(concrete(ones({4, 2}, float64)), DTypeError);
  CHECK_THROWS_AS(concrete(Tensor()), StateError);
  CHECK_THROWS_AS(concrete(TensorList{}), ValueError);
}

TEST_CASE("one concrete function may be called from several threads at once") {
  Variable w(random::normal({16, 16}, {.dtype = float64, .seed = 1}));
  const Function f = function([&](const Tensor& x) { return tanh(matmul(x, w)) + matmul(tanh(x), w); });
  const Tensor x = random::normal({8, 16}, {.dtype = float64, .seed = 2}), expected = f(x);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) wrong += f(x).to_vector<double>() != expected.to_vector<double>();
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("several threads may ask for a first trace at once") {
  std::atomic<int> traced = 0, wrong = 0;
  const Function f = function([&](const Tensor& x) {
    ++traced;
    return x + 1.0;
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&] { wrong += f(constant(1.0)).item<double>() != 2; });
  for (std::thread& thread : threads) thread.join();
  CHECK(traced == 1);
  CHECK(wrong == 0);
}

TEST_CASE("functions and concrete functions that were moved from can still be used") {
  Function f = function([](const Tensor& x) { return x + 1.0; }, {.name = "plus"});
  const Function g = std::move(f);
  CHECK(f(constant(1.0)).item<double>() == 2);
  CHECK(g.trace_count() == 1);
  CHECK(f.trace_count() == 1);
  CHECK(f.name() == "plus");
  ConcreteFunction concrete = g.concrete_function(constant(1.0));
  const ConcreteFunction other = std::move(concrete);
  CHECK(concrete(constant(2.0)).item<double>() == 3);
  CHECK(other(constant(2.0)).item<double>() == 3);
  concrete = std::move(f).concrete_function(ones({2}));
  CHECK(concrete.inputs()[0].shape == Shape({2}));
}

TEST_CASE("an argument that is NaN is traced once") {
  const Function f = function([](const Tensor& x, double y) { return x * y; });
  CHECK(std::isnan(f(constant(1.0), std::nan("1")).item<double>()));
  CHECK(std::isnan(f(constant(1.0), -std::nan("2")).item<double>()));
  CHECK(f.trace_count() == 1);
  CHECK_FALSE(std::signbit(f(constant(1.0), 0.0).item<double>()));
  CHECK(std::signbit(f(constant(1.0), -0.0).item<double>()));
  CHECK(f.trace_count() == 3);
}
