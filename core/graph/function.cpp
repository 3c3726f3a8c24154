#include <atomic>
#include <cstdio>
#include <deque>
#include <mutex>

#include <cornu/core/error.h>
#include <cornu/core/graph/function.h>
#include <cornu/core/graph/internal/callable_graph.h>
#include <cornu/core/graph/internal/graph_observer.h>
#include <cornu/core/graph/internal/replay.h>
#include <cornu/core/graph/internal/tracer.h>
#include <cornu/core/ops/recorder.h>

namespace cornu {

namespace {
std::atomic<bool> eager{false};
}  // namespace

void run_functions_eagerly(bool eagerly) { eager = eagerly; }
bool functions_run_eagerly() { return eager; }

namespace detail {

namespace {

constexpr size_t many_traces = 5;
constexpr int deepest = 16;  // traces of one function within each other

/// The tensors among arguments, in order, without an allocation for few.
class TensorPointers {
 public:
  explicit TensorPointers(std::span<const Argument> arguments) {
    for (const Argument& argument : arguments) {
      if (const auto* tensor = std::get_if<const Tensor*>(&argument))
        add(*tensor);
      else if (const auto* list = std::get_if<const TensorList*>(&argument))
        for (const Tensor& element : **list) add(&element);
    }
  }
  std::span<const Tensor* const> span() const {
    return many_.empty() ? std::span<const Tensor* const>(few_.data(), count_) : std::span<const Tensor* const>(many_);
  }

 private:
  void add(const Tensor* tensor) {
    if (count_ < few_.size()) {
      few_[count_++] = tensor;
      return;
    }
    if (many_.empty()) many_.assign(few_.begin(), few_.end());
    many_.push_back(tensor);
  }
  std::array<const Tensor*, 16> few_;
  size_t count_ = 0;
  std::vector<const Tensor*> many_;
};

bool has_symbolic(std::span<const Tensor* const> tensors) {
  for (const Tensor* tensor : tensors)
    if (tensor->defined() && tensor->is_symbolic()) return true;
  return false;
}

std::string file_name(const SourceLocation& location) {
  const std::string path = location.file_name();
  return path.substr(path.find_last_of('/') + 1);
}

std::vector<ArgumentSpec> specs_of(std::span<const Argument> arguments) {
  std::vector<ArgumentSpec> specs;
  for (const Argument& argument : arguments) specs.push_back(spec_of(argument));
  return specs;
}

bool all_fit(const std::vector<ArgumentSpec>& specs, std::span<const Argument> arguments) {
  for (size_t i = 0; i < specs.size(); ++i)
    if (!fits(specs[i], arguments[i])) return false;
  return true;
}

/// Calls visit(expected, given) for the tensors of two arguments; false if these are not alike but for extents.
template <class Visit>
bool visit_tensors(ArgumentSpec& a, const ArgumentSpec& b, const Visit& visit) {
  if (a.index() != b.index()) return false;
  if (auto* tensor = std::get_if<TensorSpec>(&a)) return visit(*tensor, std::get<TensorSpec>(b));
  if (auto* list = std::get_if<std::vector<TensorSpec>>(&a)) {
    const auto& other = std::get<std::vector<TensorSpec>>(b);
    if (list->size() != other.size()) return false;
    for (size_t i = 0; i < list->size(); ++i)
      if (!visit((*list)[i], other[i])) return false;
    return true;
  }
  if (const auto* variable = std::get_if<Variable>(&a)) return variable->is_same(std::get<Variable>(b));
  return to_string(a) == to_string(b);
}

/// Leaves the extents open in which both differ; false if more than extents differs.
bool relax(std::vector<ArgumentSpec>& specs, const std::vector<ArgumentSpec>& others) {
  for (size_t i = 0; i < specs.size(); ++i) {
    const bool alike = visit_tensors(specs[i], others[i], [](TensorSpec& spec, const TensorSpec& other) {
      if (spec.dtype != other.dtype || spec.shape.rank() != other.shape.rank()) return false;
      for (int axis = 0; axis < spec.shape.rank(); ++axis)
        if (spec.shape[axis] != other.shape[axis]) spec.shape[axis] = -1;
      return true;
    });
    if (!alike) return false;
  }
  return true;
}

}  // namespace

struct FunctionCore::State {
  Body body;
  size_t arity;
  FunctionOptions options;
  std::string place;  // "f (train.cpp:12)"
  std::recursive_mutex mutex;
  std::deque<ConcreteFunction> traces;  // these do not move
  std::atomic<const ConcreteFunction*> last{nullptr};
  size_t trace_count = 0;
  int depth = 0;
  bool has_warned = false;

