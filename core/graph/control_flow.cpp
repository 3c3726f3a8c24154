#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/graph/control_flow.h>
#include <cornu/core/graph/internal/control_flow_operations.h>
#include <cornu/core/graph/internal/traced_code.h>
#include <cornu/core/graph/internal/traced_control_flow.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/ops/tracing.h>

namespace cornu::detail {

void throw_wrong_tensor_count(const char* operation, size_t expected, size_t received) {
  throw ValueError(std::string(operation) + ": the function takes " + std::to_string(expected) +
                   (expected == 1 ? " tensor" : " tensors") + "; there are " + std::to_string(received) +
                   ", so take a TensorList, or as many tensors");
}

namespace {

std::string describe(const TensorSpec& spec) { return std::string(name(spec.dtype)) + " " + spec.shape.to_string(); }

/// Throws unless `value` is one `kind` of the dtype.
void check_scalar(const Tensor& value, bool has_dtype, const std::string& what, const char* kind) {
  if (!value.defined()) throw StateError(what + " has no value");
  if (!has_dtype) throw DTypeError(what + " must be " + kind + "; received " + describe(value.spec()));
  if (value.rank() != 0)
    throw ShapeError(what + " must have shape (); received " + value.shape().to_string() +
                     ": reduce it first, or use where() to choose element by element");
}

void check_predicate(const Tensor& value, const std::string& what) {
  check_scalar(value, value.defined() && value.dtype() == boolean, what, "boolean (compare it, or cast it)");
}

bool is_symbolic(const TensorList& tensors) {
  return std::any_of(tensors.begin(), tensors.end(), [](const Tensor& tensor) { return tensor.is_symbolic(); });
}

void check_defined(const TensorList& tensors, const std::string& what) {
  for (size_t i = 0; i < tensors.size(); ++i)
    if (!tensors[i].defined()) throw StateError(what + " " + std::to_string(i) + " has no value");
}

}  // namespace

// ---- branches ---------------------------------------------------------------------------------------------------

namespace {

TensorList run_branch(const Branch& branch, const std::string& name) {
  TensorList results = branch();
  check_defined(results, name + ": result");
  return results;
}

TensorList choose(const Tensor& selector, const std::vector<Branch>& branches, const std::vector<std::string>& names,
                  size_t chosen) {
  if (!selector.is_symbolic()) return run_branch(branches[chosen], names[chosen]);
  return trace_branches(selector, branches, names);
}

}  // namespace

TensorList cond(const Tensor& predicate, const Branch& true_fn, const Branch& false_fn) {
  check_predicate(predicate, "cond: the predicate");
  const size_t chosen = !predicate.is_symbolic() && !predicate.item<bool>();
  return choose(predicate, {true_fn, false_fn}, {"true_fn of cond", "false_fn of cond"}, chosen);
}

TensorList switch_case(const Tensor& branch_index, const std::vector<Branch>& branches) {
  if (branches.empty()) throw ValueError("switch_case: there must be at least one branch; received none");
  const bool is_integer = branch_index.defined() && (branch_index.dtype() == int32 || branch_index.dtype() == int64);
  check_scalar(branch_index, is_integer, "switch_case: branch_index", "int32 or int64");
  const auto count = static_cast<int64_t>(branches.size());
  std::vector<std::string> names;
  for (size_t i = 0; i < branches.size(); ++i) names.push_back("branch " + std::to_string(i) + " of switch_case");
  int64_t index = 0;
  if (!branch_index.is_symbolic()) index = cast(branch_index, int64).item<int64_t>();
  const bool is_there = index >= 0 && index < count;
  // A large int64 must not become a small int32.
  const Tensor selector =
      branch_index.dtype() == int32 ? branch_index : cast(clip_by_value(branch_index, -1, count), int32);
  return choose(selector, branches, names, static_cast<size_t>(is_there ? index : count - 1));
}

namespace {

template <class R>
TensorList switch_any(const Tensor& branch_index, const std::vector<std::function<R()>>& branch_fns,
                      const std::function<R()>& default_fn) {
  std::vector<Branch> branches;
  for (const auto& branch : branch_fns) {
    if (!branch) throw ValueError("switch_case: branch " + std::to_string(branches.size()) + " is an empty function");
    branches.push_back([&] { return list_of(branch()); });
  }
  if (!branch_fns.empty() && default_fn) branches.push_back([&] { return list_of(default_fn()); });
  return detail::switch_case(branch_index, branches);
}

}  // namespace

}  // namespace cornu::detail

