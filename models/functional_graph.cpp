#include <algorithm>
#include <set>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/core/graph/internal/extents.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/models/internal/functional_graph.h>
#include <cornu/models/internal/functional_graph_builder.h>
#include <cornu/models/saving/internal/operations.h>

namespace cornu {

FunctionalGraph::FunctionalGraph(const TensorList& inputs, const TensorList& outputs) : symbolic_outputs(outputs) {
  FunctionalGraphBuilder(inputs, outputs).build(*this);
  has_operations_ =
      std::any_of(calls_.begin(), calls_.end(), [](const Call& call) { return call.node->is_operation(); });
  name_operations();
}

const TensorSpec& FunctionalGraph::spec(const Source& source) const {
  return calls_[static_cast<size_t>(source.call)].node->outputs[static_cast<size_t>(source.output)];
}

// Names.

std::string FunctionalGraph::class_of(const Member& member) const {
  const FunctionalNode& node = node_of(member);
  return node.is_operation() ? saving::operation_class(node) : node.layer().class_name();
}

std::string FunctionalGraph::name_of(const Member& member) const {
  return member.operation_name.empty() ? node_of(member).layer().name() : member.operation_name;
}

std::string FunctionalGraph::name_of(const Source& source) const {
  return name_of(members_[calls_[static_cast<size_t>(source.call)].member]);
}

void FunctionalGraph::name_operations() {
  std::set<std::string> taken;
  for (const Member& member : members_)
    if (!node_of(member).is_operation()) taken.insert(node_of(member).layer().name());
  for (Member& member : members_) {
    if (!node_of(member).is_operation()) continue;
    const std::string base = to_snake_case(class_of(member));
    std::string name = base;
    for (int number = 1; taken.contains(name); ++number) name = base + "_" + std::to_string(number);
    member.operation_name = *taken.insert(name).first;
  }
}

bool FunctionalGraph::is_chain() const {
  int64_t depth = -1;
  for (const Call& call : calls_) {
    if (call.depth == depth || call.inputs.size() > 1) return false;
    depth = call.depth;
  }
  return std::all_of(members_.begin(), members_.end(), [](const Member& member) { return member.calls.size() == 1; });
}

// Running.

Tensor fit_input(const Tensor& input, const TensorSpec& expected, const std::string& name) {
  Tensor fitting = input;
  if (input.rank() == expected.shape.rank() + 1 && input.shape().back() == 1)
    fitting = squeeze(input, -1);
  else if (input.rank() == expected.shape.rank() - 1 && expected.shape.back() == 1)
    fitting = expand_dims(input, -1);
  if (!fitting.shape().is_compatible_with(expected.shape.without_names()))
    throw ShapeError("the input '" + name + "': expected shape " + expected.shape.to_string() + "; received " +
                     input.shape().to_string());
  return fitting.dtype() == expected.dtype ? fitting : cast(fitting, expected.dtype);
}

TensorList FunctionalGraph::call(const Call& call, const TensorList& inputs, const Extents& extents) const {
  const FunctionalNode& node = *call.node;
  if (!node.is_operation()) {
    if (node.takes_list) return node.layer()(inputs, node.options);
    return {node.layer()(inputs[0], node.options)};
  }
  const Attributes attributes = extents.resolve(node.attributes());
  if (node.operation().infer) return {apply(node.operation(), pointers(inputs), attributes)};
  return apply_outputs(node.operation(), pointers(inputs), attributes);
}

TensorList FunctionalGraph::run(const TensorList& given) const {
  if (given.size() != inputs_.size()) {
    std::vector<std::string> names = input_keys;
    for (size_t i = names.size(); i < inputs_.size(); ++i) names.push_back(name_of(inputs_[i]));
    throw ValueError("the model has " + std::to_string(names.size()) + (names.size() == 1 ? " input (" : " inputs (") +
                     join(names) + "); received " + std::to_string(given.size()));
  }
  std::vector<TensorList> values(calls_.size());
  Extents extents;
  for (size_t i = 0; i < given.size(); ++i) {
    const Tensor input = fit_input(given[i], spec(inputs_[i]), name_of(inputs_[i]));
    extents.bind(spec(inputs_[i]).shape, input.shape(), "input");
    values[static_cast<size_t>(inputs_[i].call)] = {input};
  }
  const auto value = [&](const Source& source) -> const Tensor& {
    if (source.call < 0) return source.constant;
    return values[static_cast<size_t>(source.call)][static_cast<size_t>(source.output)];
  };
  TensorList inputs;
  for (size_t i = 0; i < calls_.size(); ++i) {
    if (!values[i].empty()) continue;
    inputs.clear();
    for (const Source& source : calls_[i].inputs) inputs.push_back(value(source));
    values[i] = call(calls_[i], inputs, extents);
    for (size_t k = 0; has_operations_ && k < values[i].size(); ++k)
      extents.bind(calls_[i].node->outputs[k].shape, values[i][k].shape(), "a layer's output");
  }
  TensorList outputs;
  for (const Source& output : outputs_) outputs.push_back(value(output));
  return outputs;
}

}  // namespace cornu
