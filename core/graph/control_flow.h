#pragma once
#include <functional>
#include <optional>
#include <type_traits>
#include <vector>

#include <cornu/core/graph/calling.h>

/// Control flow that depends on values. Outside a trace these functions run the C++ code that they are given, so that
/// tapes see what it does; inside function() both branches, or the body of a loop once, are traced, and the graph
/// decides each time that it runs. All are differentiable, in any order.
namespace cornu {

struct WhileLoopOptions {
  std::optional<int64_t> maximum_iterations = {};  ///< no limit without one
};

struct ScanLoopOptions {
  TensorList initializer = {};  ///< what the function gets first; without one, the first elements
  bool reverse = false;         ///< from the last element to the first
};

namespace detail {

using Branch = std::function<TensorList()>;
CORNU_API TensorList cond(const Tensor& predicate, const Branch& true_fn, const Branch& false_fn);
CORNU_API TensorList switch_case(const Tensor& branch_index, const std::vector<Branch>& branches);

using ListFunction = std::function<TensorList(const TensorList&)>;
CORNU_API TensorList while_loop(const std::function<Tensor(const TensorList&)>& condition, const ListFunction& body,
                                const TensorList& loop_vars, const WhileLoopOptions& options);
CORNU_API TensorList scan(const std::function<TensorList(const TensorList&, const TensorList&)>& fn,
                          const TensorList& elems, const ScanLoopOptions& options);
CORNU_API TensorList map_fn(const ListFunction& fn, const TensorList& elems);

template <bool is_list, class Condition, class Body>
TensorList erased_while_loop(const Condition& condition, const Body& body, const TensorList& loop_vars,
                             const WhileLoopOptions& options) {
  return detail::while_loop(
      [&](const TensorList& values) -> Tensor { return call_with<is_list>("while_loop", condition, values); },
      [&](const TensorList& values) { return list_of(call_with<is_list>("while_loop", body, values)); }, loop_vars,
      options);
}

}  // namespace detail

/// What `true_fn()` gives if `predicate`, a boolean without axes, is true, else what `false_fn()` gives. Both are
/// functions without parameters that give the same structure: a Tensor, a TensorList, tuples and maps of tensors, or
/// nothing. TensorFlow's tf.cond.
///
///     Tensor y = cond(x > 0.f, [&] { return log(x); }, [&] { return x - 1.f; });
///
/// Throws DTypeError or ShapeError for a predicate that is not one boolean. Inside a trace, where both are traced: also
/// if what they give differs in number (ValueError), dtype (DTypeError) or shape (ShapeError).
template <class TrueFn, class FalseFn>
auto cond(const Tensor& predicate, const TrueFn& true_fn, const FalseFn& false_fn) {
  using R = detail::ResultOf<std::invoke_result_t<const TrueFn&>>;
  static_assert(std::is_same_v<R, detail::ResultOf<std::invoke_result_t<const FalseFn&>>>,
                "both functions of cond must give the same type");
  detail::Erased<R> erased;
  return erased.rebuild(detail::cond(predicate, erased.branch(true_fn), erased.branch(false_fn)));
}

/// What the function of the number `branch_index` (an integer without axes) gives; outside of the range, what
/// `default_fn` gives, or the last one without it. TensorFlow's tf.switch_case.
///
///     Tensor y = switch_case(i, {[&] { return x; }, [&] { return square(x); }});
///
/// Throws ValueError if there are no branches or one is an empty function, and like cond().
CORNU_API Tensor switch_case(const Tensor& branch_index, const std::vector<std::function<Tensor()>>& branch_fns,
                             const std::function<Tensor()>& default_fn = {});
CORNU_API TensorList switch_case(const Tensor& branch_index, const std::vector<std::function<TensorList()>>& branch_fns,
                                 const std::function<TensorList()>& default_fn = {});

/// Replaces `loop_vars` by what `body` makes of them while `condition` of them, a boolean without axes, is true. Both
/// take a list of tensors, or as many tensors as there are; the body gives a TensorList, or a tuple or array of
/// tensors. TensorFlow's tf.while_loop.
///
///     TensorList end = while_loop([](const Tensor& i, const Tensor&) { return i < 5; },
///                                 [](const Tensor& i, const Tensor& x) { return TensorList{i + 1, 2.f * x}; },
///                                 {constant(0), x});
///
/// Throws ShapeError or DTypeError naming the variable if the body changes a shape or dtype, ValueError for a list of
/// another length, no loop_vars or maximum_iterations < 0.
template <class Condition, class Body>
TensorList while_loop(const Condition& condition, const Body& body, const TensorList& loop_vars,
                      const WhileLoopOptions& options = {}) {
  return detail::erased_while_loop<true>(condition, body, loop_vars, options);
}
/// The same for one tensor.
///
///     Tensor root = while_loop([&](const Tensor& r) { return abs(r * r - x) > 1e-6f; },
///                              [&](const Tensor& r) { return (r + x / r) / 2.f; }, x);
template <class Condition, class Body>
Tensor while_loop(const Condition& condition, const Body& body, const Tensor& loop_var,
                  const WhileLoopOptions& options = {}) {
  return detail::erased_while_loop<false>(condition, body, {loop_var}, options)[0];
}

/// Goes along the first axis of `elems` (several tensors: equally long) and stacks a_i = fn(a_{i-1}, elems[i]).
/// TensorFlow's tf.scan.
///
///     Tensor running_sum = scan([](const Tensor& a, const Tensor& x) { return a + x; }, x);
///
/// elems [n, ...] -> [n, shape of fn's result]. `fn` takes a Tensor or a TensorList for each of both, and gives a
/// Tensor or a TensorList of the shapes that the initializer has. Throws ShapeError for elements of different lengths
/// or without axes and if the state changes shape, DTypeError if it changes dtype, ValueError for no elements without
/// an initializer and for lists of another length.
template <class F>
auto scan(const F& fn, const TensorList& elems, const ScanLoopOptions& options = {}) {
  const auto erased = [&](const TensorList& a, const TensorList& x) {
    return detail::list_of(detail::call_with_two("scan", fn, a, x));
  };
  using R = detail::ResultOf<decltype(detail::call_with_two("scan", fn, elems, elems))>;
  return detail::as_result<R>(detail::scan(erased, elems, options));
}
template <class F>
auto scan(const F& fn, const Tensor& elems, const ScanLoopOptions& options = {}) {
  return scan(fn, TensorList{elems}, options);
}

/// Stacks fn(elems[i]) of all i along the first axis of `elems` (several tensors: equally long). TensorFlow's
/// tf.map_fn.
///
///     Tensor inverses = map_fn([](const Tensor& matrix) { return linalg::inv(matrix); }, matrices);
///
/// elems [n, ...] -> [n, shape of fn's result]. `fn` takes a list of tensors, or as many tensors as there are, and
/// gives a Tensor or a TensorList. Throws ShapeError for elements of different lengths or without axes and if the
/// results' shapes differ.
template <class F>
auto map_fn(const F& fn, const TensorList& elems) {
  using R = detail::ResultOf<decltype(detail::call_with<true>("map_fn", fn, elems))>;
  const auto erased = [&](const TensorList& values) {
    return detail::list_of(detail::call_with<true>("map_fn", fn, values));
  };
  return detail::as_result<R>(detail::map_fn(erased, elems));
}
template <class F>
auto map_fn(const F& fn, const Tensor& elems) {
  using R = detail::ResultOf<decltype(detail::call_with<false>("map_fn", fn, TensorList{elems}))>;
  const auto erased = [&](const TensorList& values) {
    return detail::list_of(detail::call_with<false>("map_fn", fn, values));
  };
  return detail::as_result<R>(detail::map_fn(erased, {elems}));
}

}  // namespace cornu
