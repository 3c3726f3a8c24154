// The one test that walks the whole table of operations.
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "core/ops/samples/all.h"
#include <cornu/core/ops/operation.h>
#include <cornu/core/ops/recorder.h>

using namespace cornu;
using samples::all_samples;
using samples::Sample;

namespace {

/// Notes which operations are used.
class Usage : public Recorder {
 public:
  Usage() { push_recorder(this); }
  ~Usage() override { remove_recorder(this); }
  void record(const Call& call, std::span<const Tensor>) override { names.insert(call.name()); }
  void read(const Variable&, const Tensor&) override {}
  std::set<std::string> names;
};

}  // namespace

TEST_CASE("every operation has a sample and a gradient, or says why it has none") {
  std::set<std::string> sampled;
  for (const Sample& sample : all_samples()) sampled.insert(sample.operation);
  for (const Operation* operation : operations()) {
    INFO(operation->name);
    CHECK(sampled.contains(operation->name));
    CHECK(operation->gradients.empty() == (operation->no_gradient != nullptr));
  }
  for (const std::string& name : sampled) CHECK_NOTHROW(find_operation(name.c_str()));
}

TEST_CASE("samples go through the operation that they name") {
  for (const Sample& sample : all_samples()) {
    INFO(describe(sample));
    Usage usage;
    sample.call(sample.inputs);
    CHECK(usage.names.contains(sample.operation));
  }
}

TEST_CASE("gradients of first and second order agree with finite differences") {
  for (const Sample& sample : all_samples()) {
    if (find_operation(sample.operation.c_str()).no_gradient) continue;
    INFO(describe(sample));
    const GradientCheck check = check_gradients(sample.call, sample.inputs, {.order = sample.second_order ? 2 : 1});
    INFO("order " << check.order << ", input " << check.input << ", element " << check.element << ": analytic "
                  << check.analytic << ", numeric " << check.numeric);
    CHECK(check.max_error < 1e-6);
  }
}

TEST_CASE("symbolic inputs give the shapes and dtypes of the real result") {
  for (const Sample& sample : all_samples()) {
    if (sample.inputs.empty()) continue;
    INFO(describe(sample));
    TensorList symbols;
    for (const Tensor& input : sample.inputs) symbols.push_back(Tensor::symbolic(input.spec()));
    const TensorList inferred = sample.call(symbols), real = sample.call(sample.inputs);
    REQUIRE(inferred.size() == real.size());
    for (size_t i = 0; i < real.size(); ++i) {
      CHECK(inferred[i].is_symbolic());
      CHECK(inferred[i].shape() == real[i].shape());
      CHECK(inferred[i].dtype() == real[i].dtype());
    }
  }
}

TEST_CASE("wrong shapes are shape errors, for values and for symbols, that name both shapes") {
  std::map<std::string, bool> rejects;
  for (const Sample& sample : all_samples()) {
    for (const TensorList& inputs : sample.wrong_shapes) {
      INFO(describe(sample));
      CHECK_THROWS_AS(sample.call(inputs), ShapeError);
      TensorList symbols;
      for (const Tensor& input : inputs) symbols.push_back(Tensor::symbolic(input.spec()));
      CHECK_THROWS_AS(sample.call(symbols), ShapeError);
      rejects[sample.operation] = true;
    }
  }
  for (const Operation* operation : operations()) {
    INFO(operation->name);
    // Operations that only gradients call are given what fits by their callers.
    const std::string name = operation->name;
    const bool internal = name.ends_with("Grad");
    if (operation->arity >= 2 && !internal) CHECK(rejects[operation->name]);
  }
}