  void check(std::span<const Argument> arguments) const;
  const ConcreteFunction* find(std::span<const Argument> arguments) const;
  const ConcreteFunction& find_or_trace(std::span<const Argument> arguments);
  std::vector<ArgumentSpec> specs_to_trace(std::span<const Argument> arguments) const;
  std::vector<ArgumentSpec> signature(std::span<const Argument> arguments) const;
  ConcreteFunction trace(const std::vector<ArgumentSpec>& specs, std::span<const Argument> arguments,
                         TensorList* captures);
  void warn(const std::vector<ArgumentSpec>& specs);
  static Result result_of(const ConcreteFunction& traced, TensorList results);
  Result run_body(std::span<const Argument> arguments) const;
  Result inline_call(std::span<const Argument> arguments, std::span<const Tensor* const> tensors);
};

FunctionCore::FunctionCore(Body body, size_t arity, FunctionOptions options, const SourceLocation& location)
    : state_(std::make_shared<State>()) {
  state_->body = std::move(body);
  state_->arity = arity;
  state_->options = std::move(options);
  if (state_->options.name.empty()) state_->options.name = "function";
  state_->place = name() + " (" + file_name(location) + ":" + std::to_string(location.line()) + ")";
  if (!state_->body) throw ValueError(state_->place + ": expected code to trace; received an empty function");
}

const std::string& FunctionCore::name() const { return state_->options.name; }

size_t FunctionCore::trace_count() const {
  const std::lock_guard lock(state_->mutex);
  return state_->trace_count;
}

// ---- signatures -------------------------------------------------------------------------------------------------

void FunctionCore::State::check(std::span<const Argument> arguments) const {
  if (arguments.size() != arity)
    throw ValueError(place + ": expected " + std::to_string(arity) + " arguments; received " +
                     std::to_string(arguments.size()));
  const TensorPointers tensors(arguments);
  for (size_t i = 0; i < tensors.span().size(); ++i)
    if (!tensors.span()[i]->defined()) throw StateError(place + ": tensor " + std::to_string(i) + " has no value");
}

/// The options' signature in the structure of the arguments. Throws for tensors that do not fit it.
std::vector<ArgumentSpec> FunctionCore::State::signature(std::span<const Argument> arguments) const {
  std::vector<ArgumentSpec> specs = specs_of(arguments);
  const std::vector<TensorSpec>& expected = options.input_signature;
  size_t next = 0;
  const auto take = [&](TensorSpec& spec) {
    const size_t i = next++;
    if (i >= expected.size()) return;
    const std::string where = place + ": tensor " + std::to_string(i) + ": the input_signature expects ";
    const std::string text = to_string(ArgumentSpec(expected[i])) + "; received " + to_string(ArgumentSpec(spec));
    if (spec.dtype != expected[i].dtype) throw DTypeError(where + text);
    if (!spec.shape.is_compatible_with(expected[i].shape)) throw ShapeError(where + text);
    spec = expected[i];
  };
  for (ArgumentSpec& spec : specs) {
    if (auto* tensor = std::get_if<TensorSpec>(&spec)) take(*tensor);
    if (auto* list = std::get_if<std::vector<TensorSpec>>(&spec))
      for (TensorSpec& element : *list) take(element);
  }
  if (next != expected.size())
    throw ValueError(place + ": the input_signature has " + std::to_string(expected.size()) + " tensors; received " +
                     std::to_string(next));
  return specs;
}

std::vector<ArgumentSpec> FunctionCore::State::specs_to_trace(std::span<const Argument> arguments) const {
  if (!options.input_signature.empty()) return signature(arguments);
  std::vector<ArgumentSpec> specs = specs_of(arguments);
  if (options.reduce_retracing)
    for (const ConcreteFunction& trace : traces) {
      std::vector<ArgumentSpec> relaxed = specs;
      if (relax(relaxed, trace.signature())) return relaxed;
    }
  for (ArgumentSpec& spec : specs)  // names of another trace's extents are unknown here
    visit_tensors(spec, ArgumentSpec(spec), [](TensorSpec& tensor, const TensorSpec&) {
      tensor.shape = tensor.shape.without_names();
      return true;
    });
  return specs;
}

const ConcreteFunction* FunctionCore::State::find(std::span<const Argument> arguments) const {
  const ConcreteFunction* const recent = last.load(std::memory_order_acquire);
  if (recent && recent->signature().size() == arguments.size() && all_fit(recent->signature(), arguments))
    return recent;
  return nullptr;
}

const ConcreteFunction& FunctionCore::State::find_or_trace(std::span<const Argument> arguments) {
  if (const ConcreteFunction* recent = find(arguments)) return *recent;
  const std::lock_guard lock(mutex);
  check(arguments);
  // The trace with the fewest open extents was made first.
  for (const ConcreteFunction& trace : traces)
    if (all_fit(trace.signature(), arguments)) {
      last.store(&trace, std::memory_order_release);
      return trace;
    }
  const std::vector<ArgumentSpec> specs = specs_to_trace(arguments);
  warn(specs);
  const ConcreteFunction& made = traces.emplace_back(trace(specs, arguments, nullptr));
  last.store(&made, std::memory_order_release);
  return made;
}

void FunctionCore::State::warn(const std::vector<ArgumentSpec>& specs) {
  if (has_warned || traces.size() + 1 < many_traces || !options.input_signature.empty()) return;
  has_warned = true;
  const std::vector<ArgumentSpec>& before = traces.back().signature();
  std::string changed;
  for (size_t i = 0; i < specs.size(); ++i)
    if (to_string(specs[i]) != to_string(before[i]))
      changed += (changed.empty() ? "" : "; ") + std::string("argument ") + std::to_string(i) + " changed from " +
                 to_string(before[i]) + " to " + to_string(specs[i]);
  std::fprintf(stderr,
               "warning: %s is traced for the %zuth time: %s. Each trace takes longer than many calls. Pass numbers "
               "that change as tensors, or leave extents open with {.input_signature} or {.reduce_retracing = true}\n",
               place.c_str(), traces.size() + 1, changed.c_str());
}

// ---- tracing ----------------------------------------------------------------------------------------------------

ConcreteFunction FunctionCore::State::trace(const std::vector<ArgumentSpec>& specs, std::span<const Argument> arguments,
                                            TensorList* captures) {
  if (depth >= deepest)
    throw StateError(place + ": calls itself while it is traced; recursion that depends on values needs while_loop");
  Tracer tracer(captures ? Tracer::current() : nullptr);
  const NoRecording unseen;
  const TracingScope scope(&tracer);
  std::deque<Tensor> tensors;
  std::deque<TensorList> lists;
  std::vector<Argument> symbolic(arguments.begin(), arguments.end());
  for (size_t i = 0; i < specs.size(); ++i) {
    const std::string name = "argument_" + std::to_string(i);
    if (const auto* spec = std::get_if<TensorSpec>(&specs[i]))
      symbolic[i] = &tensors.emplace_back(tracer.add_input(*spec, name));
    if (const auto* list = std::get_if<std::vector<TensorSpec>>(&specs[i])) {
      TensorList& made = lists.emplace_back();
      for (const TensorSpec& spec : *list)
        made.push_back(tracer.add_input(spec, name + "_" + std::to_string(made.size())));
      symbolic[i] = &made;
    }
  }
  ++depth;
  ++trace_count;
  try {
    TracedResult result = body(symbolic);
    TensorList results;
    std::vector<bool> is_there;
    for (const Tensor& tensor : result.tensors) {
      is_there.push_back(tensor.defined());
      if (tensor.defined()) results.push_back(tensor);
    }
    Graph graph = tracer.finish(results);
    if (captures) {
      *captures = tracer.captures();
      tracer.hand_over_undo();
    }
    --depth;
    return ConcreteFunction(specs, std::make_shared<const CallableGraph>(place, std::move(graph)), std::move(is_there),
                            std::move(result.structure));
  } catch (Error& error) {
    --depth;
    tracer.undo();
    error.add_context("while tracing " + place);
    throw;
  } catch (...) {
    --depth;
    tracer.undo();
    throw;
  }
}

// ---- calls ------------------------------------------------------------------------------------------------------

/// The results in their places, those that are not there left out.
FunctionCore::Result FunctionCore::State::result_of(const ConcreteFunction& traced, TensorList results) {
  TensorList all;
  size_t next = 0;
  for (const bool there : traced.is_there()) all.push_back(there ? std::move(results[next++]) : Tensor());
  return {std::move(all), traced.result(), true};
}

FunctionCore::Result FunctionCore::State::run_body(std::span<const Argument> arguments) const {
  try {
    TracedResult result = body(arguments);
    return {std::move(result.tensors), std::move(result.structure), false};
  } catch (Error& error) {
    error.add_context("while running " + place);
    throw;
  }
}

/// Within another trace: the function's nodes become part of it.
FunctionCore::Result FunctionCore::State::inline_call(std::span<const Argument> arguments,
                                                      std::span<const Tensor* const> tensors) {
  const std::lock_guard lock(mutex);
  const ConcreteFunction* found = nullptr;
  for (const ConcreteFunction& trace : traces)
    if (all_fit(trace.signature(), arguments)) found = &trace;
  TensorList inputs;
  for (const Tensor* tensor : tensors) inputs.push_back(*tensor);
  if (!found) {
    TensorList captures;
    ConcreteFunction made = trace(specs_to_trace(arguments), arguments, &captures);
    found = &traces.emplace_back(std::move(made));
    if (!captures.empty()) {
      // It has used tensors of the outer trace, which other calls cannot give it.
      const ConcreteFunction once = *found;
      traces.pop_back();
      inputs.insert(inputs.end(), captures.begin(), captures.end());
      return result_of(once, replay(once.callable().traced(), inputs));
    }
  }
  return result_of(*found, replay(found->callable().traced(), inputs));
}

FunctionCore::Result FunctionCore::call(std::span<const Argument> arguments) const {
  State& state = *state_;
  const TensorPointers tensors(arguments);
  const bool eagerly = functions_run_eagerly() || (!tracing() && has_symbolic(tensors.span()));
  if (tracing() || eagerly) {
    state.check(arguments);
    return eagerly ? state.run_body(arguments) : state.inline_call(arguments, tensors.span());
  }
  const ConcreteFunction& traced = state.find_or_trace(arguments);
  GraphObserver::tell(traced.callable());
  return state.result_of(traced, traced.callable().call(tensors.span()));
}

Tensor FunctionCore::call_one(std::span<const Argument> arguments) const {
  State& state = *state_;
  if (!tracing() && !functions_run_eagerly() && recorders().empty()) {
    const TensorPointers tensors(arguments);
    if (has_symbolic(tensors.span())) return std::move(call(arguments).tensors[0]);
    const ConcreteFunction& traced = state.find_or_trace(arguments);
    GraphObserver::tell(traced.callable());
    const Executable& executable = traced.callable().executable(tensors.span());
    if (executable.output_specs().empty()) return {};
    Tensor output = Tensor::allocate(executable.output_specs()[0].shape, executable.output_specs()[0].dtype);
    executable.run(tensors.span(), {&output, 1});
    return output;
  }
  Result result = call(arguments);
  return result.tensors.empty() ? Tensor() : std::move(result.tensors[0]);
}

ConcreteFunction FunctionCore::concrete_function(std::span<const Argument> arguments) const {
  const TracingScope none(nullptr);
  return state_->find_or_trace(arguments);
}

ConcreteFunction FunctionCore::concrete_function(std::initializer_list<Tensor> tensors) const {
  std::vector<Argument> arguments;
  for (const Tensor& tensor : tensors) arguments.push_back(&tensor);
  return concrete_function(arguments);
}

}  // namespace detail

}  // namespace cornu
