#pragma once
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <cornu/layers/layer.h>

namespace cornu {

struct InputOptions {
  std::optional<int64_t> batch_size = {};  ///< examples a batch; any number by default
  DType dtype = float32;
  std::string name = {};
};

namespace layers {

/// The place where a model's input comes in: inputs of `shape`, without the batch axis, pass as they are. The first
/// layer of a Sequential, or behind Input(). Keras's InputLayer.
class CORNU_API InputLayer : public Layer {
 public:
  /// Throws ShapeError for extents below -1.
  explicit InputLayer(const Shape& shape, const InputOptions& options = {});
  Tensor call(const Tensor& inputs) override;
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }
  bool supports_masking() const override { return true; }
  Config get_config() const override;

  /// With the batch axis.
  const Shape& batch_shape() const { return batch_shape_; }

 private:
  Shape batch_shape_;
};

}  // namespace layers

/// A symbolic tensor [batch, shape...] that a functional model begins with. Layers, operators and functions that are
/// applied to it compute nothing: they describe what `Model(inputs, outputs)` will do. Keras's keras.Input.
///
///     Tensor x = Input({28, 28});
///     Tensor y = x | layers::Flatten() | layers::Dense({.units = 10, .activation = "softmax"});
///     Model model(x, y);
CORNU_API Tensor Input(const Shape& shape, const InputOptions& options = {});

/// A layer that may be called more than once, or that several models share: the models that are made of it keep it.
///
///     auto shared = share(layers::Dense({.units = 32}));
///     Tensor y = relu(x | shared) + (x | shared);
template <std::derived_from<Layer> L>
std::shared_ptr<L> share(L&& layer) {
  static_assert(!std::is_lvalue_reference_v<L>, "a layer does not copy: give share() a new one, or std::move() it");
  return std::make_shared<L>(std::move(layer));
}

/// Calls `layer`, which whatever is described with it keeps: what `inputs | layer` does.
CORNU_API LayerOutputs call_shared(const std::shared_ptr<Layer>& layer, const TensorList& inputs,
                                   const CallOptions& options = {});
CORNU_API Tensor call_shared(const std::shared_ptr<Layer>& layer, const Tensor& input, const CallOptions& options = {});

template <class L>
concept LayerClass = std::derived_from<std::remove_cvref_t<L>, Layer>;

/// `x | layer` is `layer(x)`. A temporary or moved layer then belongs to what is described with it; another one has to
/// live as long as that.
template <LayerClass L>
Tensor operator|(const Tensor& inputs, L&& layer) {
  if constexpr (std::is_lvalue_reference_v<L>)
    return layer(inputs);
  else
    return call_shared(share(std::forward<L>(layer)), inputs);
}
template <LayerClass L>
LayerOutputs operator|(const TensorList& inputs, L&& layer) {
  if constexpr (std::is_lvalue_reference_v<L>)
    return layer(inputs);
  else
    return call_shared(share(std::forward<L>(layer)), inputs);
}
template <std::derived_from<Layer> L>
Tensor operator|(const Tensor& inputs, const std::shared_ptr<L>& layer) {
  return call_shared(layer, inputs);
}
template <std::derived_from<Layer> L>
LayerOutputs operator|(const TensorList& inputs, const std::shared_ptr<L>& layer) {
  return call_shared(layer, inputs);
}

}  // namespace cornu
