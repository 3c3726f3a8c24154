#pragma once
// What the tests of passes share: graphs of C++ code before any pass, and runs of them.
#include <cstring>
#include <functional>
#include <string>

#include <catch2/catch.hpp>

#include <cornu/core/graph/internal/executable.h>
#include <cornu/core/graph/internal/replay.h>
#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/internal/tracer.h>
#include <cornu/core/graph/passes.h>
#include <cornu/cornu.h>

namespace cornu::pass_checks {

using Code = std::function<TensorList(const TensorList& inputs)>;

/// What `code` does with inputs of these specs, as it was written down.
inline Graph trace(const std::vector<TensorSpec>& specs, const Code& code) {
  Tracer tracer;
  const TracingScope scope(&tracer);
  TensorList inputs;
  for (const TensorSpec& spec : specs) inputs.push_back(tracer.add_input(spec));
  return tracer.finish(code(inputs));
}

/// The results of the planned graph.
inline TensorList run(const Graph& graph, const TensorList& inputs) {
  std::vector<Shape> shapes;
  for (const Tensor& input : inputs) shapes.push_back(input.shape());
  const Executable executable(specialize(graph, shapes), "test");
  TensorList outputs;
  for (const TensorSpec& spec : executable.output_specs()) outputs.push_back(Tensor::allocate(spec.shape, spec.dtype));
  executable.run(pointers(inputs), outputs);
  return outputs;
}

inline int64_t count(const Graph& graph, std::string_view operation) {
  int64_t found = 0;
  for (const Node& node : graph.nodes) found += node.type() == operation;
  return found;
}

inline bool is_identical(const Tensor& a, const Tensor& b) {
  const size_t bytes = static_cast<size_t>(a.size()) * size_of(a.dtype());
  return a.spec() == b.spec() && std::memcmp(a.raw_data(), b.raw_data(), bytes) == 0;
}

/// The graph after `pass` and after dead code is gone; it is valid and gives the same bits as the code itself.
inline Graph check(Graph (*pass)(const Graph&), const Code& code, const TensorList& inputs,
                   std::vector<TensorSpec> specs = {}) {
  if (specs.empty())
    for (const Tensor& input : inputs) specs.push_back(input.spec());
  const Graph before = trace(specs, code);
  Graph after = pass(before);
  INFO("before:\n" << before.to_string() << "after:\n" << after.to_string());
  after.verify();
  after = passes::remove_dead_code(after);
  after.verify();
  const TensorList expected = code(inputs), received = run(after, inputs);
  REQUIRE(received.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) CHECK(is_identical(received[i], expected[i]));
  return after;
}

}  // namespace cornu::pass_checks
