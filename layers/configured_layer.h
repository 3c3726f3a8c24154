#pragma once
#include <cornu/layers/layer.h>

namespace cornu::layers {

/// Throws DTypeError, naming the layer's class, unless `dtype` is floating.
CORNU_API void require_floating(const char* class_name, DType dtype);

/// A layer that keeps its options. Options has the members `name`, `trainable` and `dtype` of every Keras layer, and
/// may have `activity_regularizer`.
template <class OptionsType>
class ConfiguredLayer : public Layer {
 public:
  using Options = OptionsType;
  const Options& options() const { return options_; }
  Config get_config() const override {
    Options options = options_;
    options.name = name();
    options.trainable = trainable();
    if constexpr (requires { options.activity_regularizer; }) options.activity_regularizer = activity_regularizer();
    return write_options(options);
  }

 protected:
  ConfiguredLayer(const char* class_name, const Options& options)
      : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
        options_(checked_options(class_name, options)) {
    if constexpr (has_floating_weights) require_floating(class_name, options.dtype);
    if constexpr (requires { options.activity_regularizer; }) set_activity_regularizer(options.activity_regularizer);
  }

  /// The weights `kernel` of `shape` and, with use_bias, `bias` of its last extent, by the options that are named so.
  void add_kernel_and_bias(const Shape& shape, Variable& kernel, Variable& bias) {
    kernel = add_weight({.name = "kernel",
                         .shape = shape,
                         .initializer = options_.kernel_initializer,
                         .regularizer = options_.kernel_regularizer,
                         .constraint = options_.kernel_constraint});
    if (options_.use_bias)
      bias = add_weight({.name = "bias",
                         .shape = {shape.back()},
                         .initializer = options_.bias_initializer,
                         .regularizer = options_.bias_regularizer,
                         .constraint = options_.bias_constraint});
  }

  Options options_;

 private:
  static constexpr bool has_floating_weights = requires(Options o) { o.kernel_initializer; }
  || requires(Options o) { o.gamma_initializer; }
  || requires(Options o) { o.alpha_initializer; }
  || requires(Options o) { o.embeddings_initializer; };
};

/// The options that every layer has, for the `describe` of its own.
template <class Options>
void describe_layer(Fields& fields, Options& options) {
  fields("name", options.name);
  fields("trainable", options.trainable);
  fields("dtype", options.dtype);
  if constexpr (requires { options.activity_regularizer; })
    fields.if_set("activity_regularizer", options.activity_regularizer);
}

}  // namespace cornu::layers
