#pragma once
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <cornu/core/autodiff/structure.h>
#include <cornu/core/graph/concrete_function.h>
#include <cornu/core/source_location.h>

namespace cornu {

struct FunctionOptions {
  /// The specs of the tensors among the arguments (those in lists one by one). The function is then traced once, for
  /// these; an extent of -1 takes any.
  std::vector<TensorSpec> input_signature = {};
  std::string name = {};  ///< in messages; "function" by default
  /// After a second trace for other extents, the extents that differ are left open, so that there is no third.
  bool reduce_retracing = false;
};

/// Runs the C++ code of traced functions at each call, as if function() were not there, so that a debugger and item()
/// see values. With <cornu/config.h> also as config::run_functions_eagerly, TensorFlow's name.
CORNU_API void run_functions_eagerly(bool eagerly);
CORNU_API bool functions_run_eagerly();

namespace detail {

/// What a callable gave, without its type: the tensors in order, and the structure that they stood in.
struct TracedResult {
  TensorList tensors;
  std::shared_ptr<const void> structure;
};

/// A traced function without the types of its arguments and result.
class CORNU_API FunctionCore {
 public:
  using Body = std::function<TracedResult(std::span<const Argument>)>;
  FunctionCore(Body body, size_t arity, FunctionOptions options, const SourceLocation& location);
  FunctionCore(const FunctionCore&) = default;  // also in place of moves: what was moved from can still be used
  FunctionCore& operator=(const FunctionCore&) = default;

  struct Result {
    TensorList tensors;
    std::shared_ptr<const void> structure;
    bool is_traced;  // else the body has run, and the structure holds the tensors
  };
  Result call(std::span<const Argument> arguments) const;
  /// The same where the result is one tensor.
  Tensor call_one(std::span<const Argument> arguments) const;
  /// The trace that serves these arguments.
  ConcreteFunction concrete_function(std::span<const Argument> arguments) const;
  ConcreteFunction concrete_function(std::initializer_list<Tensor> tensors) const;
  size_t trace_count() const;
  const std::string& name() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The parameters and the result of a callable.
template <class F>
struct Signature;
template <class F>
requires requires { &F::operator(); }
struct Signature<F> : Signature<decltype(&F::operator())> {};
template <class R, class... P>
struct Signature<R (*)(P...)> {
  using Result = std::decay_t<R>;
  static constexpr size_t arity = sizeof...(P);
  template <size_t i>
  using Parameter = std::decay_t<std::tuple_element_t<i, std::tuple<P...>>>;
  template <class F, size_t... i>
  static decltype(auto) call(F& callable, std::span<const Argument> arguments, std::index_sequence<i...>) {
    return callable(convert<std::decay_t<P>>(arguments[i], i)...);
  }
};
template <class C, class R, class... P>
struct Signature<R (C::*)(P...) const> : Signature<R (*)(P...)> {};
template <class C, class R, class... P>
struct Signature<R (C::*)(P...)> : Signature<R (*)(P...)> {};

/// A function, or an object with one operator() that is not a template.
template <class F>
concept Traceable = requires {
  Signature<F>::arity;
};

template <class R>
TensorList tensors_of(const R& result) {
  TensorList tensors;
  for (const Source& source : flatten_sources(result)) tensors.push_back(source.tensor);
  return tensors;
}

}  // namespace detail

/// A traced function whose result is an `R`: a Tensor, vectors, maps, pairs, tuples and arrays of Tensors, or nothing.
/// Copies are the same function. See function().
template <class R>
class FunctionOf {
 public:
  explicit FunctionOf(detail::FunctionCore core) : core_(std::move(core)) {}

  /// Calls the trace for these arguments, which is made if there is none yet. Arguments are Tensors, TensorLists,
  /// Variables, and plain values: numbers, booleans, enumerators, strings.
  template <class... A>
  R operator()(const A&... arguments) const {
    const std::array<Argument, sizeof...(A)> list{detail::make_argument(arguments)...};
    if constexpr (std::is_same_v<R, Tensor>) {
      return core_.call_one(list);
    } else {
      return rebuild_result(core_.call(list));
    }
  }

  /// The trace for such arguments, made if there is none yet.
  template <class... A>
  ConcreteFunction concrete_function(const A&... arguments) const {
    return core_.concrete_function(std::array<Argument, sizeof...(A)>{detail::make_argument(arguments)...});
  }
  ConcreteFunction concrete_function(std::initializer_list<Tensor> tensors) const {
    return core_.concrete_function(tensors);
  }
  /// How often the C++ code has been traced.
  size_t trace_count() const { return core_.trace_count(); }
  const std::string& name() const { return core_.name(); }

 private:
  static R rebuild_result(detail::FunctionCore::Result result) {
    if constexpr (!std::is_void_v<R>) {
      const R& structure = *static_cast<const R*>(result.structure.get());
      if (!result.is_traced) return structure;
      return rebuild(structure, std::move(result.tensors));
    }
  }

  detail::FunctionCore core_;
};

/// A traced function that gives one Tensor.
using Function = FunctionOf<Tensor>;

/// Turns C++ code that computes with tensors into a graph: at the first call with a new signature (dtypes and shapes of
/// tensors, plain values) the code is run once on symbolic tensors, what it does is written down, optimised and
/// planned, and from then on runs without the C++ code. TensorFlow's tf.function.
///
///     Variable total(0.f);
///     Function f = function([&](const Tensor& x) {
///       total.assign_add(reduce_sum(x));
///       return relu(x * 2.f + 1.f);
///     });
///     f(constant({{-1.f, 2.f}}));
///
/// `callable` is a lambda, a function or an object with one operator(). Variables are captured by reference: reads and
/// assignments happen at each call. Everything else that the code does happens while it is traced only.
///
/// Throws ValueError for an empty std::function; when it is called, ValueError for arguments of the wrong number or
/// kind and for numbers that the code's parameters cannot hold, and what the code throws.
template <detail::Traceable F>
auto function(F callable, FunctionOptions options = {}, const SourceLocation& location = SourceLocation::current()) {
  using Signature = detail::Signature<F>;
  using R = typename Signature::Result;
  bool is_empty = false;
  if constexpr (!std::is_empty_v<F> && requires { callable == nullptr; }) is_empty = callable == nullptr;
  auto traced = [callable = std::move(callable)](std::span<const Argument> arguments) mutable -> detail::TracedResult {
    constexpr auto indices = std::make_index_sequence<Signature::arity>();
    if constexpr (std::is_void_v<R>) {
      Signature::call(callable, arguments, indices);
      return {};
    } else {
      auto result = std::make_shared<const R>(Signature::call(callable, arguments, indices));
      return {detail::tensors_of(*result), result};
    }
  };
  detail::FunctionCore::Body body;
  if (!is_empty) body = std::move(traced);
  return FunctionOf<R>(detail::FunctionCore(std::move(body), Signature::arity, std::move(options), location));
}

}  // namespace cornu
