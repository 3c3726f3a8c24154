#include "core/graph/passes/pass_checks.h"

using namespace cornu;
using namespace cornu::pass_checks;

namespace {

const Tensor x = reshape(linspace(-2, 2, 24), {4, 6});
const Tensor row = linspace(0.5, 3, 6), column = reshape(linspace(-1, 1, 4), {4, 1});

Graph fuse(const std::function<Tensor(const TensorList&)>& code, const TensorList& inputs = {x, row, column},
           const std::vector<TensorSpec>& specs = {}) {
  return check(
      passes::fuse_elementwise, [&](const TensorList& t) { return TensorList{code(t)}; }, inputs, specs);
}

/// The steps of the only fused node.
std::string steps_of(const Graph& graph) {
  std::string steps;
  for (const Node& node : graph.nodes)
    if (std::string_view(node.type()).starts_with("_Fused")) steps += node.attributes.get<std::string>("steps") + ";";
  return steps;
}

}  // namespace

TEST_CASE("a chain with broadcast inputs becomes one node") {
  const Graph graph = fuse([](const TensorList& t) { return tanh(t[0] * t[1] + t[2]) * 0.5f; });
  CHECK(steps_of(graph) == "Mul Add Tanh Mul;");
  CHECK(graph.to_string().find("steps='Mul Add Tanh Mul'") != std::string::npos);
}

TEST_CASE("branches that meet again are in the group") {
  const Graph graph = fuse([](const TensorList& t) {
    const Tensor y = exp(t[0]);
    return where(greater(y, t[1]), y - t[2], clip_by_value(y * y, 0.25f, 2.f));
  });
  CHECK(count(graph, "_Fused") == 1);
  CHECK(count(graph, "Exp") + count(graph, "SelectV2") + count(graph, "ClipByValue") == 0);
}

TEST_CASE("a value that others need is computed once, outside the group") {
  const Graph graph = check(passes::fuse_elementwise,
                            [](const TensorList& t) {
                              const Tensor y = exp(t[0] + 1) * 2;
                              return TensorList{tanh(y * 3), y, reduce_max(y)};
                            },
                            {x});
  CHECK(steps_of(graph) == "Add Exp Mul;Mul Tanh;");
}

TEST_CASE("a sum or mean along the last axes joins") {
  CHECK(steps_of(fuse([](const TensorList& t) { return reduce_mean(square(t[0] - t[1])); })) == "Sub Square Mean;");
  CHECK(steps_of(fuse([](const TensorList& t) { return reduce_sum(t[0] * t[2], -1); })) == "Mul Sum;");
  CHECK(steps_of(fuse([](const TensorList& t) { return reduce_sum(t[0] * t[2], -1, {.keepdims = true}); })) ==
        "Mul Sum;");
  CHECK(steps_of(fuse([](const TensorList& t) { return reduce_sum(t[0] * t[2], 0); })).empty());
  CHECK(steps_of(fuse([](const TensorList& t) { return reduce_max(t[0] * t[2], -1); })).empty());
  CHECK(steps_of(fuse([](const TensorList& t) {
          const Tensor y = t[0] * t[1];
          return reduce_sum(y) + y;
        })) == "");
}

TEST_CASE("other shapes, integer divisions and single operations stay") {
  CHECK(steps_of(fuse([](const TensorList& t) { return exp(t[1]) * t[0]; })).empty());
  CHECK(steps_of(fuse([](const TensorList& t) { return exp(t[0]); })).empty());
  const Tensor whole = cast(x * 10, int32);
  CHECK(steps_of(fuse([](const TensorList& t) { return floor_div(t[0], t[1]) + 1; }, {whole, cast(row * 2, int32)}))
            .empty());
  CHECK(steps_of(fuse([](const TensorList& t) { return floor_div(t[0], t[1]) + 1; })) == "FloorDiv Add;");
}

TEST_CASE("an integer division by zero is still told") {
  const Graph graph = passes::fuse_elementwise(trace(
      {{{2}, int32}, {{2}, int32}}, [](const TensorList& t) { return TensorList{floor_div(t[0] + 1, t[1] * 2) * 3}; }));
  CHECK_THROWS_AS(run(graph, {constant({1, 2}), constant({1, 0})}), ValueError);
}

TEST_CASE("dtypes may change within a group") {
  const Graph graph = fuse([](const TensorList& t) { return cast(greater(t[0], t[1]), float32) * t[0]; });
  CHECK(steps_of(graph) == "Greater Cast Mul;");
}

TEST_CASE("a group of unknown extents runs with any") {
  const std::vector<TensorSpec> open = {{{-1, 6}, float32}, {{6}, float32}, {{-1, 1}, float32}};
  const auto code = [](const TensorList& t) { return reduce_mean(square(t[0] * t[1]) * t[0], -1); };
  CHECK(steps_of(fuse(code, {x, row, column}, open)) == "Mul Square Mul Mean;");
  fuse(code, {zeros({0, 6}), row, zeros({0, 1})}, open);
}

TEST_CASE("a group comes after all of its inputs and before its users") {
  Variable v(1.f);
  const Graph graph = trace({x.spec()}, [&](const TensorList& t) {
    const Tensor y = t[0] * 2;
    const Tensor before = v.value();
    v.assign(reduce_sum(t[0]) + 5);
    const Tensor z = y * before + v;
    return TensorList{reduce_max(z), z - 1};
  });
  const Graph fused = passes::fuse_elementwise(graph);
  fused.verify();
  v.assign(constant(1.f));
  const TensorList expected = replay(graph, {x});
  v.assign(constant(1.f));
  const TensorList received = run(fused, {x});
  CHECK(is_identical(received[0], expected[0]));
  CHECK(is_identical(received[1], expected[1]));
  CHECK(count(fused, "_Fused") == 1);
}

TEST_CASE("chains longer than a program and groups with many inputs are cut") {
  const Graph long_chain = fuse([](const TensorList& t) {
    Tensor y = t[0];
    for (int i = 0; i < 100; ++i) y = y * 0.9f + 0.1f;
    return y;
  });
  CHECK(count(long_chain, "_Fused") >= 3);
  CHECK(count(long_chain, "Mul") + count(long_chain, "Add") <= 1);
  TensorList many;
  for (int i = 0; i < 40; ++i) many.push_back(x + static_cast<float>(i));
  const Graph wide = fuse(
      [](const TensorList& t) {
        Tensor y = t[0];
        for (size_t i = 1; i < t.size(); ++i) y = y * t[i];
        return y;
      },
      many);
  CHECK(count(wide, "_Fused") == 3);
}
