#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/layers/convolution.h>
#include <cornu/layers/internal/families.h>

namespace cornu::layers {

void add_convolution_layers(Registry<Layer>& registry) { registry.add<Conv2D>("Conv2D"); }

void Conv2DOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("filters", filters, at_least(1));
  fields("kernel_size", kernel_size, at_least(1));
  fields("strides", strides, at_least(1));
  fields("padding", padding, one_of({"valid", "same"}));
  fields("data_format", data_format, one_of({"channels_last", "channels_first"}));
  fields("dilation_rate", dilation_rate, at_least(1));
  fields("groups", groups, at_least(1));
  fields("activation", activation);
  fields("use_bias", use_bias);
  fields("kernel_initializer", kernel_initializer);
  fields("bias_initializer", bias_initializer);
  fields("kernel_regularizer", kernel_regularizer);
  fields("bias_regularizer", bias_regularizer);
  fields("activity_regularizer", activity_regularizer);
  fields("kernel_constraint", kernel_constraint);
  fields("bias_constraint", bias_constraint);
}

Conv2D::Conv2D(const Options& options) : ConfiguredLayer("Conv2D", options) {
  const std::pair<const char*, const IntegerPair*> needed[] = {
      {"kernel_size", &options.kernel_size}, {"strides", &options.strides}, {"dilation_rate", &options.dilation_rate}};
  for (const auto& [name, pair] : needed)
    if (!pair->defined())
      throw ValueError("Conv2D: " + std::string(name) + ": expected an integer or two; received none");
  if (options.filters % options.groups != 0)
    throw ValueError("Conv2D: groups: must divide filters, " + std::to_string(options.filters) + "; received " +
                     std::to_string(options.groups));
  if (options.strides != 1 && options.dilation_rate != 1)
    throw ValueError("Conv2D: strides: must be 1 where dilation_rate is not; received strides of " +
                     std::to_string(options.strides.rows()) + " and " + std::to_string(options.strides.columns()));
}

int64_t Conv2D::channels_of(const Shape& input_shape) const {
  const bool channels_first = options_.data_format == "channels_first";
  if (input_shape.rank() != 4)
    throw ShapeError(std::string("Conv2D: expected inputs of shape ") +
                     (channels_first ? "(batch, channels, rows, columns)" : "(batch, rows, columns, channels)") +
                     "; received shape " + input_shape.to_string());
  return input_shape[channels_first ? 1 : 3];
}

ConvolutionOptions Conv2D::convolution() const {
  return {.strides = options_.strides,
          .padding = options_.padding,
          .data_format = options_.data_format,
          .dilation_rate = options_.dilation_rate};
}

void Conv2D::build(const Shape& input_shape) {
  const int64_t channels = channels_of(input_shape);
  if (channels < 1 || channels % options_.groups != 0)
    throw ShapeError("Conv2D: expected inputs whose channels are a multiple of groups, " +
                     std::to_string(options_.groups) + "; received shape " + input_shape.to_string());
  const IntegerPair& extents = options_.kernel_size;
  add_kernel_and_bias({extents.rows(), extents.columns(), channels / options_.groups, options_.filters}, kernel_,
                      bias_);
}

Tensor Conv2D::call(const Tensor& inputs) {
  const int64_t channels = channels_of(inputs.shape()), expected = kernel_.shape()[2] * options_.groups;
  if (channels != expected && channels >= 0)
    throw ShapeError("Conv2D: expected inputs of " + std::to_string(expected) +
                     " channels, as the layer was built for; received shape " + inputs.shape().to_string());
  const Tensor x = is_floating(inputs.dtype()) ? inputs : cast(inputs, dtype());
  if (!options_.use_bias) return options_.activation(conv2d(x, kernel_, convolution()));
  if (options_.activation.name() == "relu") return conv2d(x, kernel_, bias_, convolution(), ProductActivation::relu);
  return options_.activation(conv2d(x, kernel_, bias_, convolution()));
}

Shape Conv2D::compute_output_shape(const Shape& input_shape) {
  const int64_t channels = channels_of(input_shape);
  const IntegerPair& extents = options_.kernel_size;
  const Shape kernel = {extents.rows(), extents.columns(), channels < 0 ? -1 : channels / options_.groups,
                        options_.filters};
  return conv2d(Tensor::symbolic({input_shape, dtype()}), Tensor::symbolic({kernel, dtype()}), convolution())
      .shape()
      .without_names();
}

}  // namespace cornu::layers
