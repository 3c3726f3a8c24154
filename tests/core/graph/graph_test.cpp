// Graphs as data: text, drawings, and what is no graph.
#include "core/graph/graph_checks.h"
#include <cornu/core/graph/internal/rewrite.h>

using namespace cornu;
using Catch::Contains;

namespace {

/// tanh(x) + 1 for x of shape (None, 2).
Graph small_graph() {
  Graph graph;
  graph.nodes.push_back({.kind = Node::Kind::input, .outputs = {TensorSpec(Shape({-1, 2}).with_names())}, .name = "x"});
  graph.inputs = {{0, 0}};
  Rewriter rewriter(graph);
  rewriter.copy(0);
  const Value tanh = rewriter.add_operation(find_operation("Tanh"), {{0, 0}});
  const Value one = rewriter.add_constant(constant(1.f));
  const Value sum = rewriter.add_operation(find_operation("Add"), {tanh, one});
  graph = rewriter.finish();
  graph.outputs = {sum};
  return graph;
}

}  // namespace

TEST_CASE("a graph is a line a node") {
  CHECK(small_graph().to_string() ==
        "x: float32 (None, 2) = Placeholder()\n"
        "tanh_1: float32 (None, 2) = Tanh(x)\n"
        "const_2: float32 () = Const(1)\n"
        "add_3: float32 (None, 2) = Add(tanh_1, const_2)\n"
        "return add_3\n");
}

TEST_CASE("a drawing has a box a node and an arrow an edge") {
  const std::string dot = small_graph().to_dot();
  CHECK_THAT(dot, Contains("\"tanh_1\" [label=\"tanh_1\\nTanh\\nfloat32 (None, 2)\"]"));
  CHECK_THAT(dot, Contains("\"x\" -> \"tanh_1\"") && Contains("\"tanh_1\" -> \"add_3\"") &&
                      Contains("\"add_3\" -> \"output_0\""));
}

TEST_CASE("verify says what is wrong with a graph") {
  CHECK_NOTHROW(small_graph().verify());
  const auto broken = [](auto change) {
    Graph graph = small_graph();
    change(graph);
    return graph;
  };
  const auto check = [&](auto change, const char* message) {
    const Graph graph = broken(change);
    CHECK_THROWS_AS(graph.verify(), StateError);
    CHECK_THROWS_WITH(graph.verify(), Contains("not valid") && Contains(message));
  };
  check([](Graph& g) { g.nodes[1].inputs[0] = {3, 0}; }, "tanh_1 (Tanh) has an input that comes later");
  check([](Graph& g) { g.nodes[1].inputs[0] = {0, 1}; }, "tanh_1");
  check([](Graph& g) { g.outputs[0] = {9, 0}; }, "an output is no value");
  check([](Graph& g) { g.inputs[0] = {1, 0}; }, "an input is not an input node");
  check([](Graph& g) { g.nodes[3].outputs[0].shape = Shape({7, 2, 2}); }, "add_3");
  check([](Graph& g) { g.nodes[3].outputs[0].dtype = int32; }, "add_3");
  check([](Graph& g) { g.nodes[2].constant = Tensor(); }, "const_2 (Const) has no value");
  check([](Graph& g) { g.nodes[2].outputs[0].shape = Shape({2}); }, "const_2 (Const) has another spec");
}

TEST_CASE("a graph lists its variables once, in order") {
  Variable a(1.f, {.name = "a"}), b(2.f, {.name = "b"});
  const Function f = function([&](const Tensor& x) {
    b.assign(x * a);
    return a + b;
  });
  const Graph& graph = f.concrete_function({constant(1.f)}).graph();
  const std::vector<Variable> variables = graph.variables();
  REQUIRE(variables.size() == 2);
  CHECK(variables[0].is_same(a));
  CHECK(variables[1].is_same(b));
  CHECK(graph.has_effects());
  CHECK(graph.is_known());
  CHECK_FALSE(small_graph().is_known());
  CHECK_FALSE(small_graph().has_effects());
}
