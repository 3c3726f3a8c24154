#include <cornu/core/error.h>
#include <cornu/core/ops/dropout.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/internal/families.h>
#include <cornu/layers/regularization.h>

namespace cornu::layers {

void add_regularization_layers(Registry<Layer>& registry) { registry.add<Dropout>("Dropout"); }

void DropoutOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("rate", rate, between(0, 1));
  fields("seed", seed);
  fields("noise_shape", noise_shape);
}

Dropout::Dropout(const Options& options)
    : ConfiguredLayer("Dropout", options),
      generator_(options.seed ? random::Generator(*options.seed) : random::Generator()) {
  if (options.noise_shape)
    for (int64_t extent : *options.noise_shape)
      if (extent == 0)
        throw ValueError("Dropout: noise_shape: extents are at least 1, or -1 for the inputs'; received " +
                         options.noise_shape->to_string());
  add_state(generator_.state());
}

Tensor Dropout::call(const Tensor& inputs) {
  if (!training() || options_.rate == 0) return inputs;
  if (!is_floating(inputs.dtype()))
    throw DTypeError("Dropout: expected float32 or float64 inputs in training; received " +
                     std::string(cornu::name(inputs.dtype())));
  if (!options_.noise_shape) {
    const Tensor state = generator_.advance(float32, inputs.shape());
    return random::stateless_dropout(state, inputs, options_.rate);
  }
  const Tensor kept =
      generator_.bernoulli(noise_shape(inputs.shape()), {.probability = 1 - options_.rate, .dtype = inputs.dtype()});
  return options_.rate == 1 ? inputs * kept : inputs * (kept * (1 / (1 - options_.rate)));
}

Shape Dropout::noise_shape(const Shape& input_shape) const {
  Shape shape = *options_.noise_shape;
  const bool fits = shape.rank() == input_shape.rank();
  for (int axis = 0; fits && axis < shape.rank(); ++axis) {
    if (shape[axis] < 0) shape[axis] = input_shape[axis];
    if (shape[axis] != 1 && shape[axis] != input_shape[axis])
      throw ShapeError("Dropout: noise_shape " + options_.noise_shape->to_string() +
                       " does not broadcast to the inputs' shape " + input_shape.to_string());
  }
  if (!fits)
    throw ShapeError("Dropout: noise_shape " + options_.noise_shape->to_string() +
                     " needs as many axes as the inputs, of shape " + input_shape.to_string());
  return shape;
}

}  // namespace cornu::layers
