#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/layers/functional.h>
#include <cornu/layers/internal/families.h>
#include <cornu/layers/internal/functional_node.h>
#include <cornu/layers/internal/layer_state.h>
#include <cornu/layers/merging.h>

namespace cornu {

namespace {

bool has_origin(const Tensor& tensor) { return tensor.defined() && tensor.has_origin(); }

/// A tensor of the same spec, names of extents included, that comes from nowhere.
Tensor without_origin(const Tensor& tensor) { return has_origin(tensor) ? Tensor::symbolic(tensor.spec()) : tensor; }

std::vector<TensorSpec> named_specs(const TensorList& tensors) {
  std::vector<TensorSpec> specs;
  for (const Tensor& tensor : tensors) specs.push_back(tensor.spec());
  return specs;
}

/// All inputs count the same examples.
int64_t batch_extent_name() {
  static const int64_t name = Shape({-1}).with_names()[0];
  return name;
}

bool takes_lists_only(const Layer& layer) {
  return dynamic_cast<const layers::Merge*>(&layer) || dynamic_cast<const layers::Concatenate*>(&layer);
}

void require_no_masks(const Layer& layer, const CallOptions& options) {
  if (options.mask.defined() || !options.masks.empty())
    throw ValueError(layer.path() +
                     ": a layer of a functional model takes the masks that its inputs carry; none can be "
                     "given to it");
}

}  // namespace

bool Layer::is_described(const TensorList& inputs) { return std::any_of(inputs.begin(), inputs.end(), has_origin); }

TensorList Layer::describe(const TensorList& inputs, const CallOptions& options, bool takes_list,
                           const std::shared_ptr<Layer>& held) {
  require_no_masks(*this, options);
  if (!takes_list && takes_lists_only(*this)) layers::fail_without_list(class_name());
  TensorList stripped;
  for (const Tensor& input : inputs) stripped.push_back(without_origin(input));
  const TracingScope inferred(nullptr);
  const TensorList outputs = run(stripped, {.training = false});
  const std::shared_ptr<FunctionalNode> node = FunctionalNode::of_layer(*this, held, state().described_calls++);
  node->inputs = inputs;
  node->takes_list = takes_list;
  node->options = options;
  if (state().first_described.expired()) state().first_described = node;
  return node->make_outputs(named_specs(outputs));
}

Tensor Layer::input() const {
  const std::shared_ptr<FunctionalNode> node = state().first_described.lock();
  if (!node) throw StateError(path() + ": input: the layer was not called in a functional model");
  if (node->inputs.size() != 1)
    throw ValueError(path() + ": input: the layer has " + std::to_string(node->inputs.size()) + " inputs");
  return node->inputs[0];
}

Tensor Layer::output() const {
  const std::shared_ptr<FunctionalNode> node = state().first_described.lock();
  if (!node) throw StateError(path() + ": output: the layer was not called in a functional model");
  if (node->outputs.size() != 1)
    throw ValueError(path() + ": output: the layer has " + std::to_string(node->outputs.size()) + " outputs");
  return node->output_tensor(0);
}

std::shared_ptr<Layer> Layer::copy_of_temporary() const {
  std::shared_ptr<Layer> copy = clone();
  copy->state().name = copy->state().path = state().named ? name() : "";
  copy->state().named = state().named;
  return copy;
}

LayerOutputs call_shared(const std::shared_ptr<Layer>& layer, const TensorList& inputs, const CallOptions& options) {
  if (!layer) throw ValueError("a null pointer was called as a layer");
  return Layer::is_described(inputs) ? layer->describe(inputs, options, true, layer) : layer->run(inputs, options);
}

Tensor call_shared(const std::shared_ptr<Layer>& layer, const Tensor& input, const CallOptions& options) {
  if (!layer) throw ValueError("a null pointer was called as a layer");
  if (!has_origin(input)) return (*layer)(input, options);
  return LayerOutputs(layer->describe({input}, options, false, layer));
}

Tensor Input(const Shape& shape, const InputOptions& options) {
  const auto layer = std::make_shared<layers::InputLayer>(shape, options);
  TensorSpec spec(layer->batch_shape(), layer->dtype());
  if (spec.shape[0] < 0) spec.shape[0] = batch_extent_name();
  layer->build(layer->batch_shape());
  spec.shape = spec.shape.with_names();
  return FunctionalNode::of_layer(*layer, layer, 0)->make_outputs({spec})[0];
}

namespace layers {

namespace {

Shape with_batch(const Shape& shape, const InputOptions& options) {
  for (const int64_t extent : shape)
    if (extent < -1)
      throw ShapeError("InputLayer: extents are numbers, or -1 where they are not known; received " +
                       std::to_string(extent));
  Shape batch_shape = shape;
  batch_shape.insert(0, options.batch_size.value_or(-1));
  return batch_shape;
}

/// InputLayer's configuration, as Keras writes it.
struct InputConfiguration {
  Shape batch_shape = {-1};
  DType dtype = float32;
  bool sparse = false, ragged = false, optional = false;
  std::string name = {};

  void describe(Fields& fields) {
    fields("batch_shape", batch_shape);
    fields("dtype", dtype);
    fields("sparse", sparse);
    fields("ragged", ragged);
    fields("name", name);
    fields("optional", optional);
  }
};

std::unique_ptr<Layer> read_input_layer(const Config& config) {
  const auto read = read_options<InputConfiguration>("InputLayer", config);
  if (read.sparse || read.ragged || read.optional)
    throw ValueError("InputLayer: sparse, ragged and optional inputs are not supported");
  if (read.batch_shape.rank() < 1) throw ValueError("InputLayer: batch_shape needs the batch axis; received ()");
  InputOptions options{.dtype = read.dtype, .name = read.name};
  if (read.batch_shape[0] >= 0) options.batch_size = read.batch_shape[0];
  return std::make_unique<InputLayer>(read.batch_shape.slice(1, read.batch_shape.rank()), options);
}

}  // namespace

void add_input_layers(Registry<Layer>& registry) { registry.add("InputLayer", read_input_layer); }

InputLayer::InputLayer(const Shape& shape, const InputOptions& options)
    : Layer({.name = options.name, .dtype = options.dtype}), batch_shape_(with_batch(shape, options)) {}

Tensor InputLayer::call(const Tensor& inputs) { return inputs; }

Config InputLayer::get_config() const {
  return write_options(InputConfiguration{.batch_shape = batch_shape_, .dtype = dtype(), .name = name()});
}

}  // namespace layers

}  // namespace cornu
