#include <cornu/core/error.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/layers/internal/families.h>
#include <cornu/layers/pooling.h>

namespace cornu::layers {

void add_pooling_layers(Registry<Layer>& registry) {
  registry.add<MaxPooling2D>("MaxPooling2D", {"MaxPool2D"});
  registry.add<AveragePooling2D>("AveragePooling2D", {"AvgPool2D"});
  registry.add<GlobalAveragePooling2D>("GlobalAveragePooling2D", {"GlobalAvgPool2D"});
  registry.add<GlobalMaxPooling2D>("GlobalMaxPooling2D", {"GlobalMaxPool2D"});
}

// Windows.

void Pooling2DOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("pool_size", pool_size, at_least(1));
  fields("strides", strides, at_least(1));
  fields("padding", padding, one_of({"valid", "same"}));
  fields("data_format", data_format, one_of({"channels_last", "channels_first"}));
}

Pooling2D::Pooling2D(const char* class_name, const Options& options) : ConfiguredLayer(class_name, options) {
  if (!options.pool_size.defined())
    throw ValueError(std::string(class_name) + ": pool_size: expected an integer or two; received none");
  if (!options.strides.defined()) options_.strides = options.pool_size;
}

PoolingOptions Pooling2D::pooling() const {
  return {.pool_size = options_.pool_size,
          .strides = options_.strides,
          .padding = options_.padding,
          .data_format = options_.data_format};
}

Tensor MaxPooling2D::call(const Tensor& inputs) { return max_pool2d(inputs, pooling()); }
Tensor AveragePooling2D::call(const Tensor& inputs) { return avg_pool2d(inputs, pooling()); }

// Whole images.

void GlobalPooling2DOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("data_format", data_format, one_of({"channels_last", "channels_first"}));
  fields("keepdims", keepdims);
}

std::vector<int64_t> GlobalPooling2D::axes_of(const Tensor& inputs) const {
  if (inputs.rank() != 4)
    throw ShapeError(class_name() + ": expected inputs of four axes, images; received shape " +
                     inputs.shape().to_string());
  if (options_.data_format == "channels_first") return {2, 3};
  return {1, 2};
}

Tensor GlobalAveragePooling2D::call(const Tensor& inputs) {
  return reduce_mean(inputs, axes_of(inputs), {.keepdims = options_.keepdims});
}
Tensor GlobalMaxPooling2D::call(const Tensor& inputs) {
  return reduce_max(inputs, axes_of(inputs), {.keepdims = options_.keepdims});
}

}  // namespace cornu::layers
