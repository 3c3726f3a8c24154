// Models that are made of symbolic tensors.
#include <map>
#include <set>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/models/internal/functional_graph.h>
#include <cornu/models/model.h>

namespace cornu {

namespace {

TensorList tensors_of(const TensorDict& named) {
  TensorList tensors;
  for (const auto& [name, tensor] : named) tensors.push_back(tensor);
  return tensors;
}

std::shared_ptr<const FunctionalGraph> named_graph(const TensorDict& inputs, const TensorDict& outputs) {
  auto graph = std::make_shared<FunctionalGraph>(tensors_of(inputs), tensors_of(outputs));
  graph->input_keys = inputs.names();
  graph->output_keys = outputs.names();
  return graph;
}

}  // namespace

Model::Model(const LayerOptions& options, std::shared_ptr<const FunctionalGraph> functional) : Model(options) {
  functional_ = std::move(functional);
  track_members();
  TensorList inputs;
  for (const FunctionalGraph::Source& input : functional_->inputs())
    inputs.push_back(Tensor::symbolic(functional_->spec(input)));
  const TracingScope inferred(nullptr);
  (*this)(inputs);
}

/// Layers without a name of their own get one that no other member of the model has.
void Model::track_members() {
  std::set<std::string> settled;
  std::vector<Layer*> nameless;
  for (const FunctionalGraph::Member& member : functional_->members()) {
    const FunctionalNode& node = functional_->node_of(member);
    const std::string name = functional_->name_of(member);
    if (!node.is_operation() && node.layer().path() == name && name == to_snake_case(node.layer().class_name()))
      nameless.push_back(&node.layer());
    else
      settled.insert(name);
  }
  for (const FunctionalGraph::Member& member : functional_->members()) {
    const FunctionalNode& node = functional_->node_of(member);
    if (!node.is_operation()) track(node.layer());
  }
  for (Layer* const layer : nameless) {
    const std::string base = to_snake_case(layer->class_name());
    for (int number = 1; settled.contains(layer->name()); ++number)
      layer->set_name(base + "_" + std::to_string(number));
  }
  std::map<std::string, int> counts;
  for (const FunctionalGraph::Member& member : functional_->members()) ++counts[functional_->name_of(member)];
  for (const auto& [name, count] : counts)
    if (count > 1)
      throw ValueError("The name \"" + name + "\" is used " + std::to_string(count) +
                       " times in the model. All operation names should be unique.");
}

Model::Model(const TensorList& inputs, const TensorList& outputs, const LayerOptions& options)
    : Model(options, std::make_shared<const FunctionalGraph>(inputs, outputs)) {}
Model::Model(const Tensor& input, const Tensor& output, const LayerOptions& options)
    : Model(TensorList{input}, TensorList{output}, options) {}
Model::Model(const TensorList& inputs, const Tensor& output, const LayerOptions& options)
    : Model(inputs, TensorList{output}, options) {}
Model::Model(const Tensor& input, const TensorList& outputs, const LayerOptions& options)
    : Model(TensorList{input}, outputs, options) {}
Model::Model(const TensorDict& inputs, const TensorDict& outputs, const LayerOptions& options)
    : Model(options, named_graph(inputs, outputs)) {}

TensorList Model::call_list(const TensorList& inputs) {
  return functional_ ? functional_->run(inputs) : Layer::call_list(inputs);
}

TensorDict Model::operator()(const TensorDict& inputs, const CallOptions& options) {
  if (!functional_)
    throw StateError(path() +
                     ": only a functional model has inputs by name; call this one with a Tensor or TensorList");
  const TensorList outputs = (*this)(inputs.in_order(input_names()), options);
  const std::vector<std::string> names = output_names();
  TensorDict named;
  for (size_t i = 0; i < outputs.size(); ++i) named.add(names[i], outputs[i]);
  return named;
}

std::string Model::class_name() const {
  const std::string name = Layer::class_name();
  return functional_ && name == "Model" ? "Functional" : name;
}

TensorList Model::inputs() const { return functional_ ? functional_->symbolic_inputs : TensorList(); }
TensorList Model::outputs() const { return functional_ ? functional_->symbolic_outputs : TensorList(); }

std::vector<std::string> Model::input_names() const {
  if (!functional_) return {};
  if (!functional_->input_keys.empty()) return functional_->input_keys;
  std::vector<std::string> names;
  for (const FunctionalGraph::Source& input : functional_->inputs()) names.push_back(functional_->name_of(input));
  return names;
}

std::vector<std::string> Model::output_names() const {
  if (!functional_) return {};
  if (!functional_->output_keys.empty()) return functional_->output_keys;
  std::vector<std::string> names;
  for (const FunctionalGraph::Source& output : functional_->outputs()) names.push_back(functional_->name_of(output));
  return names;
}

Layer& Model::get_layer(const std::string& name) const {
  std::vector<std::string> names;
  for (Layer* layer : layers()) {
    if (layer->name() == name) return *layer;
    names.push_back(layer->name());
  }
  throw ValueError(path() + ": there is no layer '" + name + "'" + suggestion(name, names));
}

Layer& Model::get_layer(int64_t index) const {
  const std::vector<Layer*> all = layers();
  const int64_t count = static_cast<int64_t>(all.size());
  if (index < -count || index >= count)
    throw ValueError(path() + ": there are " + std::to_string(count) + " layers; received the place " +
                     std::to_string(index));
  return *all[static_cast<size_t>(index < 0 ? index + count : index)];
}

void Model::fail_class(const Layer& layer, const std::type_info& expected) const {
  throw ValueError(path() + ": the layer '" + layer.name() + "' is of the class " + layer.class_name() + ", not " +
                   class_name_of(expected));
}

}  // namespace cornu
