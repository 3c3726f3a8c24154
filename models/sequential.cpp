#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/models/internal/functional_graph.h>
#include <cornu/models/sequential.h>

namespace cornu {

void Sequential::append(std::shared_ptr<Layer> layer) {
  if (!layer) throw ValueError("Sequential: a null pointer is no layer");
  if (auto input = std::dynamic_pointer_cast<layers::InputLayer>(layer)) {
    if (input_ || !layers_.empty())
      throw ValueError("Sequential: an InputLayer can only be the first layer; there are " +
                       std::to_string(layers_.size()) + " before it");
    input_ = std::move(input);
    return;
  }
  const auto is_same = [&](const auto& other) { return other == layer; };
  if (std::any_of(layers_.begin(), layers_.end(), is_same))
    throw ValueError("Sequential: the layer '" + layer->name() + "' is in the model already");
  track(*layer);
  for (const std::shared_ptr<Layer>& other : layers_)
    if (other->name() == layer->name()) {
      release(*layer);
      throw ValueError("Sequential: there is already a layer '" + other->name() +
                       "'; the names of the layers have to differ");
    }
  layers_.push_back(std::move(layer));
}

void Sequential::add_layer(std::shared_ptr<Layer> layer) {
  append(std::move(layer));
  try {
    structure_changed();
  } catch (...) {
    remove_last();
    throw;
  }
}

void Sequential::remove_last() {
  if (layers_.empty()) {
    input_ = nullptr;
  } else {
    release(*layers_.back());
    layers_.pop_back();
  }
}

std::shared_ptr<Layer> Sequential::pop() {
  if (layers_.empty()) throw StateError(path() + ": pop: there is no layer to take away");
  std::shared_ptr<Layer> last = layers_.back();
  remove_last();
  structure_changed();
  return last;
}

/// Builds the model again where that is possible without a call.
void Sequential::structure_changed() {
  unbuild();
  layers_changed();
  symbolic_input_ = symbolic_output_ = Tensor();
  if (!input_ || layers_.empty()) return;
  const TracingScope inferred(nullptr);
  (*this)(Tensor::symbolic({input_->batch_shape(), input_->dtype()}));
  describe_chain();
}

/// The model as a functional one.
void Sequential::describe_chain() const {
  if (symbolic_input_.defined() || !built() || input_specs().size() != 1) return;
  const TensorSpec& spec = input_specs()[0];
  InputOptions options{.dtype = spec.dtype};
  if (input_) options.name = input_->name();
  if (input_ && spec.shape[0] >= 0) options.batch_size = spec.shape[0];
  symbolic_input_ = Input(spec.shape.slice(1, spec.shape.rank()), options);
  TensorList values{symbolic_input_};
  for (const std::shared_ptr<Layer>& layer : layers_)
    values = values.size() == 1 ? TensorList{call_shared(layer, values[0])} : TensorList(call_shared(layer, values));
  symbolic_output_ = values[0];
}

TensorList Sequential::inputs() const {
  describe_chain();
  return symbolic_input_.defined() ? TensorList{symbolic_input_} : TensorList();
}
TensorList Sequential::outputs() const {
  describe_chain();
  return symbolic_output_.defined() ? TensorList{symbolic_output_} : TensorList();
}

std::vector<std::string> Sequential::input_names() const {
  return {input_ ? input_->name() : std::string("input_layer")};
}
std::vector<std::string> Sequential::output_names() const {
  return layers_.empty() ? std::vector<std::string>() : std::vector<std::string>{layers_.back()->name()};
}

TensorList Sequential::call_list(const TensorList& inputs) {
  if (layers_.empty()) throw StateError("the Sequential model has no layers; add() some");
  TensorList values = inputs;
  if (input_) {
    if (inputs.size() != 1)
      throw ValueError("a Sequential model takes one tensor; received " + std::to_string(inputs.size()));
    values[0] = fit_input(inputs[0], {input_->batch_shape(), input_->dtype()}, input_->name());
  }
  for (const std::shared_ptr<Layer>& layer : layers_) values = (*layer)(values);
  return values;
}

}  // namespace cornu
