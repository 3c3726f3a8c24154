#pragma once
#include <cornu/core/config/integers.h>
#include <cornu/layers/activation.h>
#include <cornu/layers/configured_layer.h>

namespace cornu::layers {

struct DenseOptions {
  int64_t units = 0;  ///< number of outputs; at least 1
  cornu::Activation activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// activation(inputs kernel + bias): [..., n] -> [..., units], with the weights kernel [n, units] and bias [units].
/// Product, bias and relu are one pass. Throws ShapeError below rank 2 or for another n than at first. Keras's Dense.
///
///     layers::Dense hidden({.units = 100, .activation = relu});
///     Tensor y = hidden(zeros({50, 784}));  // [50, 100]
class CORNU_API Dense : public ConfiguredLayer<DenseOptions> {
 public:
  explicit Dense(const Options& options);
  void build(const Shape& input_shape) override;
  Tensor call(const Tensor& inputs) override;
  bool supports_masking() const override { return true; }
  Shape compute_output_shape(const Shape& input_shape) override;

  const Variable& kernel() const { return kernel_; }
  const Variable& bias() const { return bias_; }

 private:
  Variable kernel_, bias_;
};

struct ActivationOptions {
  cornu::Activation activation = {};
  Regularizer activity_regularizer = {};
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// An activation function of its inputs as a layer: `layers::Activation("relu")`. Keras's Activation.
class CORNU_API Activation : public ConfiguredLayer<ActivationOptions> {
 public:
  explicit Activation(const Options& options);
  explicit Activation(const cornu::Activation& activation) : Activation(Options{.activation = activation}) {}
  Tensor call(const Tensor& inputs) override;
  bool supports_masking() const override { return true; }
};

struct EmbeddingOptions {
  int64_t input_dim = 0;   ///< number of indices; at least 1
  int64_t output_dim = 0;  ///< extent of a vector; at least 1
  Initializer embeddings_initializer = "uniform";
  Regularizer embeddings_regularizer = {};
  Constraint embeddings_constraint = {};
  bool mask_zero = false;  ///< index 0 is padding: it is masked for the layers behind
  Regularizer activity_regularizer = {};
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// Vectors for indices: [...] of integers in [0, input_dim) -> [..., output_dim], rows of the weight embeddings
/// [input_dim, output_dim]. Throws ValueError naming an index out of range. Keras's Embedding.
class CORNU_API Embedding : public ConfiguredLayer<EmbeddingOptions> {
 public:
  explicit Embedding(const Options& options);
  void build(const Shape& input_shape) override;
  Tensor call(const Tensor& inputs) override;
  Tensor compute_mask(const TensorList& inputs, const TensorList& masks) override;
  bool supports_masking() const override { return options_.mask_zero; }
  Shape compute_output_shape(const Shape& input_shape) override;

  const Variable& embeddings() const { return embeddings_; }

 private:
  Variable embeddings_;
};

struct MaskingOptions {
  double mask_value = 0;
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// Masks the steps of [..., steps, features] whose features all are `mask_value`, and makes them 0. Keras's Masking.
class CORNU_API Masking : public ConfiguredLayer<MaskingOptions> {
 public:
  explicit Masking(const Options& options = {});
  Tensor call(const Tensor& inputs) override;
  Tensor compute_mask(const TensorList& inputs, const TensorList& masks) override;
  bool supports_masking() const override { return true; }
};

}  // namespace cornu::layers