namespace cornu {

Tensor switch_case(const Tensor& branch_index, const std::vector<std::function<Tensor()>>& branch_fns,
                   const std::function<Tensor()>& default_fn) {
  return detail::switch_any(branch_index, branch_fns, default_fn)[0];
}

TensorList switch_case(const Tensor& branch_index, const std::vector<std::function<TensorList()>>& branch_fns,
                       const std::function<TensorList()>& default_fn) {
  return detail::switch_any(branch_index, branch_fns, default_fn);
}

}  // namespace cornu

// ---- loops ------------------------------------------------------------------------------------------------------

namespace cornu::detail {

namespace {

void check_state(const char* operation, const TensorList& before, const TensorList& after) {
  if (after.size() != before.size())
    throw ValueError(std::string(operation) + ": the state has " + std::to_string(before.size()) +
                     " tensors; the function gave " + std::to_string(after.size()));
  check_defined(after, std::string(operation) + ": new state");
  for (size_t i = 0; i < before.size(); ++i) {
    const std::string where = std::string(operation) + ": a loop must not change the ";
    const std::string which = " of its state; variable " + std::to_string(i) + " begins as ";
    const std::string both = describe(before[i].spec()) + ", and the function gives " + describe(after[i].spec());
    if (before[i].dtype() != after[i].dtype()) throw DTypeError(where + "dtype" + which + both);
    if (!before[i].shape().is_compatible_with(after[i].shape())) throw ShapeError(where + "shape" + which + both);
  }
}

}  // namespace

TensorList while_loop(const std::function<Tensor(const TensorList&)>& condition, const ListFunction& body,
                      const TensorList& loop_vars, const WhileLoopOptions& options) {
  if (loop_vars.empty()) throw ValueError("while_loop: there must be at least one loop variable; received none");
  check_defined(loop_vars, "while_loop: loop variable");
  const int64_t limit = options.maximum_iterations.value_or(-1);
  if (options.maximum_iterations && limit < 0)
    throw ValueError("while_loop: maximum_iterations must be at least 0; received " + std::to_string(limit));
  const auto checked_condition = [&](const TensorList& state) {
    const Tensor predicate = condition(state);
    check_predicate(predicate, "while_loop: what the condition gives");
    return predicate;
  };
  const auto checked_body = [&](const TensorList& state) {
    TensorList next = body(state);
    check_state("while_loop", loop_vars, next);
    return next;
  };
  if (tracing() || is_symbolic(loop_vars)) return trace_while(checked_condition, checked_body, loop_vars, limit);
  TensorList state = loop_vars;
  for (int64_t i = 0; limit < 0 || i < limit; ++i) {
    const Tensor predicate = checked_condition(state);
    if (predicate.is_symbolic()) return trace_while(checked_condition, checked_body, loop_vars, limit);
    if (!predicate.item<bool>()) break;
    state = checked_body(state);
  }
  return state;
}

namespace {

int64_t check_elements(const char* operation, const TensorList& elems) {
  if (elems.empty()) throw ValueError(std::string(operation) + ": elems must have at least one tensor; received none");
  check_defined(elems, std::string(operation) + ": elems");
  for (const Tensor& tensor : elems) {
    if (tensor.rank() == 0)
      throw ShapeError(std::string(operation) + ": elems must have a first axis to go along; received shape ()");
    const int64_t a = elems[0].shape()[0], b = tensor.shape()[0];
    if (a >= 0 && b >= 0 && a != b)
      throw ShapeError(std::string(operation) + ": all elems must be equally long; received " +
                       elems[0].shape().to_string() + " and " + tensor.shape().to_string());
  }
  return elems[0].shape()[0];
}

TensorList parts_at(const TensorList& elems, int64_t index) {
  TensorList parts;
  for (const Tensor& tensor : elems) parts.push_back(tensor[index]);
  return parts;
}

/// Stacks the results of all steps, of which there is one at least.
TensorList stack_all(const std::vector<TensorList>& steps) {
  TensorList stacked;
  for (size_t i = 0; i < steps[0].size(); ++i) {
    TensorList column;
    for (const TensorList& step : steps) column.push_back(step[i]);
    stacked.push_back(stack(column));
  }
  return stacked;
}

/// Throws unless what a function gave for two elements can be stacked.
void check_alike(const TensorList& first, const TensorList& next) {
  if (next.size() != first.size())
    throw ValueError("map_fn: the function gave " + std::to_string(first.size()) + " tensors, then " +
                     std::to_string(next.size()));
  for (size_t i = 0; i < first.size(); ++i) {
    const std::string what = "map_fn: result " + std::to_string(i) + " must be the same for all elements; received " +
                             describe(first[i].spec()) + ", then " + describe(next[i].spec());
    if (first[i].dtype() != next[i].dtype()) throw DTypeError(what);
    if (!first[i].shape().is_compatible_with(next[i].shape())) throw ShapeError(what);
  }
}

/// What `fn` gives for no elements: nothing runs, so its specs are worked out.
TensorList empty_results(const ListFunction& fn, const TensorList& elems) {
  TensorList symbols, results;
  for (const Tensor& tensor : elems)
    symbols.push_back(Tensor::symbolic({tensor.shape().slice(1, tensor.rank()), tensor.dtype()}));
  const NoRecording unseen;
  for (const Tensor& result : fn(symbols)) {
    Shape shape = result.shape();
    shape.insert(0, 0);
    results.push_back(zeros(shape, result.dtype()));
  }
  return results;
}

/// Elements [1, n) and the first ones, of a scan without an initializer.
std::pair<TensorList, TensorList> split_first(const TensorList& elems, bool reverse) {
  TensorList firsts, rests;
  for (const Tensor& tensor : elems) {
    firsts.push_back(tensor.slice({reverse ? Slice{-1, {}} : Slice{0, 1}}));
    rests.push_back(tensor.slice({reverse ? Slice{0, -1} : Slice{1, {}}}));
  }
  return {firsts, rests};
}

}  // namespace

TensorList scan(const std::function<TensorList(const TensorList&, const TensorList&)>& fn, const TensorList& elems,
                const ScanLoopOptions& options) {
  const int64_t length = check_elements("scan", elems);
  if (options.initializer.empty()) {
    if (length == 0) throw ValueError("scan: there are no elements; give an initializer");
    const auto [firsts, rests] = split_first(elems, options.reverse);
    TensorList initializer, results;
    for (const Tensor& first : firsts) initializer.push_back(reshape(first, first.shape().slice(1, first.rank())));
    const TensorList scanned = scan(fn, rests, {.initializer = initializer, .reverse = options.reverse});
    for (size_t i = 0; i < scanned.size(); ++i) {
      const Tensor first = expand_dims(initializer[i], 0);
      results.push_back(options.reverse ? concat({scanned[i], first}, 0) : concat({first, scanned[i]}, 0));
    }
    return results;
  }
  check_defined(options.initializer, "scan: initializer");
  const auto step = [&](const TensorList& state, const TensorList& parts) {
    TensorList next = fn(state, parts);
    check_state("scan", options.initializer, next);
    return next;
  };
  if (tracing() || is_symbolic(elems) || is_symbolic(options.initializer))
    return trace_scan(step, options.initializer, elems, options.reverse);
  if (length == 0) return empty_results([&](const TensorList&) { return options.initializer; }, elems);
  TensorList state = options.initializer;
  std::vector<TensorList> steps;
  for (int64_t i = 0; i < length; ++i) {
    state = step(state, parts_at(elems, options.reverse ? length - 1 - i : i));
    steps.push_back(state);
  }
  if (options.reverse) std::reverse(steps.begin(), steps.end());
  return stack_all(steps);
}

TensorList map_fn(const ListFunction& fn, const TensorList& elems) {
  const int64_t length = check_elements("map_fn", elems);
  const auto step = [&](const TensorList& parts) {
    TensorList results = fn(parts);
    if (results.empty()) throw ValueError("map_fn: the function must give at least one tensor; it gave none");
    check_defined(results, "map_fn: result");
    return results;
  };
  if (tracing() || is_symbolic(elems)) return trace_map(step, elems);
  if (length == 0) return empty_results(step, elems);
  std::vector<TensorList> steps;
  for (int64_t i = 0; i < length; ++i) {
    steps.push_back(step(parts_at(elems, i)));
    check_alike(steps.front(), steps.back());
  }
  return stack_all(steps);
}

}  // namespace cornu::detail
