#pragma once
#include <functional>
#include <memory>
#include <span>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

struct Call;
struct Effect;   // both are passed on
class Variable;  // without being known here

/// A function that gives gradients from upstream ones.
using Rule = std::function<TensorList(const TensorList& upstream)>;
/// A rule that does not depend on a trace any more: it takes the upstream gradients, then the values of `captures`, the
/// trace's tensors that it uses.
struct TracedRule {
  Rule rule;
  TensorList captures;
};

/// Whoever writes a graph down from what a program does with symbolic tensors. The gate and Variable tell the calling
/// thread's trace, of which there is at most one.
class CORNU_API Tracing {
 public:
  virtual ~Tracing() = default;
  /// `call` has made the symbolic `outputs`.
  virtual void record(const Call& call, std::span<const Tensor> outputs) = 0;
  /// The value of `variable` at this place, as a symbolic tensor.
  virtual Tensor read(const Variable& variable) = 0;
  /// From here on `variable` has `value`, of its shape and dtype.
  virtual void assign(const Variable& variable, const Tensor& value) = 0;
  /// Something else that happens here each time the graph runs; gives back its outputs.
  virtual TensorList add_effect(const std::shared_ptr<const Effect>& effect, std::span<const Tensor* const> inputs) = 0;
  /// The rule of a gradient that will be asked for elsewhere, for upstream gradients like these.
  virtual TracedRule trace_rule(const Rule& rule, const TensorList& upstream) = 0;
  /// What takes back a lasting change that was made for this trace, should the trace fail.
  virtual void on_failure(std::function<void()> undo) = 0;
};

/// The calling thread's trace, or null.
CORNU_API Tracing* tracing();

/// While it lives, `tracing` is the calling thread's trace; null computes for real.
class CORNU_API TracingScope {
 public:
  explicit TracingScope(Tracing* tracing);
  ~TracingScope();
  TracingScope(const TracingScope&) = delete;
  TracingScope& operator=(const TracingScope&) = delete;

 private:
  Tracing* outer_;
};

}  // namespace cornu
