#include <cmath>
#include <map>
#include <thread>

#include <catch2/catch.hpp>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/operation.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>

using namespace cornu;
using Catch::Matchers::Contains;

TEST_CASE("a tape differentiates what was computed from variables") {
  Variable x(3.f);
  GradientTape tape;
  const Tensor y = square(x) * x + 2.f * x;
  CHECK(tape.gradient(y, x).item<float>() == 29);  // 3 x^2 + 2
}

TEST_CASE("a tape answers once unless it is persistent") {
  Variable x(3.f);
  GradientTape tape;
  const Tensor y = square(x);
  tape.gradient(y, x);
  CHECK_THROWS_AS(tape.gradient(y, x), StateError);
  CHECK_THROWS_WITH(tape.gradient(y, x), Contains("persistent"));

  GradientTape persistent({.persistent = true});
  const Tensor z = square(x), w = z * x;
  CHECK(persistent.gradient(z, x).item<float>() == 6);
  CHECK(persistent.gradient(w, x).item<float>() == 27);
  CHECK(persistent.gradient(w, z).item<float>() == 3);
}

TEST_CASE("after its answer a tape stops recording") {
  Variable x(3.f);
  GradientTape tape;
  const Tensor y = square(x);
  CHECK(recorders().size() == 1);
  tape.gradient(y, x);
  CHECK(recorders().empty());
}

TEST_CASE("gradients come in the structure of their sources") {
  Variable a(2.f), b(3.f);
  GradientTape tape({.persistent = true});
  const Tensor y = a * a * b;
  const std::vector<Tensor> list = tape.gradient(y, std::vector{a, b});
  CHECK(list[0].item<float>() == 12);
  CHECK(list[1].item<float>() == 4);
  const std::map<std::string, Tensor> map = tape.gradient(y, std::map<std::string, Variable>{{"a", a}, {"b", b}});
  CHECK(map.at("b").item<float>() == 4);
  const std::vector<std::vector<Tensor>> nested = tape.gradient(y, std::vector<std::vector<Variable>>{{a}, {b, a}});
  CHECK(nested[1][1].item<float>() == 12);
  const auto [first, second] = tape.gradient(y, std::pair{b, std::vector{a}});
  CHECK(first.item<float>() == 4);
  CHECK(second[0].item<float>() == 12);
  const auto tuple = tape.gradient(y, std::tuple{a, y, b});
  CHECK(std::get<1>(tuple).item<float>() == 1);
  CHECK(std::get<2>(tuple).item<float>() == 4);
}

TEST_CASE("several targets are summed") {
  Variable x(3.f);
  GradientTape tape({.persistent = true});
  const Tensor y = square(x), z = 5.f * x;
  CHECK(tape.gradient({y, z}, x).item<float>() == 11);
  CHECK(tape.gradient({y, z}, x, {constant(2.f), constant(0.5f)}).item<float>() == 14.5f);
  CHECK_THROWS_AS(tape.gradient({y, z}, x, {constant(2.f)}), ValueError);
}

TEST_CASE("output gradients weigh the target") {
  Variable x(constant({1.f, 2.f, 3.f}));
  GradientTape tape({.persistent = true});
  const Tensor y = square(x);
  CHECK(tape.gradient(y, x, {.output_gradients = constant({1.f, 0.f, -1.f})}).to_vector<float>() ==
        std::vector<float>{2, 0, -6});
  CHECK_THROWS_AS(tape.gradient(y, x, {.output_gradients = constant({1.f})}), ShapeError);
  CHECK_THROWS_AS(tape.gradient(y, x, {.output_gradients = constant({1.0, 0.0, 1.0})}), DTypeError);
}

TEST_CASE("plain tensors are watched on request, integers never") {
  const Tensor x = constant(3.f);
  GradientTape tape({.persistent = true});
  const Tensor unseen = square(x);
  tape.watch(x);
  const Tensor seen = square(x);
  CHECK_FALSE(tape.gradient(unseen, x).defined());
  CHECK(tape.gradient(seen, x).item<float>() == 6);
  CHECK_THROWS_AS(tape.watch(constant(3)), DTypeError);
  CHECK_THROWS_AS(tape.watch(Variable(int64_t{3})), DTypeError);
  CHECK_THROWS_AS(tape.gradient(constant(3), x), DTypeError);
}

TEST_CASE("only trainable variables are watched by themselves") {
  Variable frozen(2.f, {.trainable = false}), x(3.f);
  {
    GradientTape tape({.persistent = true});
    const Tensor y = frozen * x;
    CHECK_FALSE(tape.gradient(y, frozen).defined());
    CHECK(tape.gradient(y, x).item<float>() == 2);
    CHECK(tape.watched_variables().size() == 1);
  }
  GradientTape manual({.persistent = true, .watch_accessed_variables = false});
  manual.watch(frozen);
  const Tensor y = frozen * x;
  CHECK(manual.gradient(y, frozen).item<float>() == 3);
  CHECK_FALSE(manual.gradient(y, x).defined());
}

