#include <cornu/core/error.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/layers/core.h>
#include <cornu/layers/internal/families.h>

namespace cornu::layers {

void add_core_layers(Registry<Layer>& registry) {
  registry.add<Dense>("Dense");
  registry.add<Activation>("Activation");
  registry.add<Embedding>("Embedding");
  registry.add<Masking>("Masking");
}

// Dense.

void DenseOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("units", units, at_least(1));
  fields("activation", activation);
  fields("use_bias", use_bias);
  fields("kernel_initializer", kernel_initializer);
  fields("bias_initializer", bias_initializer);
  fields("kernel_regularizer", kernel_regularizer);
  fields("bias_regularizer", bias_regularizer);
  fields("kernel_constraint", kernel_constraint);
  fields("bias_constraint", bias_constraint);
  fields.absent("quantization_config");
}

Dense::Dense(const Options& options) : ConfiguredLayer("Dense", options) {}

void Dense::build(const Shape& input_shape) {
  if (input_shape.rank() < 2)
    throw ShapeError("Dense: expected inputs of rank 2 or more, (batch, ..., n); received shape " +
                     input_shape.to_string());
  add_kernel_and_bias({input_shape.back(), options_.units}, kernel_, bias_);
}

Tensor Dense::call(const Tensor& inputs) {
  const Shape& shape = inputs.shape();
  const int64_t expected = kernel_.shape()[0];
  if (shape.rank() < 2 || (shape.back() != expected && shape.back() >= 0))
    throw ShapeError("Dense: expected inputs of shape (batch, ..., " + std::to_string(expected) +
                     "), as the layer was built for; received " + shape.to_string());
  if (!is_floating(inputs.dtype())) return call(cast(inputs, dtype()));
  if (!options_.use_bias) return options_.activation(matmul(inputs, kernel_));
  if (options_.activation.name() == "relu") return dense(inputs, kernel_, bias_, ProductActivation::relu);
  return options_.activation(dense(inputs, kernel_, bias_));
}

Shape Dense::compute_output_shape(const Shape& input_shape) {
  if (input_shape.rank() < 2)
    throw ShapeError("Dense: expected inputs of rank 2 or more; received shape " + input_shape.to_string());
  Shape shape = input_shape;
  shape[shape.rank() - 1] = options_.units;
  return shape;
}

// Activation.

void ActivationOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("activation", activation);
}
Activation::Activation(const Options& options) : ConfiguredLayer("Activation", options) {}

Tensor Activation::call(const Tensor& inputs) { return options_.activation(inputs); }

// Embedding.

void EmbeddingOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("input_dim", input_dim, at_least(1));
  fields("output_dim", output_dim, at_least(1));
  fields("embeddings_initializer", embeddings_initializer);
  fields("embeddings_regularizer", embeddings_regularizer);
  fields("activity_regularizer", activity_regularizer);
  fields("embeddings_constraint", embeddings_constraint);
  fields("mask_zero", mask_zero);
  fields.absent("quantization_config");
}
Embedding::Embedding(const Options& options) : ConfiguredLayer("Embedding", options) {}

void Embedding::build(const Shape&) {
  embeddings_ = add_weight({.name = "embeddings",
                            .shape = {options_.input_dim, options_.output_dim},
                            .initializer = options_.embeddings_initializer,
                            .regularizer = options_.embeddings_regularizer,
                            .constraint = options_.embeddings_constraint});
}

Tensor Embedding::call(const Tensor& inputs) {
  const bool are_indices = inputs.dtype() == int32 || inputs.dtype() == int64;
  return gather(embeddings_, are_indices ? inputs : cast(inputs, int32));
}

Tensor Embedding::compute_mask(const TensorList& inputs, const TensorList&) {
  return options_.mask_zero ? not_equal(inputs[0], 0) : Tensor();
}

Shape Embedding::compute_output_shape(const Shape& input_shape) {
  Shape shape = input_shape;
  shape.push_back(options_.output_dim);
  return shape;
}

// Masking.

void MaskingOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("mask_value", mask_value);
}
Masking::Masking(const Options& options) : ConfiguredLayer("Masking", options) {}

Tensor Masking::call(const Tensor& inputs) {
  const Tensor counts = reduce_any(not_equal(inputs, options_.mask_value), -1, {.keepdims = true});
  return inputs * cast(counts, inputs.dtype());
}

Tensor Masking::compute_mask(const TensorList& inputs, const TensorList&) {
  return reduce_any(not_equal(inputs[0], options_.mask_value), -1);
}

}  // namespace cornu::layers
