#include <sstream>

#include <catch2/catch.hpp>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>

using namespace cornu;
using Catch::Matchers::Contains;

TEST_CASE("a variable holds a value that can be replaced") {
  Variable x(constant({1.f, 2.f}), {.name = "x"});
  CHECK(x.name() == "x");
  CHECK(x.path() == "x");
  CHECK(x.trainable());
  CHECK(x.shape() == Shape({2}));
  x.assign(constant({3.f, 4.f}));
  CHECK(x.value().to_vector<float>() == std::vector<float>{3, 4});
  x.assign_add(constant({1.f, 1.f})).assign_sub(constant({0.5f, 0.f}));
  CHECK(x.value().to_vector<float>() == std::vector<float>{3.5, 5});
}

TEST_CASE("handles of a variable share its value") {
  Variable a(1.f), b = a;
  b.assign(2.f);
  CHECK(a.value().item<float>() == 2);
  CHECK(a.is_same(b));
  CHECK_FALSE(a.is_same(Variable(2.f)));
}

TEST_CASE("values that were read stay as they were") {
  Variable x(constant({1.f, 2.f}));
  const Tensor before = x;
  x.assign_add(constant({1.f, 1.f}));
  static_cast<float*>(x.update_in_place())[0] = 7;
  CHECK(before.to_vector<float>() == std::vector<float>{1, 2});
  CHECK(x.value().to_vector<float>() == std::vector<float>{7, 3});
}

TEST_CASE("a variable does not change the tensor that it began with") {
  const Tensor initial = constant({1.f, 2.f});
  Variable x(initial);
  static_cast<float*>(x.update_in_place())[1] = 9;
  CHECK(initial.to_vector<float>() == std::vector<float>{1, 2});
  const Tensor other = constant({5.f, 6.f});
  x.assign(other);
  static_cast<float*>(x.update_in_place())[1] = 9;
  CHECK(other.to_vector<float>() == std::vector<float>{5, 6});
}

TEST_CASE("an update in place keeps the buffer when nobody else holds it, and gives the value a new identity") {
  Variable x(zeros({100}));
  x.update_in_place();
  const void* const buffer = x.peek().raw_data();
  const uint64_t id = x.peek().id();
  CHECK(x.update_in_place() == buffer);
  CHECK(x.peek().id() != id);
}

TEST_CASE("numbers are assigned in the variable's dtype") {
  Variable count(int32_t{1});
  CHECK(count.dtype() == int32);
  count.assign(5).assign_add(2);
  CHECK(count.value().item<int32_t>() == 7);
}

TEST_CASE("what is added or subtracted may broadcast") {
  Variable x(zeros({2, 3}));
  x.assign_add(1).assign_add(constant({1.f, 2.f, 3.f})).assign_sub(constant({{0.f}, {1.f}}));
  CHECK(x.value().to_vector<float>() == std::vector<float>{2, 3, 4, 1, 2, 3});
  CHECK_THROWS_AS(x.assign_add(zeros({2, 2, 3})), ShapeError);
  CHECK_THROWS_AS(x.assign_sub(zeros({2})), ShapeError);
  CHECK_THROWS_AS(x.assign(1), ShapeError);
}

TEST_CASE("a wrong assignment names the variable and changes nothing") {
  Variable x(zeros({2, 3}), {.name = "kernel"});
  x.set_path("mlp/dense/kernel");
  CHECK_THROWS_AS(x.assign(ones({3, 2})), ShapeError);
  CHECK_THROWS_WITH(x.assign(ones({3, 2})), Contains("mlp/dense/kernel") && Contains("(2, 3)") && Contains("(3, 2)"));
  CHECK_THROWS_AS(x.assign_add(ones({2, 3}, int32)), DTypeError);
  CHECK_THROWS_WITH(x.assign_sub(ones({2, 3}, float64)), Contains("float32") && Contains("float64"));
  CHECK_THROWS_AS(x.assign(Tensor()), StateError);
  CHECK(x.value().to_vector<float>() == std::vector<float>(6, 0.f));
}

TEST_CASE("a variable without a value says so") {
  Variable none;
  CHECK_FALSE(none.defined());
  CHECK_THROWS_AS(none.value(), StateError);
  CHECK_THROWS_AS(none.shape(), StateError);
  CHECK_THROWS_AS(none.assign(1.f), StateError);
  CHECK_THROWS_AS(Variable(Tensor()), StateError);
  CHECK_THROWS_AS(Variable(Tensor::symbolic({{2}, float32})), StateError);
}

TEST_CASE("zip pairs gradients and variables") {
  Variable a(1.f), b(2.f);
  const auto pairs = zip({constant(3.f), Tensor()}, {a, b});
  CHECK(pairs[0].first.item<float>() == 3);
  CHECK(pairs[1].second.is_same(b));
  CHECK_FALSE(pairs[1].first.defined());
  CHECK_THROWS_AS(zip({constant(1.f)}, {a, b}), ValueError);
}

TEST_CASE("a variable prints its path and value") {
  Variable x(constant({1.f, 2.f}), {.name = "bias", .trainable = false});
  std::ostringstream text;
  text << x;
  CHECK_THAT(text.str(), Contains("bias") && Contains("shape=(2,)") && Contains("trainable=False"));
}