TEST_CASE("a source that the target does not depend on has no gradient, or zeros") {
  Variable x(1.f), unused(constant({1.f, 2.f}));
  GradientTape tape({.persistent = true});
  const Tensor y = square(x);
  CHECK_FALSE(tape.gradient(y, unused).defined());
  CHECK(tape.gradient(y, unused, {.unconnected_gradients = UnconnectedGradients::zero}).to_vector<float>() ==
        std::vector<float>{0, 0});
}

TEST_CASE("nested tapes give derivatives of any order") {
  Variable x(2.f);
  GradientTape first;
  Tensor d3;
  {
    GradientTape second;
    Tensor d2;
    {
      GradientTape third;
      const Tensor y = square(square(x));  // x^4
      d2 = third.gradient(y, x);           // 4 x^3
    }
    d3 = second.gradient(d2, x);  // 12 x^2
    CHECK(d2.item<float>() == 32);
  }
  CHECK(d3.item<float>() == 48);
  CHECK(first.gradient(d3, x).item<float>() == 48);  // 24 x
}

TEST_CASE("a persistent tape differentiates its own gradients") {
  Variable x(2.f);
  GradientTape tape({.persistent = true});
  const Tensor y = x * x * x;
  const Tensor dy = tape.gradient(y, x);
  CHECK(dy.item<float>() == 12);
  CHECK(tape.gradient(dy, x).item<float>() == 12);
}

TEST_CASE("recording stops and starts again") {
  Variable x(3.f);
  GradientTape tape({.persistent = true});
  Tensor hidden;
  const Tensor y = tape.stop_recording([&] {
    hidden = square(x);
    return hidden;
  });
  CHECK_FALSE(tape.gradient(y, x).defined());
  CHECK(tape.gradient(square(x), x).item<float>() == 6);

  tape.reset();
  CHECK(tape.watched_variables().empty());
  CHECK(tape.gradient(2.f * x, x).item<float>() == 2);
}

TEST_CASE("a gradient flows to the value that was read, whatever is assigned later") {
  Variable x(3.f);
  GradientTape tape;
  const Tensor y = square(x);
  x.assign(100.f);
  const Tensor z = y + 2.f * x;
  CHECK(z.item<float>() == 209);
  CHECK(tape.gradient(z, x).item<float>() == 8);  // 2 * 3 through y, 2 through the later value
}

TEST_CASE("broadcast operands get the sum of their gradients") {
  Variable matrix(ones({2, 3})), row(constant({1.f, 2.f, 3.f})), column(constant({{1.f}, {2.f}})), number(2.f);
  GradientTape tape;
  const Tensor y = reduce_sum(matrix * row * column + number);
  const auto gradients = tape.gradient(y, std::vector{row, column, number});
  CHECK(gradients[0].to_vector<float>() == std::vector<float>{3, 3, 3});
  CHECK(gradients[1].shape() == Shape({2, 1}));
  CHECK(gradients[1].to_vector<float>() == std::vector<float>{6, 6});
  CHECK(gradients[2].item<float>() == 6);
}

