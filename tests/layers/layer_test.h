#pragma once
// What every layer promises, checked for any layer from its options and some inputs: as Keras's run_layer_test.
#include <cmath>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/layers/layer.h>

namespace layer_test {

using namespace cornu;

struct Expectations {
  CallOptions call = {};       ///< how the layer is called
  bool differentiable = true;  ///< outputs have gradients with respect to floating inputs
  double step = 1e-5;          ///< of finite differences
  double tolerance = 1e-6;     ///< of gradients, relative to 1 or to the gradient
  bool symbolic_batch = true;  ///< the output's batch axis follows the inputs'
};

inline std::vector<double> values_of(const Tensor& tensor) { return cast(tensor, float64).to_vector<double>(); }

inline void check_equal(const TensorList& actual, const TensorList& expected, double tolerance = 0) {
  REQUIRE(actual.size() == expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    REQUIRE(actual[i].shape() == expected[i].shape());
    const std::vector<double> a = values_of(actual[i]), e = values_of(expected[i]);
    for (size_t j = 0; j < a.size(); ++j) {
      INFO("output " << i << ", element " << j << ": " << a[j] << " and " << e[j]);
      CHECK(((std::isnan(a[j]) && std::isnan(e[j])) || std::fabs(a[j] - e[j]) <= tolerance * (1 + std::fabs(e[j]))));
    }
  }
}

inline TensorList with_dtype(const TensorList& tensors, DType dtype) {
  TensorList result;
  for (const Tensor& tensor : tensors) result.push_back(is_floating(tensor.dtype()) ? cast(tensor, dtype) : tensor);
  return result;
}

inline std::vector<Shape> shapes_of(const TensorList& tensors) {
  std::vector<Shape> shapes;
  for (const Tensor& tensor : tensors) shapes.push_back(tensor.shape());
  return shapes;
}

/// The layer of `json` with another dtype.
inline std::unique_ptr<Layer> with_dtype(const std::string& json, DType dtype) {
  const Config whole = Config::parse(json);
  Config changed = whole, options = whole.at("config");
  options.set("dtype", std::string(name(dtype)));
  changed.set("config", options);
  return layers::deserialize(changed.dump());
}

/// A number that depends on all outputs, with a different weight for each element.
inline Tensor objective(const TensorList& outputs) {
  Tensor sum;
  for (const Tensor& output : outputs) {
    std::vector<double> weights(static_cast<size_t>(output.size()));
    for (size_t i = 0; i < weights.size(); ++i) weights[i] = std::cos(1.0 + static_cast<double>(i));
    const Tensor part = reduce_sum(output * Tensor::from_span<double>(weights, output.shape()));
    sum = sum.defined() ? sum + part : part;
  }
  return sum;
}

/// Calls that change the layer's statistics or random numbers are made from the same state each time.
class FixedState {
 public:
  explicit FixedState(Layer& layer) : variables_(layer.non_trainable_variables()) {
    for (const Variable& variable : variables_) values_.push_back(variable.peek());
  }
  void restore() const {
    for (size_t i = 0; i < variables_.size(); ++i) variables_[i].assign(values_[i]);
  }

 private:
  std::vector<Variable> variables_;
  std::vector<Tensor> values_;
};

inline Tensor moved(const Tensor& tensor, int64_t element, double step) {
  std::vector<double> values = tensor.to_vector<double>();
  values[static_cast<size_t>(element)] += step;
  return Tensor::from_span<double>(values, tensor.shape());
}

/// Compares `gradient` with central differences of `value(x)` at `x`.
template <class Value>
void check_gradient(const std::string& what, const Tensor& gradient, const Tensor& x, Value value,
                    const Expectations& expected) {
  INFO("gradient with respect to " << what);
  REQUIRE(gradient.defined());
  REQUIRE(gradient.shape() == x.shape());
  const std::vector<double> found = gradient.to_vector<double>();
  for (int64_t i = 0; i < x.size(); ++i) {
    const double above = value(moved(x, i, expected.step)), below = value(moved(x, i, -expected.step));
    const double difference = (above - below) / (2 * expected.step);
    INFO("element " << i << ": " << found[static_cast<size_t>(i)] << ", finite difference " << difference);
    CHECK(std::fabs(found[static_cast<size_t>(i)] - difference) <=
          expected.tolerance * std::max(1., std::fabs(difference)));
  }
}

inline void check_gradients(Layer& layer, const TensorList& inputs, const Expectations& expected) {
  const FixedState state(layer);
  const auto value = [&](const TensorList& at) {
    state.restore();
    return objective(layer(at, expected.call)).item<double>();
  };
  TensorList sources;
  for (const Tensor& input : inputs)
    if (is_floating(input.dtype())) sources.push_back(input);
  const std::vector<Variable> weights = layer.trainable_variables();
  GradientTape tape({.persistent = true});
  tape.watch(sources);
  state.restore();
  const Tensor target = objective(layer(inputs, expected.call));
  const TensorList input_gradients = tape.gradient(target, sources);
  const TensorList weight_gradients = tape.gradient(target, weights);

  size_t source = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!is_floating(inputs[i].dtype())) continue;
    const auto at = [&](const Tensor& x) {
      TensorList changed = inputs;
      changed[i] = x;
      return value(changed);
    };
    check_gradient("input " + std::to_string(i), input_gradients[source++], inputs[i], at, expected);
  }
  for (size_t i = 0; i < weights.size(); ++i) {
    const Tensor before = weights[i].peek();
    const auto at = [&](const Tensor& x) {
      weights[i].assign(x);
      return value(inputs);
    };
    check_gradient(weights[i].path(), weight_gradients[i], before, at, expected);
    weights[i].assign(before);
  }
}

