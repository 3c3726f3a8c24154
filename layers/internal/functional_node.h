#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/ops/operation.h>
#include <cornu/layers/internal/layer_reference.h>
#include <cornu/layers/layer.h>

namespace cornu {

/// A call of a layer or of an operation on symbolic tensors, outside a trace: what functional models are made of.
/// Keras's Node. Tensors that it makes have it for their origin, and it keeps those that it takes, so a tensor keeps
/// all that it comes from.
class CORNU_API FunctionalNode final : public Origin, public std::enable_shared_from_this<FunctionalNode> {
 public:
  /// A call of a layer, which belongs to the node if it is `held`.
  static std::shared_ptr<FunctionalNode> of_layer(Layer& layer, std::shared_ptr<Layer> held, int64_t index);
  static std::shared_ptr<FunctionalNode> of_operation(const Call& call);
  /// The node that `tensor` is an output of, or null.
  static std::shared_ptr<const FunctionalNode> of(const Tensor& tensor);

  void record(const Call& call, std::span<Tensor> outputs) const override;

  bool is_operation() const { return operation_ != nullptr; }
  const Operation& operation() const { return *operation_; }
  const Attributes& attributes() const { return attributes_; }
  /// Throws StateError when the layer is gone.
  Layer& layer() const;
  /// The layer as a shared one, where the node holds it; else null.
  const std::shared_ptr<Layer>& held() const { return held_; }
  /// Whether calls of two nodes are calls of one layer.
  bool has_layer_of(const FunctionalNode& other) const;
  /// Which call of its layer this is, from 0.
  int64_t index() const { return index_; }
  bool is_input() const { return inputs.empty(); }

  /// Makes the symbolic outputs of these specs.
  TensorList make_outputs(std::vector<TensorSpec> specs);
  Tensor output_tensor(size_t number) const;

  TensorList inputs;        // those without an origin are constants
  bool takes_list = false;  // whether the layer was called with a TensorList
  CallOptions options;
  std::vector<TensorSpec> outputs;  // unknown extents have their names

 private:
  std::shared_ptr<Layer> held_;
  std::optional<LayerReference> layer_;
  std::string layer_name_;
  const Operation* operation_ = nullptr;
  Attributes attributes_;
  int64_t index_ = 0;
};

}  // namespace cornu
