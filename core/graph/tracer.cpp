#include <cornu/core/error.h>
#include <cornu/core/graph/internal/replay.h>
#include <cornu/core/graph/internal/tracer.h>
#include <cornu/core/ops/internal/name_scope.h>

namespace cornu {

Value Tracer::add_node(Node node) {
  if (node.kind != Node::Kind::input) node.scope = name_scope();
  graph_.nodes.push_back(std::move(node));
  return {static_cast<int32_t>(graph_.nodes.size() - 1), 0};
}

Tensor Tracer::make(const TensorSpec& spec, const Value& value) {
  const Tensor tensor = Tensor::symbolic(spec);
  values_[tensor.id()] = value;
  return tensor;
}

Tensor Tracer::add_input(const TensorSpec& spec, const std::string& name) {
  const Tensor input = Tensor::symbolic(spec);
  const Value value = add_node({.kind = Node::Kind::input, .outputs = {input.spec()}, .name = name});
  graph_.inputs.push_back(value);
  values_[input.id()] = value;
  return input;
}

bool Tracer::knows(const Tensor& tensor) const {
  return values_.contains(tensor.id()) || (outer_ && outer_->knows(tensor));
}

Value Tracer::value_of(const Tensor& tensor, const char* user) {
  if (const auto found = values_.find(tensor.id()); found != values_.end()) return found->second;
  Value value;
  if (!tensor.is_symbolic()) {
    value = add_node({.kind = Node::Kind::constant, .outputs = {tensor.spec()}, .constant = tensor});
  } else if (outer_ && outer_->knows(tensor)) {
    value = add_node({.kind = Node::Kind::input, .outputs = {tensor.spec()}});
    graph_.inputs.push_back(value);
    captures_.push_back(tensor);
  } else {
    throw StateError(std::string(user) + ": received a symbolic tensor of shape " + tensor.shape().to_string() +
                     " that does not belong to the function that is traced: it was made in another trace, or before; "
                     "pass tensors as arguments and return them, and keep state in Variables");
  }
  values_[tensor.id()] = value;
  return value;
}

void Tracer::record(const Call& call, std::span<const Tensor> outputs) {
  Node node{.operation = &call.operation, .attributes = call.attributes};
  for (const Tensor* input : call.inputs) node.inputs.push_back(value_of(*input, call.name()));
  for (const Tensor& output : outputs) node.outputs.push_back(output.spec());
  if (call.operation.effect) node.effect = call.operation.effect(call);
  if (node.effect) {
    node.kind = Node::Kind::effect;
    forget_changes(*node.effect);
  }
  Value value = add_node(std::move(node));
  for (const Tensor& output : outputs) {
    values_[output.id()] = value;
    ++value.output;
  }
}

Tensor Tracer::read(const Variable& variable) {
  auto [found, is_new] = current_.try_emplace(variable.id());
  const TensorSpec spec = variable.peek().spec();
  if (is_new) found->second = add_node({.kind = Node::Kind::read, .outputs = {spec}, .variable = variable});
  return make(spec, found->second);
}

void Tracer::assign(const Variable& variable, const Tensor& value) {
  const Value assigned = value_of(value, "assign");
  add_node({.kind = Node::Kind::assign, .inputs = {assigned}, .variable = variable});
  current_[variable.id()] = assigned;
}

TensorList Tracer::add_effect(const std::shared_ptr<const Effect>& effect, std::span<const Tensor* const> inputs) {
  Node node{.kind = Node::Kind::effect, .outputs = effect->outputs, .effect = effect};
  for (const Tensor* input : inputs) node.inputs.push_back(value_of(*input, effect->name.c_str()));
  TensorList outputs;
  for (TensorSpec& spec : node.outputs) {
    outputs.push_back(Tensor::symbolic(spec));
    spec = outputs.back().spec();
  }
  Value value = add_node(std::move(node));
  for (const Tensor& output : outputs) {
    values_[output.id()] = value;
    ++value.output;
  }
  forget_changes(*effect);
  return outputs;
}

void Tracer::forget_changes(const Effect& effect) {
  for (const Variable& variable : effect.changes) current_.erase(variable.id());
}

Tensor Tracer::with_extent(int64_t name) {
  for (size_t i = 0; i < graph_.nodes.size(); ++i)
    for (size_t k = 0; k < graph_.nodes[i].outputs.size(); ++k)
      if (graph_.nodes[i].outputs[k].shape.contains(name))
        return make(graph_.nodes[i].outputs[k], {static_cast<int32_t>(i), static_cast<int32_t>(k)});
  return outer_ ? outer_->with_extent(name) : Tensor();
}

TracedRule Tracer::trace_rule(const Rule& rule, const TensorList& upstream) {
  Tracer inner(this);
  TensorList arguments;
  for (const Tensor& tensor : upstream) arguments.push_back(inner.add_input(tensor.spec()));
  auto graph = std::make_shared<Graph>();
  std::vector<bool> is_there;
  {
    const TracingScope scope(&inner);
    TensorList results;
    for (Tensor& result : rule(arguments)) {
      is_there.push_back(result.defined());
      if (result.defined()) results.push_back(std::move(result));
    }
    *graph = inner.finish(results);
  }
  return {[graph, is_there](const TensorList& inputs) {
            TensorList given = replay(*graph, inputs), results;
            size_t next = 0;
            for (const bool there : is_there) results.push_back(there ? given[next++] : Tensor());
            return results;
          },
          inner.captures()};
}

void Tracer::on_failure(std::function<void()> undo) { undo_.push_back(std::move(undo)); }

void Tracer::hand_over_undo() {
  for (std::function<void()>& undo : undo_) outer_->on_failure(std::move(undo));
  undo_.clear();
}

void Tracer::undo() {
  while (!undo_.empty()) {
    const std::function<void()> last = std::move(undo_.back());
    undo_.pop_back();
    last();
  }
}

std::vector<Value> Tracer::values_of(const TensorList& tensors) {
  std::vector<Value> values;
  for (const Tensor& tensor : tensors) values.push_back(value_of(tensor, "return"));
  return values;
}

Graph Tracer::finish(const TensorList& outputs) {
  graph_.outputs = values_of(outputs);
  return std::move(graph_);
}

}  // namespace cornu
