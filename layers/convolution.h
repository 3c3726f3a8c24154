#pragma once
#include <string>

#include <cornu/core/ops/convolution.h>
#include <cornu/layers/activation.h>
#include <cornu/layers/configured_layer.h>

namespace cornu::layers {

struct Conv2DOptions {
  int64_t filters = 0;            ///< number of output channels; at least 1
  IntegerPair kernel_size = {};   ///< extents of the window; at least 1
  IntegerPair strides = 1;        ///< from one window to the next
  std::string padding = "valid";  ///< or "same": zeros around the image, so that with strides of 1 the extents stay
  std::string data_format = "channels_last";  ///< or "channels_first": [batch, channels, rows, columns]
  IntegerPair dilation_rate = 1;              ///< from one element of a window to the next
  int64_t groups = 1;                         ///< groups of channels that have filters of their own
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
/// activation(conv2d(inputs, kernel) + bias): [batch, rows, columns, channels] -> [batch, rows, columns, filters], with
/// the weights kernel [kernel_size, channels / groups, filters] and bias [filters]; see cornu::conv2d. Convolution,
/// bias and relu are one pass. Throws ShapeError for inputs of another rank, for other channels than at first, and
/// where the kernel does not fit in the image. Keras's Conv2D.
///
///     layers::Conv2D features({.filters = 32, .kernel_size = 3, .activation = "relu"});
///     Tensor y = features(zeros({64, 28, 28, 1}));  // [64, 26, 26, 32]
class CORNU_API Conv2D : public ConfiguredLayer<Conv2DOptions> {
 public:
  explicit Conv2D(const Options& options);
  void build(const Shape& input_shape) override;
  Tensor call(const Tensor& inputs) override;
  Shape compute_output_shape(const Shape& input_shape) override;

  const Variable& kernel() const { return kernel_; }
  const Variable& bias() const { return bias_; }

 private:
  int64_t channels_of(const Shape& input_shape) const;
  ConvolutionOptions convolution() const;

  Variable kernel_, bias_;
};

}  // namespace cornu::layers
