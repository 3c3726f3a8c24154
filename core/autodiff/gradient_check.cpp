#include <algorithm>
#include <cmath>
#include <string>

#include <cornu/core/autodiff/gradient_check.h>
#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>

namespace cornu {

namespace {

/// Fixed numbers without a pattern, by which the elements of a tensor are weighted: a gradient that is wrong in one
/// place does not hide in a sum.
Tensor weights_like(const Tensor& x, uint64_t seed) {
  Tensor weights = Tensor::allocate(x.shape(), float64);
  auto* out = static_cast<double*>(weights.mutable_data());
  for (int64_t i = 0; i < weights.size(); ++i) {
    const double angle = 12.9898 * static_cast<double>(i + 1) + 78.233 * static_cast<double>(seed + 1);
    out[i] = 0.25 + std::abs(std::fmod(std::sin(angle) * 43758.5453, 1.0));
  }
  return weights;
}

TensorList floating_only(const TensorList& tensors) {
  TensorList floating;
  std::copy_if(tensors.begin(), tensors.end(), std::back_inserter(floating),
               [](const Tensor& tensor) { return is_floating(tensor.dtype()); });
  return floating;
}

/// The weighted sum of all that `function` gives.
double weighted_sum(const TensorFunction& function, const TensorList& inputs) {
  double sum = 0;
  const TensorList outputs = floating_only(function(inputs));
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Tensor output = cast(outputs[i], float64), weights = weights_like(output, i);
    for (int64_t j = 0; j < output.size(); ++j) sum += output.data<double>()[j] * weights.data<double>()[j];
  }
  return sum;
}

/// The gradients of weighted_sum with respect to the floating inputs, recorded by tapes outside.
TensorList weighted_gradients(const TensorFunction& function, const TensorList& inputs) {
  GradientTape tape;
  const TensorList sources = floating_only(inputs);
  tape.watch(sources);
  const TensorList outputs = floating_only(function(inputs));
  TensorList seeds;
  for (size_t i = 0; i < outputs.size(); ++i) seeds.push_back(weights_like(outputs[i], i));
  return tape.gradient(outputs, sources, seeds, UnconnectedGradients::zero);
}

class Checker {
 public:
  Checker(const TensorFunction& function, const TensorList& inputs, const GradientCheckOptions& options)
      : function_(function), inputs_(inputs), options_(options) {}

  void check(int order, GradientCheck& worst) {
    const TensorList gradients = weighted_gradients(function_, inputs_);
    size_t next = 0;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (!is_floating(inputs_[i].dtype())) continue;
      const Tensor& gradient = gradients[next++];
      for (int64_t j = 0; j < inputs_[i].size(); ++j)
        compare(order, i, j, gradient.data<double>()[j], difference(i, j), worst);
    }
  }

 private:
  double difference(size_t input, int64_t element) const {
    const double x = inputs_[input].data<double>()[element];
    const double step = options_.step * std::max(1.0, std::abs(x));
    return (moved(input, element, x + step) - moved(input, element, x - step)) / (2 * step);
  }

  double moved(size_t input, int64_t element, double value) const {
    TensorList inputs = inputs_;
    Tensor copy = Tensor::from_span<double>(inputs_[input].data<double>(), inputs_[input].shape());
    static_cast<double*>(copy.mutable_data())[element] = value;
    inputs[input] = copy;
    return weighted_sum(function_, inputs);
  }

  static void compare(int order, size_t input, int64_t element, double analytic, double numeric, GradientCheck& worst) {
    double error = std::abs(analytic - numeric) / std::max({1.0, std::abs(analytic), std::abs(numeric)});
    if (std::isnan(error)) error = HUGE_VAL;
    if (error > worst.max_error) worst = {error, order, static_cast<int64_t>(input), element, analytic, numeric};
  }

  const TensorFunction& function_;
  const TensorList& inputs_;
  const GradientCheckOptions& options_;
};

}  // namespace

GradientCheck detail::check_gradients(const TensorFunction& function, const TensorList& inputs,
                                      const GradientCheckOptions& options) {
  if (options.order != 1 && options.order != 2)
    throw ValueError("check_gradients: the order is 1 or 2; received " + std::to_string(options.order));
  if (!(options.step > 0))
    throw ValueError("check_gradients: the step must be above 0; received " + std::to_string(options.step));
  TensorList wide;
  for (const Tensor& input : inputs) wide.push_back(is_floating(input.dtype()) ? cast(input, float64) : input);
  GradientCheck worst;
  Checker(function, wide, options).check(1, worst);
  if (options.order == 1) return worst;
  const TensorFunction gradients = [&](const TensorList& list) { return weighted_gradients(function, list); };
  Checker(gradients, wide, options).check(2, worst);
  return worst;
}

}  // namespace cornu
