#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/control_flow_operations.h>
#include <cornu/core/graph/internal/traced_code.h>
#include <cornu/core/graph/internal/traced_control_flow.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/core/ops/tracing.h>

namespace cornu {

namespace {

std::vector<TensorSpec> specs_of(const TensorList& tensors) { return cornu::specs_of(pointers(tensors)); }

std::vector<TensorSpec> joined_specs(std::vector<TensorSpec> a, const std::vector<TensorSpec>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TensorList symbols_of(const std::vector<TensorSpec>& specs) {
  TensorList symbols;
  for (const TensorSpec& spec : specs) symbols.push_back(Tensor::symbolic(spec));
  return symbols;
}

std::shared_ptr<const CallableGraph> callable(const TracedCode& code, Graph graph) {
  return std::make_shared<const CallableGraph>(code.name, std::move(graph));
}

/// Gives variables their new values, the last of `outputs`, and takes these off.
TensorList assign_last(const std::vector<Variable>& variables, TensorList outputs) {
  const size_t results = outputs.size() - variables.size();
  for (size_t i = 0; i < variables.size(); ++i) tracing()->assign(variables[i], outputs[results + i]);
  outputs.resize(results);
  return outputs;
}

// ---- branches ---------------------------------------------------------------------------------------------------

std::string describe(const TensorSpec& spec) { return std::string(name(spec.dtype)) + " " + spec.shape.to_string(); }

void check_alike(const std::vector<TensorSpec>& first, const std::string& first_name,
                 const std::vector<TensorSpec>& other, const std::string& other_name) {
  if (first.size() != other.size())
    throw ValueError("all branches must give as many tensors: the " + first_name + " gives " +
                     std::to_string(first.size()) + ", the " + other_name + " " + std::to_string(other.size()));
  for (size_t i = 0; i < first.size(); ++i) {
    const std::string what = "all branches must give the same: tensor " + std::to_string(i) + " of the " + first_name +
                             " is " + describe(first[i]) + ", of the " + other_name + " " + describe(other[i]);
    if (first[i].dtype != other[i].dtype) throw DTypeError(what);
    if (!first[i].shape.is_compatible_with(other[i].shape)) throw ShapeError(what);
  }
}

TensorList infer_branches(const std::vector<std::function<TensorList()>>& branches,
                          const std::vector<std::string>& names) {
  const NoRecording unseen;
  const std::vector<TensorSpec> specs = specs_of(branches[0]());
  for (size_t i = 1; i < branches.size(); ++i) check_alike(specs, names[0], specs_of(branches[i]()), names[i]);
  return symbols_of(specs);
}

}  // namespace

TensorList trace_branches(const Tensor& selector, const std::vector<std::function<TensorList()>>& branches,
                          const std::vector<std::string>& names) {
  if (!tracing()) return infer_branches(branches, names);
  std::vector<TracedCode> codes;
  for (size_t i = 0; i < branches.size(); ++i) {
    codes.push_back(trace_code(names[i], [&](const TensorList&) { return branches[i](); }, {}));
    check_alike(codes[0].graph.output_specs(), names[0], codes[i].graph.output_specs(), names[i]);
  }
  LoweredCodes lowered = lower_branches(codes);
  Subgraphs::List graphs;
  for (size_t i = 0; i < codes.size(); ++i) graphs.push_back(callable(codes[i], std::move(lowered.graphs[i])));
  return assign_last(lowered.assigned, apply_branches(selector, Subgraphs(std::move(graphs)), lowered.captures));
}

// ---- loops ------------------------------------------------------------------------------------------------------

namespace {

void check_condition(const TracedCode& condition) {
  for (const Node& node : condition.graph.nodes)
    if (node.kind == Node::Kind::assign)
      throw StateError("while_loop: the condition assigns variable '" + node.variable.path() +
                       "'; change variables in the body");
}

}  // namespace

TensorList trace_while(const std::function<Tensor(const TensorList&)>& condition, const TensorListFunction& body,
                       const TensorList& loop_vars, int64_t maximum_iterations) {
  const std::vector<TensorSpec> specs = specs_of(loop_vars);
  if (!tracing()) {
    const NoRecording unseen;
    TensorList symbols = symbols_of(specs);
    condition(symbols);
    body(symbols);
    return symbols;
  }
  std::vector<TracedCode> codes;
  codes.push_back(trace_code(
      "condition of while_loop", [&](const TensorList& state) { return TensorList{condition(state)}; }, specs));
  check_condition(codes[0]);
  codes.push_back(trace_code("body of while_loop", body, specs));
  LoweredCodes lowered = lower_loop(codes);
  Subgraphs graphs(
      {callable(codes[0], std::move(lowered.graphs[0])), callable(codes[1], std::move(lowered.graphs[1]))});
  return assign_last(lowered.assigned, apply_while(std::move(graphs), joined({loop_vars, lowered.initial}),
                                                   lowered.captures, maximum_iterations));
}

namespace {

std::vector<TensorSpec> part_specs(const TensorList& elems) {
  std::vector<TensorSpec> specs;
  for (const Tensor& tensor : elems) specs.emplace_back(tensor.shape().slice(1, tensor.rank()), tensor.dtype());
  return specs;
}

/// Symbols of `results` for each of the elements.
TensorList stacked_symbols(const TensorList& results, const TensorList& elems) {
  TensorList symbols;
  for (const Tensor& result : results) {
    Shape shape = result.shape();
    shape.insert(0, elems[0].shape()[0]);
    symbols.push_back(Tensor::symbolic({shape, result.dtype()}));
  }
  return symbols;
}

template <class T>
void rotate(std::vector<T>& list, size_t first, size_t middle, size_t last) {
  const auto at = [&](size_t i) { return list.begin() + static_cast<std::ptrdiff_t>(i); };
  std::rotate(at(first), at(middle), at(last));
}

/// `code` takes `carries` and parts, and gives new carries and results.
TensorList scan_code(const TracedCode& code, const TensorList& carries, const TensorList& elems, bool reverse) {
  LoweredCodes lowered = lower_loop({code});
  Graph& graph = lowered.graphs[0];
  // The assigned variables are carries: they come before the parts and before the results.
  const size_t assigned = lowered.assigned.size(), parts = carries.size() + elems.size();
  rotate(graph.inputs, carries.size(), parts, parts + assigned);
  rotate(graph.outputs, carries.size(), graph.outputs.size() - assigned, graph.outputs.size());
  TensorList outputs = apply_scan(Subgraphs({callable(code, std::move(graph))}), joined({carries, lowered.initial}),
                                  elems, lowered.captures, reverse);
  rotate(outputs, 0, carries.size() + assigned, outputs.size());
  return assign_last(lowered.assigned, std::move(outputs));
}

}  // namespace

TensorList trace_scan(const std::function<TensorList(const TensorList&, const TensorList&)>& step,
                      const TensorList& initializer, const TensorList& elems, bool reverse) {
  const size_t carries = initializer.size();
  const auto body = [&](const TensorList& values) {
    return step(part(values, 0, carries), part(values, carries, values.size()));
  };
  const std::vector<TensorSpec> specs = joined_specs(specs_of(initializer), part_specs(elems));
  if (!tracing()) {
    const NoRecording unseen;
    body(symbols_of(specs));
    return stacked_symbols(initializer, elems);
  }
  const auto twice = [&](const TensorList& values) {
    const TensorList next = body(values);
    return joined({next, next});
  };
  TensorList outputs = scan_code(trace_code("function of scan", twice, specs), initializer, elems, reverse);
  outputs.resize(carries);
  return outputs;
}

TensorList trace_map(const TensorListFunction& fn, const TensorList& elems) {
  if (!tracing()) {
    const NoRecording unseen;
    return stacked_symbols(fn(symbols_of(part_specs(elems))), elems);
  }
  return scan_code(trace_code("function of map_fn", fn, part_specs(elems)), {}, elems, false);
}

}  // namespace cornu
