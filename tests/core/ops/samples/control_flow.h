#pragma once
// Entries that run graphs. Outside of a trace the public functions run C++ code, so that the samples are traced first
// and their nodes then go through the gate one by one.
#include "core/ops/samples/sample.h"
#include <cornu/core/graph/internal/replay.h>
#include <cornu/core/graph/internal/subgraphs.h>

namespace cornu::samples {

inline Sample traced_sample(const std::string& operation, const TensorList& inputs, const TensorListFunction& code,
                            bool second_order = true) {
  std::vector<TensorSpec> specs;
  for (const Tensor& input : inputs) specs.push_back(input.spec());
  const auto graph = std::make_shared<const Graph>(trace_graph(code, specs));
  return {operation, inputs, [graph](const TensorList& x) { return replay(*graph, x); }, {}, second_order};
}

inline TensorList powers(const TensorList& x) {
  return {while_loop([](const Tensor& i, const Tensor&) { return i < 3; },
                     [&](const Tensor& i, const Tensor& y) {
                       return TensorList{i + 1, y * x[0] + sin(y)};
                     },
                     {constant(0), x[1]})[1]};
}

inline std::vector<Sample> control_flow() {
  const Tensor yes = constant(true), two = constant(2), a = numbers({2, 3}), b = numbers({2, 3}, 0.5, 1.5, 2);
  const auto branch = [](const TensorList& x) {
    return TensorList{cond(
        x[0], [&] { return x[1] * tanh(x[2]); }, [&] { return x[1]; })};
  };
  const auto branches = [](const TensorList& x) {
    return TensorList{
        switch_case(x[0], {[&] { return x[1]; }, [&] { return x[2]; }, [&] { return x[1] * sin(x[2]); }})};
  };
  const auto recurrence = [](const TensorList& x) {
    return TensorList{
        scan([&](const Tensor& s, const Tensor& e) { return tanh(s * e) + e; }, x[0], {.initializer = {x[1][0]}})};
  };
  const auto gradient = [](const TensorList& x) {
    GradientTape tape;
    tape.watch(x);
    const TensorList y = powers(x);
    return tape.gradient(y, x);
  };
  return {
      traced_sample("If", {yes, a, b}, branch),
      traced_sample("If", {constant(false), a, b}, branch),
      traced_sample("Case", {two, a, b}, branches),
      traced_sample("While", {a, b}, powers),
      traced_sample("_WhileGrad", {b, numbers({2, 3}, 0.5, 1.5, 3)}, gradient),
      traced_sample("Scan", {a, b}, recurrence),
      {"CheckNumerics", {a}, [](const TensorList& x) { return TensorList{check_numerics(x[0], "a sample")}; }},
  };
}

}  // namespace cornu::samples
