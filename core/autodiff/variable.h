#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cornu/core/ops/creation.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

struct VariableOptions {
  std::string name = "variable";
  bool trainable = true;
};

/// Mutable state: a handle of a tensor that can be replaced by another of the same shape and dtype. Copies of a
/// Variable are the same variable. Wherever a Tensor is taken, a Variable gives its value, and gradient tapes see the
/// read.
///
///     Variable w(zeros({784, 10}), {.name = "w"});
///     w.assign_sub(0.1f * gradient);
///
/// Values that were read stay as they were: an assignment never changes a Tensor that someone holds.
class CORNU_API Variable {
 public:
  Variable() = default;
  explicit Variable(const Tensor& initial_value, const VariableOptions& options = {});
  template <Element T>
  explicit Variable(T initial_value, const VariableOptions& options = {})
      : Variable(constant(initial_value), options) {}

  bool defined() const { return state_ != nullptr; }
  /// The current value. Throws StateError for a variable without a value.
  Tensor value() const;
  operator Tensor() const { return value(); }
  /// The current value, unseen by tapes.
  const Tensor& peek() const { return state().value; }

  /// Replaces the value by one of the same shape and dtype; a number is converted to the variable's dtype. Throws
  /// ShapeError or DTypeError naming the variable, and changes nothing then.
  const Variable& assign(const Operand& value) const;
  /// Adds (subtracts) a value that broadcasts to the variable's shape; throws like assign().
  const Variable& assign_add(const Operand& value) const;
  const Variable& assign_sub(const Operand& value) const;

  const Shape& shape() const { return peek().shape(); }
  DType dtype() const { return peek().dtype(); }
  int64_t size() const { return peek().size(); }
  const std::string& name() const { return state().name; }
  /// Where the variable belongs, as `mlp/dense_1/kernel`; its name if it belongs to no layer.
  const std::string& path() const { return state().path; }
  void set_path(const std::string& path) const { state().path = path; }
  bool trainable() const { return state().trainable; }
  void set_trainable(bool trainable) const { state().trainable = trainable; }
  /// Identity: equal for handles of one variable.
  uint64_t id() const { return state().id; }
  bool is_same(const Variable& other) const { return state_ == other.state_; }

  /// Tells the recorders that the variable was read as `value`.
  void tell_read(const Tensor& value) const;
  /// Takes the elements of `value`, of the variable's shape and dtype, over into its own memory.
  void copy_in(const Tensor& value) const;
  /// Makes `value`, of the variable's shape and dtype, the value itself: for going back to an earlier one.
  void restore(const Tensor& value) const { state().value = value; }

  /// The elements for a change in place, in the variable's dtype: what updates that run over memory once work on.
  /// Holders of earlier values keep theirs.
  void* update_in_place() const;

  /// A function that brings the value back into its bounds after each update of an optimizer (Keras's constraint); may
  /// be empty.
  const std::function<Tensor(const Tensor&)>& constraint() const { return state().constraint; }
  void set_constraint(std::function<Tensor(const Tensor&)> constraint) const {
    state().constraint = std::move(constraint);
  }
  /// A function that gives the variable's part of the loss (Keras's regularizer); may be empty.
  const std::function<Tensor(const Tensor&)>& regularizer() const { return state().regularizer; }
  void set_regularizer(std::function<Tensor(const Tensor&)> regularizer) const {
    state().regularizer = std::move(regularizer);
  }

 private:
  struct State {
    Tensor value;
    uint64_t id = 0;
    std::string name, path;
    bool trainable = true;
    std::function<Tensor(const Tensor&)> constraint, regularizer;
  };
  State& state() const {
    if (!state_) throw_undefined();
    return *state_;
  }
  [[noreturn]] static void throw_undefined();
  Tensor checked(const Operand& value, const char* operation, bool may_broadcast) const;
  const Variable& change(const Operand& value, const char* operation,
                         Tensor (*combine)(const Operand&, const Operand&)) const;

  std::shared_ptr<State> state_;
};

/// Gradients and the variables that they belong to, as an optimizer takes them.
using GradientsAndVariables = std::vector<std::pair<Tensor, Variable>>;
/// Pairs the elements of both lists. Throws ValueError for lists of different lengths.
CORNU_API GradientsAndVariables zip(const TensorList& gradients, const std::vector<Variable>& variables);

CORNU_API std::ostream& operator<<(std::ostream& out, const Variable& variable);

}  // namespace cornu
