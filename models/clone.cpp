#include <map>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/extents.h>
#include <cornu/models/clone.h>
#include <cornu/models/internal/functional_graph.h>
#include <cornu/models/sequential.h>

namespace cornu {

namespace {

std::shared_ptr<Layer> fresh_layer(const Layer& layer) {
  if (const auto* model = dynamic_cast<const Model*>(&layer)) return clone_model(*model);
  std::shared_ptr<Layer> fresh = layers::deserialize(layer.to_json());
  fresh->set_name(layer.name());
  return fresh;
}

std::unique_ptr<Model> clone_chain(const Sequential& model) {
  auto copy = std::make_unique<Sequential>();
  if (const layers::InputLayer* input = model.input_layer()) copy->add(fresh_layer(*input));
  for (const Layer* layer : model.layers()) copy->add(fresh_layer(*layer));
  return copy;
}

/// Describes the same calls again with fresh layers.
class GraphCopy {
 public:
  explicit GraphCopy(const FunctionalGraph& graph) : graph_(graph), values_(graph.calls().size()) {
    for (const FunctionalGraph::Member& member : graph.members())
      if (!graph.node_of(member).is_operation()) layers_[&member] = fresh_layer(graph.node_of(member).layer());
    for (const FunctionalGraph::Source& input : graph.inputs()) copy_input(input);
    for (size_t i = 0; i < values_.size(); ++i) make_call(i);
  }

  TensorList copies(const std::vector<FunctionalGraph::Source>& sources) const {
    TensorList tensors;
    for (const FunctionalGraph::Source& source : sources) tensors.push_back(value(source));
    return tensors;
  }

 private:
  Tensor value(const FunctionalGraph::Source& source) const {
    if (source.call < 0) return source.constant;
    return values_[static_cast<size_t>(source.call)][static_cast<size_t>(source.output)];
  }

  void copy_input(const FunctionalGraph::Source& source) {
    const auto& layer =
        dynamic_cast<const layers::InputLayer&>(graph_.calls()[static_cast<size_t>(source.call)].node->layer());
    const Shape& shape = layer.batch_shape();
    InputOptions options{.dtype = layer.dtype(), .name = layer.name()};
    if (shape[0] >= 0) options.batch_size = shape[0];
    values_[static_cast<size_t>(source.call)] = {Input(shape.slice(1, shape.rank()), options)};
  }

  /// The calls of a layer are made in their order, as they are numbered by it.
  void make_call(size_t number) {
    if (!values_[number].empty()) return;
    const FunctionalGraph::Call& call = graph_.calls()[number];
    for (const size_t earlier : graph_.members()[call.member].calls) {
      if (earlier == number) break;
      make_call(earlier);
    }
    for (const FunctionalGraph::Source& input : call.inputs)
      if (input.call >= 0) make_call(static_cast<size_t>(input.call));
    values_[number] = copy_call(call);
  }

  TensorList copy_call(const FunctionalGraph::Call& call) const {
    const TensorList inputs = copies(call.inputs);
    const FunctionalNode& node = *call.node;
    if (!node.is_operation()) {
      const std::shared_ptr<Layer>& layer = layers_.at(&graph_.members()[call.member]);
      if (node.takes_list) return call_shared(layer, inputs, node.options);
      return {call_shared(layer, inputs[0], node.options)};
    }
    const Attributes attributes = extents().resolve(node.attributes());
    if (node.operation().infer) return {apply(node.operation(), pointers(inputs), attributes)};
    return apply_outputs(node.operation(), pointers(inputs), attributes);
  }

  /// What the names in the original's shapes are called in the copy.
  Extents extents() const {
    Extents extents;
    for (size_t i = 0; i < values_.size(); ++i)
      for (size_t k = 0; k < values_[i].size(); ++k)
        extents.bind(graph_.calls()[i].node->outputs[k].shape, values_[i][k].shape(), "clone_model");
    return extents;
  }

  const FunctionalGraph& graph_;
  std::map<const FunctionalGraph::Member*, std::shared_ptr<Layer>> layers_;
  std::vector<TensorList> values_;
};

TensorDict named(const std::vector<std::string>& names, const TensorList& tensors) {
  TensorDict dict;
  for (size_t i = 0; i < tensors.size(); ++i) dict.add(names[i], tensors[i]);
  return dict;
}

}  // namespace

std::unique_ptr<Model> clone_model(const Model& model) {
  std::unique_ptr<Model> copy;
  if (const auto* sequential = dynamic_cast<const Sequential*>(&model)) {
    copy = clone_chain(*sequential);
  } else if (const FunctionalGraph* graph = model.functional_graph()) {
    const GraphCopy parts(*graph);
    const TensorList inputs = parts.copies(graph->inputs()), outputs = parts.copies(graph->outputs());
    copy = graph->input_keys.empty()
               ? std::make_unique<Model>(inputs, outputs)
               : std::make_unique<Model>(named(graph->input_keys, inputs), named(graph->output_keys, outputs));
  } else {
    throw ValueError("clone_model: '" + model.name() + "' is of the class " + model.class_name() +
                     ", which computes in a call() of its own; only Sequential and functional models can be cloned");
  }
  copy->set_name(model.name());
  return copy;
}

}  // namespace cornu