TEST_CASE("jacobians hold the derivative of each element") {
  Variable x(constant({1.f, 2.f})), w(constant({{1.f, 2.f}, {3.f, 4.f}, {5.f, 6.f}}));
  GradientTape tape({.persistent = true});
  const Tensor y = square(x);
  CHECK(tape.jacobian(y, x).to_vector<float>() == std::vector<float>{2, 0, 0, 4});
  const Tensor z = reshape(matmul(w, reshape(x, {2, 1})), {3});
  CHECK(tape.jacobian(z, x).shape() == Shape({3, 2}));
  CHECK(tape.jacobian(z, x).to_vector<float>() == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(tape.jacobian(z, w).shape() == Shape({3, 3, 2}));
  CHECK_FALSE(tape.jacobian(y, w).defined());
  CHECK(tape.jacobian(y, w, UnconnectedGradients::zero).shape() == Shape({2, 3, 2}));
}

TEST_CASE("the jacobian of an empty target is there where it is connected") {
  const Tensor x = zeros({0, 3}), other = zeros({2});
  GradientTape tape({.persistent = true});
  tape.watch(TensorList{x, other});
  const Tensor y = x * x;
  CHECK(tape.gradient(y, x).shape() == Shape({0, 3}));
  CHECK(tape.jacobian(y, x).shape() == Shape({0, 3, 0, 3}));
  CHECK_FALSE(tape.jacobian(y, other).defined());
  CHECK(tape.jacobian(y, other, UnconnectedGradients::zero).shape() == Shape({0, 3, 2}));
  CHECK(tape.batch_jacobian(y, x).shape() == Shape({0, 3, 3}));

  const Tensor wide = ones({2, 3});
  tape.watch(wide);
  const Tensor none = reshape(wide, {2, 3, 1}) * zeros({2, 3, 0});
  CHECK(tape.jacobian(none, wide).shape() == Shape({2, 3, 0, 2, 3}));
  CHECK(tape.batch_jacobian(none, wide).shape() == Shape({2, 3, 0, 3}));
  CHECK_FALSE(tape.batch_jacobian(none, ones({2, 1})).defined());
}

TEST_CASE("batch jacobians keep the examples apart") {
  const Tensor x = constant({{1.f, 2.f}, {3.f, 4.f}, {5.f, 6.f}});
  GradientTape tape({.persistent = true});
  tape.watch(x);
  const Tensor y = x * x * x;
  const Tensor jacobian = tape.batch_jacobian(y, x);
  CHECK(jacobian.shape() == Shape({3, 2, 2}));
  CHECK(jacobian.to_vector<float>() == std::vector<float>{3, 0, 0, 12, 27, 0, 0, 48, 75, 0, 0, 108});
  CHECK_THROWS_AS(tape.batch_jacobian(reduce_sum(y, 0), x), ShapeError);
  CHECK_FALSE(tape.batch_jacobian(y, ones({3, 1})).defined());
}

namespace {

/// Counts the operations that the gate lets through.
class Counter : public Recorder {
 public:
  Counter() { push_recorder(this); }
  ~Counter() override { remove_recorder(this); }
  void record(const Call& call, std::span<const Tensor>) override { ++counts[call.name()]; }
  void read(const Variable&, const Tensor&) override {}
  std::map<std::string, int> counts;
};

}  // namespace

TEST_CASE("nothing is computed that no source asks for") {
  Variable w(ones({3, 2}));
  const Tensor x = ones({4, 3});
  GradientTape tape;
  const Tensor y = matmul(x, w);
  Counter counter;
  tape.gradient(y, w);
  CHECK(counter.counts["MatMul"] == 1);  // w's gradient alone, not x's
}

TEST_CASE("a tape keeps alive only what its gradients read") {
  Variable x(ones({1000}));
  GradientTape tape;
  Tensor sum = x + 1.f;  // the gradient of a sum reads nothing
  const Tensor product = sum * 2.f;
  CHECK(sum.is_unique());
  CHECK(product.is_unique());
}

TEST_CASE("each thread has its own tapes") {
  Variable x(3.f);
  GradientTape tape({.persistent = true});
  Tensor elsewhere;
  std::thread([&] { elsewhere = square(x); }).join();
  CHECK_FALSE(tape.gradient(elsewhere, x).defined());
  CHECK(tape.gradient(square(x), x).item<float>() == 6);
}

TEST_CASE("tapes may end in another order than they began") {
  Variable x(3.f);
  auto first = std::make_unique<GradientTape>();
  auto second = std::make_unique<GradientTape>();
  const Tensor y = square(x);
  first.reset();
  CHECK(second->gradient(y, x).item<float>() == 6);
  second.reset();
  CHECK(recorders().empty());
}

TEST_CASE("a tape may end on another thread than it was made on") {
  Variable x(3.f);
  auto outer = std::make_unique<GradientTape>();
  auto inner = std::make_unique<GradientTape>();
  const Tensor y = square(x);
  const Tensor z = y * 2.f;
  std::thread([&] { outer.reset(); }).join();
  CHECK(recorders().size() == 1);
  const Tensor sum = y + z;
  CHECK(inner->gradient(sum, x).item<float>() == 18);
  inner->reset();
  std::thread([&] { inner.reset(); }).join();
  CHECK(square(x).item<float>() == 9);
  CHECK(recorders().empty());
}

TEST_CASE("a tape may be asked on another thread, and begin anew there") {
  Variable x(3.f);
  auto tape = std::make_unique<GradientTape>();
  const Tensor y = square(x);
  std::thread([&] {
    CHECK(tape->gradient(y, x).item<float>() == 6);
    tape->reset();
    CHECK(recorders().size() == 1);
    CHECK(tape->gradient(square(x) * x, x).item<float>() == 27);
    CHECK(recorders().empty());
  }).join();
  CHECK(recorders().empty());
}

TEST_CASE("a tape may outlive its thread") {
  Variable x(3.f);
  std::unique_ptr<GradientTape> tape;
  Tensor y;
  std::thread([&] {
    tape = std::make_unique<GradientTape>();
    y = square(x);
  }).join();
  CHECK(tape->gradient(y, x).item<float>() == 6);
  std::thread([&] { tape.reset(); }).join();
  CHECK(recorders().empty());
}
