#include "core/graph/passes/pass_checks.h"

using namespace cornu;
using namespace cornu::pass_checks;

namespace {

int64_t operations_of(const Graph& graph) {
  int64_t operations = 0;
  for (const Node& node : graph.nodes) operations += node.kind == Node::Kind::operation;
  return operations;
}

/// Constants, though the code that makes them is traced: as results of a branch on symbolic tensors would be.
Graph with_constants(const Graph& graph, const TensorList& values) {
  Graph changed = graph;
  for (size_t i = 0; i < values.size(); ++i) {
    Node& node = changed.nodes[static_cast<size_t>(graph.inputs[i].node)];
    node.kind = Node::Kind::constant;
    node.constant = values[i];
  }
  changed.inputs.erase(changed.inputs.begin(), changed.inputs.begin() + static_cast<std::ptrdiff_t>(values.size()));
  return changed;
}

Graph fold(const Code& code, const TensorList& values) {
  std::vector<TensorSpec> specs;
  for (const Tensor& value : values) specs.push_back(value.spec());
  const Graph folded = passes::remove_dead_code(passes::fold_constants(with_constants(trace(specs, code), values)));
  folded.verify();
  return folded;
}

}  // namespace

TEST_CASE("operations on constants are computed once") {
  const Tensor a = constant({{1.f, 2.f}, {3.f, 4.f}}), b = constant({10.f, 20.f});
  const Code code = [](const TensorList& t) { return TensorList{reduce_sum(reshape(matmul(t[0], t[0]) + t[1], {4}))}; };
  const Graph graph = fold(code, {a, b});
  CHECK(operations_of(graph) == 0);
  CHECK(run(graph, {})[0].item<float>() == 7 + 10 + 15 + 22 + 2 * (10 + 20));
}

TEST_CASE("operations with several results are folded") {
  const Graph graph = fold([](const TensorList& t) { return split(t[0], 2, 0); }, {constant({1.f, 2.f, 3.f, 4.f})});
  CHECK(operations_of(graph) == 0);
  CHECK(run(graph, {})[1].to_vector<float>() == std::vector<float>{3, 4});
}

TEST_CASE("what would be much larger than its inputs is left") {
  const Graph large = fold([](const TensorList& t) { return TensorList{broadcast_to(t[0], {100, 100})}; }, {ones({1})});
  CHECK(operations_of(large) == 1);
  const Graph small = fold([](const TensorList& t) { return TensorList{broadcast_to(t[0], {10, 10})}; }, {ones({1})});
  CHECK(operations_of(small) == 0);
}

TEST_CASE("what depends on inputs or on variables is left") {
  Variable v(2.f);
  const auto code = [&](const TensorList& t) { return TensorList{t[0] * 2 + v * 3}; };
  CHECK(operations_of(check(passes::fold_constants, code, {constant({1.f, 2.f})})) == 3);
}

TEST_CASE("an operation that fails is left to fail when the graph runs") {
  const Tensor a = constant({1, 2}), zero = constant({1, 0});
  const Graph graph = fold([](const TensorList& t) { return TensorList{floor_div(t[0], t[1])}; }, {a, zero});
  CHECK(operations_of(graph) == 1);
  CHECK_THROWS_AS(run(graph, {}), ValueError);
}

TEST_CASE("numbers that depend on unknown extents are folded once these are known") {
  const std::vector<TensorSpec> open = {{{-1, 3}, float32}};
  const Code code = [](const TensorList& t) {
    GradientTape tape;
    tape.watch(t[0]);
    return TensorList{tape.gradient(reduce_mean(square(t[0])), t[0])};
  };
  const Graph graph = check(passes::fold_constants, code, {ones({4, 3})}, open);
  CHECK(count(graph, "_Size") == 1);
  const Shape shapes[] = {{4, 3}};
  CHECK(count(passes::remove_dead_code(passes::fold_constants(specialize(graph, shapes))), "_Size") == 0);
}
