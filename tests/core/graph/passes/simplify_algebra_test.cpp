#include "core/graph/passes/pass_checks.h"

using namespace cornu;
using namespace cornu::pass_checks;

namespace {

Tensor values() { return constant({{-1.5f, 2.f, 3.f}, {4.f, -5.25f, 6.f}}); }

/// How many operations are left of `code` on a matrix.
int64_t left_of(const std::function<Tensor(const Tensor&)>& code) {
  const Graph graph =
      check(passes::simplify_algebra, [&](const TensorList& x) { return TensorList{code(x[0])}; }, {values()});
  int64_t operations = 0;
  for (const Node& node : graph.nodes) operations += node.kind == Node::Kind::operation;
  return operations;
}

}  // namespace

TEST_CASE("neutral elements are dropped") {
  CHECK(left_of([](const Tensor& x) { return x + 0; }) == 0);
  CHECK(left_of([](const Tensor& x) { return 0 + x; }) == 0);
  CHECK(left_of([](const Tensor& x) { return x - 0; }) == 0);
  CHECK(left_of([](const Tensor& x) { return x * 1; }) == 0);
  CHECK(left_of([](const Tensor& x) { return ones({2, 3}) * x; }) == 0);
  CHECK(left_of([](const Tensor& x) { return x / 1; }) == 0);
  CHECK(left_of([](const Tensor& x) { return pow(x, 1); }) == 0);
  CHECK(left_of([](const Tensor& x) { return -(-x); }) == 0);
  CHECK(left_of([](const Tensor& x) { return -(-(-x)); }) == 1);
}

TEST_CASE("what is not neutral stays") {
  CHECK(left_of([](const Tensor& x) { return 0 - x; }) == 1);
  CHECK(left_of([](const Tensor& x) { return 1 / x; }) == 1);
  CHECK(left_of([](const Tensor& x) { return x * 0; }) == 1);
  CHECK(left_of([](const Tensor& x) { return x * constant({1.f, 1.f, 2.f}); }) == 1);
}

TEST_CASE("a neutral element that broadcasts the other side stays") {
  CHECK(left_of([](const Tensor& x) { return x + zeros({4, 2, 3}); }) == 1);
  CHECK(left_of([](const Tensor& x) { return x * ones({1, 2, 3}); }) == 1);
}

TEST_CASE("views and moves that change nothing are dropped, others are one") {
  CHECK(left_of([](const Tensor& x) { return reshape(x, {2, 3}); }) == 0);
  CHECK(left_of([](const Tensor& x) { return reshape(reshape(x, {6}), {2, 3}); }) == 1);
  CHECK(left_of([](const Tensor& x) { return reshape(reshape(x, {3, 2}), {6}); }) == 1);
  CHECK(left_of([](const Tensor& x) { return transpose(transpose(x)); }) == 0);
  CHECK(left_of([](const Tensor& x) { return transpose(x, {0, 1}); }) == 0);
  CHECK(left_of([](const Tensor& x) {
          return transpose(transpose(reshape(x, {1, 2, 3}), {1, 2, 0}), {1, 0, 2});  // (2, 3, 1), then (3, 2, 1)
        }) == 2);
  CHECK(left_of([](const Tensor& x) { return identity(stop_gradient(identity(x))); }) == 0);
  CHECK(left_of([](const Tensor& x) { return broadcast_to(broadcast_to(x, {1, 2, 3}), {4, 2, 3}); }) == 1);
  CHECK(left_of([](const Tensor& x) { return cast(cast(x, float64), float32); }) == 2);
}

TEST_CASE("operations that broadcast by themselves get their inputs unbroadcast") {
  const Tensor x = values();
  const Graph graph = check(passes::simplify_algebra,
                            [](const TensorList& t) {
                              return TensorList{t[0] * broadcast_to(t[1], {2, 3}), t[0] + full({2, 3}, 7)};
                            },
                            {x, constant({{2.f}, {3.f}})});
  CHECK(count(graph, "BroadcastTo") == 0);
  for (const Node& node : graph.nodes)
    if (node.kind == Node::Kind::constant) CHECK(node.constant.size() == 1);
}

TEST_CASE("a broadcast that gives the result its shape stays") {
  const Graph graph = check(passes::simplify_algebra,
                            [](const TensorList& t) {
                              const Tensor a = broadcast_to(t[0], {5, 2, 3}), b = broadcast_to(t[1], {5, 2, 3});
                              return TensorList{a + b};
                            },
                            {values(), constant({{2.f}, {3.f}})});
  CHECK(count(graph, "BroadcastTo") == 1);
}

TEST_CASE("unknown extents are compared by name") {
  const std::vector<TensorSpec> open = {{{-1, 3}, float32}};
  const auto same = [](const TensorList& t) {
    return TensorList{ones_like(t[0]) * t[0], zeros_like(t[0]) + t[0], reshape(t[0], t[0].shape()),
                      broadcast_to(full({}, 2), t[0].shape()) * t[0]};
  };
  const Graph graph = check(passes::simplify_algebra, same, {values()}, open);
  CHECK(count(graph, "Fill") + count(graph, "Reshape") + count(graph, "BroadcastTo") == 0);
  CHECK(count(graph, "Mul") == 1);

  const std::vector<TensorSpec> two = {{{-1, 3}, float32}, {{-1, 3}, float32}};
  const auto other = [](const TensorList& t) { return TensorList{ones_like(t[0]) * t[1]}; };
  CHECK(count(check(passes::simplify_algebra, other, {values(), values()}, two), "Mul") == 1);
  check(passes::simplify_algebra, other, {values(), ones({1, 3})}, two);
}

TEST_CASE("custom gradients are left out, after they were used") {
  const auto square = custom_gradient([](const Tensor& x) {
    return with_gradient(x * x, [x](const Tensor& upstream) { return TensorList{upstream * 100 * x}; });
  });
  const Graph graph = check(passes::simplify_algebra,
                            [&](const TensorList& t) {
                              GradientTape tape;
                              tape.watch(t[0]);
                              const Tensor y = square(t[0]);
                              return TensorList{y, tape.gradient(y, t[0])};
                            },
                            {values()});
  CHECK(count(graph, "CustomGradient") + count(graph, "_TracedCustomGradient") == 0);
}
