// Where values lie while a graph runs: none over another that is still needed.
#include "core/graph/graph_checks.h"
#include <cornu/core/graph/internal/memory_plan.h>

using namespace cornu;

namespace {

Graph graph_of(const Function& f, const Tensor& x) { return f.concrete_function({x}).graph(); }

class WithoutFusion {
 public:
  WithoutFusion() { passes::set_enabled("fuse_elementwise", false); }
  ~WithoutFusion() { passes::set_enabled("fuse_elementwise", true); }
};

/// Values of the arena that are alive at once must not overlap, unless the later one takes the earlier one's place.
void check_no_overlap(const MemoryPlan& plan) {
  for (const auto& a : plan.roots)
    for (const auto& b : plan.roots) {
      if (&a >= &b || a.place != MemoryPlan::Place::arena || b.place != MemoryPlan::Place::arena) continue;
      const bool alive_at_once = a.first_step < b.last_use && b.first_step < a.last_use;
      const bool overlap = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
      CHECK_FALSE((alive_at_once && overlap));
      CHECK(a.offset % 64 == 0);
      CHECK(b.offset + b.bytes <= plan.arena_bytes);
    }
}

}  // namespace

TEST_CASE("a chain of elementwise operations works in one place") {
  const WithoutFusion plain;
  const Function f = function([](const Tensor& x) {
    Tensor y = x;
    for (int i = 0; i < 10; ++i) y = tanh(y * 2.f);
    return reduce_sum(y, 0);
  });
  const MemoryPlan plan(graph_of(f, zeros({100, 100})));
  CHECK(plan.arena_bytes == 100 * 100 * 4 + 0 * 64);
  check_no_overlap(plan);
}

TEST_CASE("the place of a value is free after its last use") {
  const WithoutFusion plain;
  const Function f = function([](const Tensor& x) {
    Tensor y = x;
    for (int i = 0; i < 20; ++i) y = matmul(y, y);
    return y + x;
  });
  const MemoryPlan plan(graph_of(f, zeros({32, 32})));
  CHECK(plan.arena_bytes <= 2 * 32 * 32 * 4);
  check_no_overlap(plan);
}

TEST_CASE("results are computed where they are handed out, views lie in their base") {
  const Function f = function([](const Tensor& x) { return reshape(matmul(x, x), {16}); });
  const Graph graph = graph_of(f, ones({4, 4}));
  const MemoryPlan plan(graph);
  CHECK(plan.root(graph.outputs[0]).place == MemoryPlan::Place::output);
  CHECK(plan.location(graph.outputs[0]).offset == 0);
  const Function part = function([](const Tensor& x) { return tanh(matmul(x, x)[1]) + 0.f * x[0]; });
  check_no_overlap(MemoryPlan(graph_of(part, ones({4, 4}))));
}

TEST_CASE("an operand that is read in two shapes is not overwritten") {
  const WithoutFusion plain;
  const auto run = [](const Tensor& x) {
    const Tensor y = exp(x);  // (1, 4), read as itself and as (4, 1)
    return TensorList{y + reshape(y, {4, 1}), reshape(y * 2.f, {4, 1}) - y, y * y, y - reduce_sum(y)};
  };
  const Tensor x = constant({{0.f, 1.f, 2.f, 3.f}});
  check_equal(function(run)(x), run(x));
}

TEST_CASE("results may be arguments, constants, variables, parts of each other, and one another's copies") {
  Variable v(constant({5.f, 6.f}));
  const Tensor fixed = constant({7.f, 8.f});
  const auto run = [&](const Tensor& x) {
    const Tensor y = x * 2.f;
    return TensorList{x, fixed, v.value(), y, y, y[1], reshape(y, {2, 1}), x[0]};
  };
  const Tensor x = constant({1.f, 2.f});
  const auto f = function(run);
  const TensorList first = f(x), second = f(constant({3.f, 4.f}));
  check_equal(first, run(x));
  check_equal(second, run(constant({3.f, 4.f})));
  v.assign(zeros({2}));
  CHECK(first[2].to_vector<float>() == std::vector<float>{5, 6});
}

TEST_CASE("tensors without elements run like others") {
  const auto run = [](const Tensor& x) {
    return TensorList{x * 2.f, reduce_sum(x), concat({x, x}, 0), matmul(x, ones({3, 2}))};
  };
  const Tensor none = zeros({0, 3});
  check_equal(function(run)(none), run(none));
}
