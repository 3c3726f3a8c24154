#include "core/graph/passes/pass_checks.h"

using namespace cornu;
using namespace cornu::pass_checks;

namespace {

int32_t place_of(const Graph& graph, const std::string& type) {
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    if (graph.nodes[i].type() == type) return static_cast<int32_t>(i);
  return -1;
}

template <class Code>
Graph traced(const Code& code) {
  passes::set_enabled("remove_dead_code", false);
  passes::set_enabled("effects_last", false);
  const Graph graph = function(code).concrete_function({ones({3})}).graph();
  passes::set_enabled("remove_dead_code", true);
  passes::set_enabled("effects_last", true);
  return graph;
}

}  // namespace

TEST_CASE("what feeds neither a result nor an effect is dropped") {
  Variable v(zeros({3}));
  const Graph graph = traced([&](const Tensor& x) {
    const Tensor unused = sin(x);
    v.assign(cos(x));
    return exp(x);
  });
  CHECK(count(graph, "Sin") == 1);
  const Graph after = passes::remove_dead_code(graph);
  after.verify();
  CHECK(count(after, "Sin") == 0);
  CHECK(count(after, "Cos") == 1);
  CHECK(count(after, "Exp") == 1);
  CHECK(count(after, "AssignVariableOp") == 1);
}

TEST_CASE("an assignment that is overwritten unseen is dropped") {
  Variable v(zeros({3}));
  const Graph graph = traced([&](const Tensor& x) {
    v.assign(sin(x));
    v.assign(cos(x));
    return x;
  });
  const Graph after = passes::remove_dead_code(graph);
  CHECK(count(graph, "AssignVariableOp") == 2);
  CHECK(count(after, "AssignVariableOp") == 1);
  CHECK(count(after, "Sin") == 0);
}

TEST_CASE("effects come behind everything that does not depend on them") {
  Variable v(zeros({3}));
  const Graph graph = traced([&](const Tensor& x) {
    v.assign(cos(x));
    return exp(x);
  });
  CHECK(place_of(graph, "AssignVariableOp") < place_of(graph, "Exp"));
  const Graph after = passes::effects_last(graph);
  after.verify();
  CHECK(place_of(after, "AssignVariableOp") > place_of(after, "Exp"));
}