/// Several threads get what one gets.
inline void check_threads(Layer& layer, const TensorList& inputs) {
  const TensorList expected = layer(inputs);
  constexpr int thread_count = 4;
  std::vector<TensorList> results(thread_count);
  std::vector<std::thread> threads;
  for (int i = 0; i < thread_count; ++i)
    threads.emplace_back([&, i] {
      for (int call = 0; call < 5; ++call) results[static_cast<size_t>(i)] = layer(inputs);
    });
  for (std::thread& thread : threads) thread.join();
  for (const TensorList& result : results) check_equal(result, expected);
}

/// A symbolic call gives the specs that a call with values gives, and so does compute_output_shapes().
inline void check_symbolic(Layer& layer, const TensorList& inputs, const TensorList& outputs,
                           const Expectations& expected) {
  TensorList symbolic;
  for (const Tensor& input : inputs) symbolic.push_back(Tensor::symbolic(input.spec()));
  const TensorList specs = layer(symbolic, expected.call);
  REQUIRE(specs.size() == outputs.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    CHECK(specs[i].is_symbolic());
    CHECK(specs[i].shape() == outputs[i].shape());
    CHECK(specs[i].dtype() == outputs[i].dtype());
  }
  CHECK(layer.compute_output_shapes(shapes_of(inputs)) == shapes_of(outputs));
  if (!expected.symbolic_batch) return;
  std::vector<Shape> unknown = shapes_of(inputs), wanted = shapes_of(outputs);
  for (Shape& shape : unknown) shape[0] = -1;
  for (Shape& shape : wanted) shape[0] = -1;
  CHECK(layer.compute_output_shapes(unknown) == wanted);
}

/// The configuration makes the same layer again, and clone() copies the weights as well.
inline void check_configuration(Layer& layer, const TensorList& inputs, const TensorList& outputs,
                                const Expectations& expected) {
  const std::string json = layer.to_json();
  INFO(json);
  const std::unique_ptr<Layer> again = layers::deserialize(json);
  CHECK(again->to_json() == json);
  CHECK(again->class_name() == layer.class_name());
  CHECK(again->name() == layer.name());

  const std::unique_ptr<Layer> copy = layer.clone();
  CHECK(copy->to_json() == json);
  REQUIRE(copy->built());
  check_equal(copy->get_weights(), layer.get_weights());
  if (!expected.call.training.value_or(false)) check_equal((*copy)(inputs, expected.call), outputs);
  for (const Variable& variable : copy->variables())
    for (const Variable& other : layer.variables()) CHECK_FALSE(variable.is_same(other));
}

/// Computes in float64 as in float32 with the same weights, and has the right gradients.
inline void check_float64(Layer& layer, const TensorList& inputs, const TensorList& outputs,
                          const Expectations& expected) {
  const std::unique_ptr<Layer> wide = with_dtype(layer.to_json(), float64);
  const TensorList wide_inputs = with_dtype(inputs, float64);
  (*wide)(wide_inputs);
  wide->set_weights(with_dtype(layer.get_weights(), float64));
  if (!expected.call.training.value_or(false)) {
    const TensorList wide_outputs = (*wide)(wide_inputs, expected.call);
    check_equal(wide_outputs, outputs, 1e-5);
    for (size_t i = 0; i < outputs.size(); ++i)
      CHECK(wide_outputs[i].dtype() == (is_floating(outputs[i].dtype()) ? float64 : outputs[i].dtype()));
  }
  if (expected.differentiable) check_gradients(*wide, wide_inputs, expected);
}

/// Checks all promises of `layer`, which is not built yet.
inline void check(Layer& layer, const TensorList& inputs, const Expectations& expected = {}) {
  CHECK_FALSE(layer.built());
  const TensorList outputs = layer(inputs, expected.call);
  CHECK(layer.built());
  for (const Tensor& output : outputs) CHECK_FALSE(output.is_symbolic());
  if (!expected.call.training.value_or(false)) check_equal(layer(inputs, expected.call), outputs);
  check_symbolic(layer, inputs, outputs, expected);
  check_configuration(layer, inputs, outputs, expected);
  check_float64(layer, inputs, outputs, expected);
  check_threads(layer, inputs);
}

/// A layer that calls another.
template <class L>
class Parent : public Layer {
 public:
  explicit Parent(L child) : child_(std::move(child)) {}
  TensorList call_list(const TensorList& inputs) override { return child_(inputs); }

 private:
  L child_;
};

/// Checks all promises of a layer of class L; its options are checked to give the same configuration.
template <class L>
void check(const typename L::Options& options, const TensorList& inputs, const Expectations& expected = {}) {
  L layer(options);
  check(layer, inputs, expected);

  const TensorList outputs = layer(inputs);
  L target(std::move(layer));
  check_equal(target(inputs), outputs);
  Parent<L> parent(std::move(target));
  check_equal(parent(inputs), outputs);
  for (const Variable& weight : parent.weights())
    CHECK(weight.path() == "parent/" + parent.layers()[0]->name() + "/" + weight.name());
}

}  // namespace layer_test
