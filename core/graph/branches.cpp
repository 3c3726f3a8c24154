// If and Case: one of several graphs runs. The gradient is another such operation, of the branches' gradients.
#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/control_flow_operations.h>
#include <cornu/core/ops/operation.h>

namespace cornu {

TensorList joined(std::initializer_list<TensorList> lists) {
  TensorList all;
  for (const TensorList& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

TensorList part(const TensorList& list, size_t first, size_t last) {
  return {list.begin() + static_cast<std::ptrdiff_t>(first), list.begin() + static_cast<std::ptrdiff_t>(last)};
}

namespace {

/// What all branches give: extents that differ where they are not known yet are unknown.
std::vector<TensorSpec> infer(const Call& call) {
  const Subgraphs& graphs = subgraphs_of(call.attributes);
  const std::vector<TensorSpec> inputs = specs_of(call.inputs.subspan(1));
  std::vector<TensorSpec> specs = infer_outputs(graphs[0], inputs);
  for (size_t branch = 1; branch < graphs.size(); ++branch) {
    const std::vector<TensorSpec> others = infer_outputs(graphs[branch], inputs);
    for (size_t i = 0; i < specs.size(); ++i) {
      if (!specs[i].shape.is_compatible_with(others[i].shape))
        throw ShapeError(std::string(call.name()) + ": all branches must give the same shapes; " + graphs[0].name() +
                         " gives " + specs[i].shape.to_string() + ", " + graphs[branch].name() + " gives " +
                         others[i].shape.to_string());
      for (int axis = 0; axis < specs[i].shape.rank(); ++axis)
        if (specs[i].shape[axis] < 0 && specs[i].shape[axis] != others[i].shape[axis])
          specs[i].shape[axis] = std::max<int64_t>(others[i].shape[axis], -1);
    }
  }
  return specs;
}

size_t chosen(const Call& call, size_t count) {
  if (call.dtype() == boolean) return call.data<bool>()[0] ? 0 : 1;
  const int32_t index = call.data<int32_t>()[0];
  return index < 0 || static_cast<size_t>(index) >= count ? count - 1 : static_cast<size_t>(index);
}

void run(const Call& call, std::span<Tensor> outputs) {
  const Subgraphs& graphs = subgraphs_of(call.attributes);
  graphs[chosen(call, graphs.size())].call_into(call.inputs.subspan(1), outputs);
}

/// The gradients of all inputs that are followed; undefined ones where no branch has one.
TensorList branch_gradients(const Gradient& g) {
  const Subgraphs graphs = subgraphs_of(g.attributes()).without_effects();
  std::vector<bool> reached, wanted;
  TensorList inputs;
  for (int i = 1; i < g.input_count(); ++i) {
    inputs.push_back(g.input(i));
    wanted.push_back(g.is_followed(i) && is_floating(g.input_dtype(i)));
  }
  for (int i = 0; i < g.output_count(); ++i) {
    reached.push_back(g.has_upstream(i) && is_floating(g.output_dtype(i)));
    if (reached.back()) inputs.push_back(g.upstream(i));
  }
  Subgraphs::List gradients;
  for (const auto& graph : graphs.list())
    gradients.push_back(std::make_shared<const CallableGraph>("the gradient of " + graph->name(),
                                                              pull_back(graph->traced(), reached, wanted)));
  const TensorList found = apply_branches(g.input(0), Subgraphs(std::move(gradients)), inputs);
  TensorList all = {Tensor()};
  size_t next = 0;
  for (const bool is_wanted : wanted) all.push_back(is_wanted ? found[next++] : Tensor());
  return all;
}

Operation entry(const char* name, const char* onnx_name) {
  return {.name = name,
          .onnx_name = onnx_name,
          .arity = variadic,
          .infer_outputs = infer,
          .kernel = run,
          .gradients = {{nothing, nullptr}, {all_inputs, shared_gradient<branch_gradients>}},
          .effect = effect_of_subgraphs};
}

const Operation& if_op = define(entry("If", "If"));
const Operation& case_op = define(entry("Case", nullptr));

}  // namespace

TensorList apply_branches(const Tensor& selector, Subgraphs graphs, const TensorList& captures) {
  std::vector<const Tensor*> inputs = {&selector};
  for (const Tensor& capture : captures) inputs.push_back(&capture);
  return apply_outputs(selector.dtype() == boolean ? if_op : case_op, inputs,
                       {{"graphs", as_attribute(std::move(graphs))}});
}

}  // namespace cornu
