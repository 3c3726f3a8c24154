#pragma once
#include <functional>
#include <unordered_map>

#include <cornu/core/graph/graph.h>
#include <cornu/core/ops/tracing.h>

namespace cornu {

/// Writes a graph down. Symbolic tensors are known by their identity. A tracer within another's trace (a branch, the
/// body of a loop) takes the outer one's tensors as further inputs, its captures.
class CORNU_API Tracer : public Tracing {
 public:
  explicit Tracer(Tracer* outer = nullptr) : outer_(outer) {}

  Tensor add_input(const TensorSpec& spec, const std::string& name = {});
  void record(const Call& call, std::span<const Tensor> outputs) override;
  Tensor read(const Variable& variable) override;
  void assign(const Variable& variable, const Tensor& value) override;
  TensorList add_effect(const std::shared_ptr<const Effect>& effect, std::span<const Tensor* const> inputs) override;
  TracedRule trace_rule(const Rule& rule, const TensorList& upstream) override;
  void on_failure(std::function<void()> undo) override;

  /// The graph of what was written down, with these results. Throws StateError for a symbolic tensor that is not of
  /// this trace.
  Graph finish(const TensorList& outputs);
  /// How many nodes there are, and where tensors of this trace stand.
  int32_t size() const { return static_cast<int32_t>(graph_.nodes.size()); }
  std::vector<Value> values_of(const TensorList& tensors);
  /// The outer trace's tensors that became inputs, in their order.
  const TensorList& captures() const { return captures_; }
  /// A tensor of this or an outer trace whose shape has the extent that is called `name`; undefined if there is none.
  Tensor with_extent(int64_t name);
  /// Leaves taking back to the outer tracer.
  void hand_over_undo();
  /// Takes back what on_failure() was told, last first.
  void undo();

  /// The calling thread's tracer, or null.
  static Tracer* current() { return dynamic_cast<Tracer*>(tracing()); }

 private:
  bool knows(const Tensor& tensor) const;
  Value value_of(const Tensor& tensor, const char* user);
  Value add_node(Node node);
  Tensor make(const TensorSpec& spec, const Value& value);
  void forget_changes(const Effect& effect);

  Tracer* outer_;
  Graph graph_;
  std::unordered_map<uint64_t, Value> values_;   // by the tensor's id
  std::unordered_map<uint64_t, Value> current_;  // the value of each variable at this place, by its id
  TensorList captures_;
  std::vector<std::function<void()>> undo_;
};

}  // namespace cornu
