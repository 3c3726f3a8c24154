#pragma once
#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <cornu/layers/functional.h>
#include <cornu/models/model.h>

namespace cornu {

/// A layer that is given away: a temporary or moved one, or a pointer to one.
template <class L>
concept GivenLayer = (std::derived_from<std::remove_cvref_t<L>, Layer> && !std::is_lvalue_reference_v<L>) ||
                     std::convertible_to<L, std::shared_ptr<Layer>>;

/// Layers one behind the other: each takes what the one before it gives. Keras's Sequential.
///
///     Sequential model{
///         layers::InputLayer({28, 28}),
///         layers::Flatten(),
///         layers::Dense({.units = 10, .activation = "softmax"}),
///     };
///
/// With an InputLayer in front it is built at once, otherwise at its first call.
class CORNU_API Sequential : public Model {
 public:
  explicit Sequential(const LayerOptions& options = {}) : Model(options) {}
  template <GivenLayer... L>
  requires(sizeof...(L) > 0 && (sizeof...(L) > 1 || !(std::same_as<std::remove_cvref_t<L>, Sequential> &&
                                                      ...))) explicit Sequential(L&&... layers) {
    (append(pointer_to(std::forward<L>(layers))), ...);
    structure_changed();
  }

  /// Puts a layer behind the last. Throws ValueError for an InputLayer that is not the first, a name that another layer
  /// has, or a null pointer, and what the layer throws if it does not fit; the model is as it was then.
  template <GivenLayer L>
  void add(L&& layer) {
    add_layer(pointer_to(std::forward<L>(layer)));
  }
  /// Takes the last layer away and gives it back. Throws StateError if there is none.
  std::shared_ptr<Layer> pop();

  TensorList call_list(const TensorList& inputs) override;
  TensorList inputs() const override;
  TensorList outputs() const override;
  std::vector<std::string> input_names() const override;
  std::vector<std::string> output_names() const override;
  /// The InputLayer in front; null without one.
  const layers::InputLayer* input_layer() const { return input_.get(); }

 private:
  template <class L>
  static std::shared_ptr<Layer> pointer_to(L&& layer) {
    if constexpr (std::derived_from<std::remove_cvref_t<L>, Layer>)
      return share(std::forward<L>(layer));
    else
      return std::shared_ptr<Layer>(std::forward<L>(layer));
  }
  void append(std::shared_ptr<Layer> layer);
  void add_layer(std::shared_ptr<Layer> layer);
  void remove_last();
  void structure_changed();
  void describe_chain() const;

  std::shared_ptr<layers::InputLayer> input_;
  std::vector<std::shared_ptr<Layer>> layers_;
  mutable Tensor symbolic_input_, symbolic_output_;
};

}  // namespace cornu
