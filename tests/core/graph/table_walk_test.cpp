// Every entry of the table of operations inside a traced function: the results and gradients are those of eager code,
// for known and for unknown extents.
#include <map>

#include <catch2/catch.hpp>

#include "core/graph/graph_checks.h"
#include "core/ops/samples/all.h"

using namespace cornu;
using samples::all_samples;
using samples::Sample;

namespace {

/// The results, and the gradients of their sum with respect to the floating inputs.
TensorList with_gradients(const Sample& sample, const TensorList& x) {
  TensorList sources;
  GradientTape tape;
  for (const Tensor& input : x)
    if (is_floating(input.dtype())) {
      tape.watch(input);
      sources.push_back(input);
    }
  TensorList results = sample.call(x), targets;
  for (const Tensor& result : results)
    if (is_floating(result.dtype())) targets.push_back(result);
  if (targets.empty() || sources.empty()) return results;
  for (const Tensor& gradient : tape.gradient(targets, sources, {}, UnconnectedGradients::zero))
    results.push_back(gradient);
  return results;
}

}  // namespace

TEST_CASE("samples agree with their traced form, gradients included") {
  for (const Sample& sample : all_samples()) {
    INFO(describe(sample));
    const auto traced = function([&](const TensorList& x) { return with_gradients(sample, x); });
    check_equal(traced(sample.inputs), with_gradients(sample, sample.inputs));
    check_equal(traced(sample.inputs), with_gradients(sample, sample.inputs));
    CHECK(traced.trace_count() == 1);
  }
}

TEST_CASE("samples agree with their traced form under an outer tape") {
  for (const Sample& sample : all_samples()) {
    INFO(describe(sample));
    const auto traced = function([&](const TensorList& x) { return sample.call(x); });
    const Sample as_function = {sample.operation, sample.inputs, [&](const TensorList& x) { return traced(x); }};
    check_close(with_gradients(as_function, sample.inputs), with_gradients(sample, sample.inputs));
  }
}

TEST_CASE("samples agree with their traced form for unknown extents") {
  std::map<std::string, int> walked;
  for (const Sample& sample : all_samples()) {
    if (sample.inputs.empty()) continue;
    INFO(describe(sample));
    std::vector<TensorSpec> unknown;
    for (const Tensor& input : sample.inputs) {
      TensorSpec spec = input.spec();
      for (int64_t& extent : spec.shape)
        if (input.dtype() != int64) extent = -1;  // the states of random operations have two elements
      unknown.push_back(spec);
    }
    const auto traced =
        function([&](const TensorList& x) { return with_gradients(sample, x); }, {.input_signature = unknown});
    TensorList results;
    try {
      results = traced(sample.inputs);
    } catch (const ShapeError&) {
      continue;  // the sample itself names an extent that must be known
    }
    ++walked[sample.operation];
    check_close(results, with_gradients(sample, sample.inputs));
  }
  CHECK(walked.size() > 100);
}
