#include <cornu/core/error.h>
#include <cornu/layers/internal/functional_node.h>
#include <cornu/layers/internal/layer_state.h>

namespace cornu {

Layer* LayerReference::find() const {
  const std::shared_ptr<Layer::State> state = state_.lock();
  return state ? state->layer : nullptr;
}

std::shared_ptr<FunctionalNode> FunctionalNode::of_layer(Layer& layer, std::shared_ptr<Layer> held, int64_t index) {
  auto node = std::make_shared<FunctionalNode>();
  node->held_ = std::move(held);
  node->layer_.emplace(layer);
  node->layer_name_ = layer.name();
  node->index_ = index;
  return node;
}

std::shared_ptr<FunctionalNode> FunctionalNode::of_operation(const Call& call) {
  auto node = std::make_shared<FunctionalNode>();
  node->operation_ = &call.operation;
  node->attributes_ = call.attributes;
  for (const Tensor* input : call.inputs) {
    if (input->is_symbolic() && !input->has_origin())
      throw StateError(std::string(call.name()) +
                       ": an input depends on extents that are not known yet, which a functional model cannot keep; "
                       "compute it in the call() of a layer");
    node->inputs.push_back(*input);
  }
  return node;
}

std::shared_ptr<const FunctionalNode> FunctionalNode::of(const Tensor& tensor) {
  return tensor.defined() ? std::dynamic_pointer_cast<const FunctionalNode>(tensor.origin()) : nullptr;
}

void FunctionalNode::record(const Call& call, std::span<Tensor> outputs) const {
  const std::shared_ptr<FunctionalNode> node = of_operation(call);
  for (size_t i = 0; i < outputs.size(); ++i) {
    node->outputs.push_back(outputs[i].spec());
    outputs[i].set_origin(node, static_cast<int>(i));
  }
}

Layer& FunctionalNode::layer() const {
  Layer* layer = layer_ ? layer_->find() : nullptr;
  if (!layer)
    throw StateError(
        "the layer '" + layer_name_ +
        "' of this functional model is gone; let the model own it: call it as a temporary, move it in with "
        "`x | std::move(layer)`, or make it with share()");
  return *layer;
}

bool FunctionalNode::has_layer_of(const FunctionalNode& other) const {
  if (this == &other) return true;
  return !is_operation() && !other.is_operation() && &layer() == &other.layer();
}

TensorList FunctionalNode::make_outputs(std::vector<TensorSpec> specs) {
  outputs = std::move(specs);
  TensorList tensors;
  for (size_t i = 0; i < outputs.size(); ++i) tensors.push_back(output_tensor(i));
  return tensors;
}

Tensor FunctionalNode::output_tensor(size_t number) const {
  Tensor tensor = Tensor::symbolic(outputs[number]);
  tensor.set_origin(shared_from_this(), static_cast<int>(number));
  return tensor;
}

}  // namespace cornu
