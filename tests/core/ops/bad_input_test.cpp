// Every operation, called as users call it with inputs that it was not made for: it computes what it can or throws an
// error of the right class, and symbols get the same answer.
#include <catch2/catch.hpp>

#include "core/ops/samples/all.h"
#include <cornu/core/ops/operation.h>

using namespace cornu;
using samples::all_samples;
using samples::Sample;

namespace {

/// What a call gave: the specs of its results, or the class and the message of its error.
struct Outcome {
  std::vector<TensorSpec> specs = {};
  std::string error = {};
  std::string message = {};
};

Outcome outcome_of(const Sample& sample, const TensorList& inputs) {
  const auto failed = [](const char* error, const std::exception& thrown) {
    return Outcome{.error = error, .message = thrown.what()};
  };
  try {
    Outcome outcome;
    for (const Tensor& output : sample.call(inputs)) outcome.specs.push_back(output.spec());
    return outcome;
  } catch (const ShapeError& error) {
    return failed("ShapeError", error);
  } catch (const DTypeError& error) {
    return failed("DTypeError", error);
  } catch (const ValueError& error) {
    return failed("ValueError", error);
  } catch (const std::exception& error) {
    return failed("another error", error);
  }
}

/// `x` with each other dtype, and with other shapes: an axis more or less, an extent more, 1 or 0.
TensorList other_forms(const Tensor& x) {
  std::vector<Shape> shapes(2, x.shape());
  shapes[0].insert(0, 1);
  shapes[1].insert(0, 3);
  for (int axis = 0; axis < x.rank(); ++axis) {
    for (const int64_t extent : {x.shape()[axis] + 1, int64_t{1}, int64_t{0}}) {
      shapes.push_back(x.shape());
      shapes.back()[axis] = extent;
    }
    shapes.push_back(x.shape());
    shapes.back().erase(axis);
  }
  TensorList forms;
  for (const Shape& shape : shapes) forms.push_back(zeros(shape, x.dtype()));
  for (const DType dtype : {boolean, uint8, int32, int64, float32, float64}) forms.push_back(cast(x, dtype));
  return forms;
}

TensorList symbols_of(const TensorList& inputs) {
  TensorList symbols;
  for (const Tensor& input : inputs) symbols.push_back(Tensor::symbolic(input.spec()));
  return symbols;
}

void check_form(const Sample& sample, size_t index, const Tensor& form) {
  TensorList inputs = sample.inputs;
  inputs[index] = form;
  const Outcome real = outcome_of(sample, inputs), symbolic = outcome_of(sample, symbols_of(inputs));
  INFO(sample.operation << ", input " << index << ": " << name(form.dtype()) << ' ' << form.shape()
                        << "\nvalues: " << real.error << ' ' << real.message << "\nsymbols: " << symbolic.error << ' '
                        << symbolic.message);
  CHECK(real.error != "another error");
  // Only values can be out of range: a ValueError may come where symbols still fit.
  if (real.error == "ValueError" && symbolic.error.empty()) return;
  CHECK(real.error == symbolic.error);
  CHECK(real.specs == symbolic.specs);
}

}  // namespace

TEST_CASE("inputs of other dtypes and shapes give a result or an error, the same for values and symbols") {
  for (const Sample& sample : all_samples())
    for (size_t i = 0; i < sample.inputs.size(); ++i)
      for (const Tensor& form : other_forms(sample.inputs[i])) check_form(sample, i, form);
}

TEST_CASE("inputs without a value are state errors that name the operation") {
  for (const Sample& sample : all_samples()) {
    if (sample.operation.ends_with("Grad")) continue;  // only gradients call it, which may lack an upstream
    for (size_t i = 0; i < sample.inputs.size(); ++i) {
      TensorList inputs = sample.inputs;
      inputs[i] = Tensor();
      INFO(sample.operation << ", input " << i);
      CHECK_THROWS_AS(sample.call(inputs), StateError);
      CHECK_THROWS_WITH(sample.call(inputs), Catch::Contains("has no value") && Catch::Contains(": "));
    }
  }
}

TEST_CASE("the gate refuses inputs without a value and a wrong number of them for every entry") {
  const Tensor none;
  for (const Operation* operation : operations()) {
    if (operation->arity == 0) continue;
    INFO(operation->name);
    const auto call = [&](size_t count) {
      const std::vector<const Tensor*> inputs(count, &none);
      if (operation->infer)
        apply(*operation, std::span(inputs));
      else
        apply_outputs(*operation, std::span(inputs));
    };
    const size_t arity = operation->arity == variadic ? 1 : static_cast<size_t>(operation->arity);
    const auto names = Catch::Contains(operation->name);
    CHECK_THROWS_AS(call(arity), StateError);
    CHECK_THROWS_WITH(call(arity), names && Catch::Contains("input 0"));
    CHECK_THROWS_AS(call(arity - 1), ValueError);
    CHECK_THROWS_WITH(call(arity - 1), names && Catch::Contains("expected"));
  }
}
