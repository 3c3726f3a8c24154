#include <cornu/core/error.h>
#include <cornu/core/graph/internal/extents.h>
#include <cornu/core/graph/internal/replay.h>
#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/ops/internal/name_scope.h>
#include <cornu/core/ops/tracing.h>

namespace cornu {

namespace {

class Replay {
 public:
  Replay(const Graph& graph, const TensorList& inputs) : graph_(graph), values_(graph.nodes.size()) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      const Value& input = graph.inputs[i];
      extents_.bind(graph.spec(input).shape, inputs[i].shape(), "argument");
      values_[static_cast<size_t>(input.node)] = {inputs[i]};
    }
  }

  TensorList run() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      const NameScope scope(node.scope.empty() ? name_scope() : node.scope);
      if (node.kind != Node::Kind::input) values_[i] = outputs_of(node);
      for (size_t k = 0; k < node.outputs.size(); ++k)
        extents_.bind(node.outputs[k].shape, values_[i][k].shape(), node.type());
    }
    TensorList outputs;
    for (const Value& output : graph_.outputs) outputs.push_back(at(output));
    return outputs;
  }

 private:
  const Tensor& at(const Value& value) const {
    return values_[static_cast<size_t>(value.node)][static_cast<size_t>(value.output)];
  }

  TensorList outputs_of(const Node& node) {
    std::vector<const Tensor*> inputs;
    for (const Value& input : node.inputs) inputs.push_back(&at(input));
    switch (node.kind) {
      case Node::Kind::constant:
        return {node.constant};
      case Node::Kind::read:
        return {node.variable.value()};
      case Node::Kind::assign:
        node.variable.assign(*inputs[0]);
        return {};
      case Node::Kind::effect:
        if (!node.operation) return run_effect(node, inputs);
        break;
      default:
        break;
    }
    const Attributes attributes = extents_.resolve(node.attributes);
    if (node.operation->infer) return {apply(*node.operation, inputs, attributes)};
    return apply_outputs(*node.operation, inputs, attributes);
  }

  TensorList run_effect(const Node& node, const std::vector<const Tensor*>& inputs) const {
    if (tracing()) return tracing()->add_effect(node.effect, inputs);
    TensorList outputs;
    for (const TensorSpec& spec : node.outputs)
      outputs.push_back(Tensor::allocate(extents_.resolve(spec.shape), spec.dtype));
    node.effect->run(inputs, outputs);
    return outputs;
  }

  const Graph& graph_;
  std::vector<TensorList> values_;
  Extents extents_;
};

}  // namespace

TensorList replay(const Graph& graph, const TensorList& inputs) { return Replay(graph, inputs).run(); }

Graph specialize(const Graph& graph, std::span<const Shape> inputs) {
  Graph special = graph;
  Extents extents;
  for (size_t i = 0; i < inputs.size(); ++i) {
    TensorSpec& spec = special.nodes[static_cast<size_t>(graph.inputs[i].node)].outputs[0];
    extents.bind(spec.shape, inputs[i], "argument");
    spec.shape = inputs[i];
  }
  for (size_t i = 0; i < special.nodes.size(); ++i) {
    Node& node = special.nodes[i];
    if (node.operation) {
      node.attributes = extents.resolve(node.attributes);
      try {
        const std::vector<TensorSpec> specs = infer_specs(special, node);
        for (size_t k = 0; k < specs.size(); ++k) {
          extents.bind(node.outputs[k].shape, specs[k].shape, node.type());
          node.outputs[k].shape = specs[k].shape;
        }
      } catch (Error& error) {
        error.add_location(graph.name_of(static_cast<int32_t>(i)));
        throw;
      }
    } else if (node.kind == Node::Kind::assign) {
      const Shape& shape = special.spec(node.inputs[0]).shape;
      if (shape != node.variable.shape())
        throw ShapeError("assign of variable '" + node.variable.path() + "': its shape is " +
                         node.variable.shape().to_string() + "; received " + shape.to_string());
    } else if (node.kind == Node::Kind::effect) {
      for (TensorSpec& spec : node.outputs) spec.shape = extents.resolve(spec.shape);
    }
  }
  return special;
}

}  // namespace cornu
