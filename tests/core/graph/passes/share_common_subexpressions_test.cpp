#include "core/graph/passes/pass_checks.h"

using namespace cornu;
using namespace cornu::pass_checks;

namespace {

constexpr auto share_pass = passes::share_common_subexpressions;

}  // namespace

TEST_CASE("equal operations on equal inputs are computed once") {
  const Graph graph =
      check(share_pass,
            [](const TensorList& t) {
              return TensorList{tanh(t[0] + 1) * tanh(t[0] + 1), reduce_sum(t[0], 0), reduce_sum(t[0], 0)};
            },
            {constant({{1.f, 2.f}})});
  CHECK(count(graph, "Tanh") == 1);
  CHECK(count(graph, "Add") == 1);
  CHECK(count(graph, "Sum") == 1);
  CHECK(count(graph, "Const") == 1);
}

TEST_CASE("other attributes, inputs, dtypes or orders make another value") {
  const Graph graph = check(share_pass,
                            [](const TensorList& t) {
                              return TensorList{reduce_sum(t[0], 0), reduce_sum(t[0], 1), t[0] - t[1],
                                                t[1] - t[0],         cast(t[0], int32),   cast(t[0], int64)};
                            },
                            {constant({{1.f, 2.f}}), constant({{3.f, 4.f}})});
  CHECK(count(graph, "Sum") == 2);
  CHECK(count(graph, "Sub") == 2);
  CHECK(count(graph, "Cast") == 2);
}

TEST_CASE("constants that differ in a zero's sign, in shape or in dtype stay apart") {
  const Graph graph = check(share_pass,
                            [](const TensorList& t) {
                              return TensorList{t[0] / 0.f, t[0] / -0.f, t[0] + zeros({1}), t[0] + zeros({1, 1})};
                            },
                            {constant({1.f, 2.f})});
  CHECK(count(graph, "Const") == 4);
}

TEST_CASE("a variable is read once as long as it does not change") {
  Variable v(1.f);
  const Graph graph = trace({{{}, float32}}, [&](const TensorList& t) {
    const Tensor before = v * t[0] + v * t[0];
    v.assign(before);
    return TensorList{before, v + 0.5f};
  });
  const Graph shared = share_pass(graph);
  shared.verify();
  CHECK(count(shared, "Mul") == 1);
  CHECK(count(shared, "ReadVariableOp") == 1);
  CHECK(count(shared, "AssignVariableOp") == 1);
  const TensorList results = run(shared, {constant(3.f)});
  CHECK(results[0].item<float>() == 6);
  CHECK(results[1].item<float>() == 6.5f);
  CHECK(v.value().item<float>() == 6);
}

TEST_CASE("effects stay as many as they are, and what they change is read anew") {
  Variable v(1.f);
  auto effect = std::make_shared<Effect>();
  effect->name = "Increment";
  effect->changes = {v};
  effect->run = [v](std::span<const Tensor* const>, std::span<Tensor>) { v.assign(v.peek() + 1); };
  const Graph graph = trace({}, [&](const TensorList&) {
    const Tensor first = v * 10;
    tracing()->add_effect(effect, {});
    const Tensor second = v * 10;
    tracing()->add_effect(effect, {});
    return TensorList{first, second, v * 10};
  });
  const Graph shared = share_pass(graph);
  shared.verify();
  CHECK(count(shared, "Increment") == 2);
  CHECK(count(shared, "ReadVariableOp") == 3);
  const TensorList results = run(shared, {});
  CHECK(results[0].item<float>() == 10);
  CHECK(results[1].item<float>() == 20);
  CHECK(results[2].item<float>() == 30);
}
