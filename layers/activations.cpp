#include <cornu/core/error.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/layers/activations.h>
#include <cornu/layers/internal/families.h>

namespace cornu::layers {

void add_activation_layers(Registry<Layer>& registry) {
  registry.add<ReLU>("ReLU");
  registry.add<LeakyReLU>("LeakyReLU");
  registry.add<ELU>("ELU");
  registry.add<PReLU>("PReLU");
  registry.add<Softmax>("Softmax");
}

void ReLUOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("max_value", max_value, at_least(0));
  fields("negative_slope", negative_slope, at_least(0));
  fields("threshold", threshold, at_least(0));
}
ReLU::ReLU(const Options& options) : ConfiguredLayer("ReLU", options) {}
void LeakyReLUOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("negative_slope", negative_slope, at_least(0));
}
LeakyReLU::LeakyReLU(const Options& options) : ConfiguredLayer("LeakyReLU", options) {}
void ELUOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("alpha", alpha);
}
ELU::ELU(const Options& options) : ConfiguredLayer("ELU", options) {}
void PReLUOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("alpha_initializer", alpha_initializer);
  fields("alpha_regularizer", alpha_regularizer);
  fields("alpha_constraint", alpha_constraint);
  fields("shared_axes", shared_axes);
}
PReLU::PReLU(const Options& options) : ConfiguredLayer("PReLU", options) {}
void SoftmaxOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("axis", axis);
}

Tensor ReLU::call(const Tensor& inputs) {
  return relu(inputs, options_.negative_slope, options_.max_value, options_.threshold);
}
Tensor LeakyReLU::call(const Tensor& inputs) { return leaky_relu(inputs, options_.negative_slope); }
Tensor ELU::call(const Tensor& inputs) { return elu(inputs, options_.alpha); }

void PReLU::build(const Shape& input_shape) {
  if (input_shape.rank() < 1)
    throw ShapeError("PReLU: expected inputs with a batch axis; received shape " + input_shape.to_string());
  Shape shape = input_shape.slice(1, input_shape.rank());
  for (int64_t axis : options_.shared_axes) {
    if (axis < 1 || axis > shape.rank())
      throw ValueError("PReLU: shared_axes: axis " + std::to_string(axis) + " is out of range for inputs of shape " +
                       input_shape.to_string() + "; axes count from 1");
    shape[static_cast<int>(axis) - 1] = 1;
  }
  alpha_ = add_weight({.name = "alpha",
                       .shape = shape,
                       .initializer = options_.alpha_initializer,
                       .regularizer = options_.alpha_regularizer,
                       .constraint = options_.alpha_constraint});
}

Tensor PReLU::call(const Tensor& inputs) {
  if (inputs.rank() != alpha_.shape().rank() + 1)
    throw ShapeError("PReLU: expected inputs of rank " + std::to_string(alpha_.shape().rank() + 1) +
                     ", as the layer was built for; received shape " + inputs.shape().to_string());
  return relu(inputs) - alpha_ * relu(-inputs);
}

Softmax::Softmax(const Options& options) : ConfiguredLayer("Softmax", options) {
  if (options.axis.size() == 0) throw ValueError("Softmax: axis: expected an axis or several; received none");
}

Tensor Softmax::call(const Tensor& inputs) {
  const Tensor mask = this->mask();
  Tensor x = inputs;
  if (mask.defined()) x = where(mask, x, -1e9);
  if (options_.axis.size() == 1)
    x = softmax(x, options_.axis[0]);
  else
    x = exp(x - reduce_logsumexp(x, options_.axis.values(), {.keepdims = true}));
  return mask.defined() ? x * cast(mask, x.dtype()) : x;
}

}  // namespace cornu::layers
