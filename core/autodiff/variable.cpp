#include <atomic>
#include <cstring>

#include <cornu/core/autodiff/variable.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/core/ops/tracing.h>

namespace cornu {

namespace {

uint64_t next_variable_id() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

/// True if broadcasting a value of shape `from` with one of shape `to` gives `to`.
bool broadcasts_to(const Shape& from, const Shape& to) {
  if (from.rank() > to.rank()) return false;
  for (int axis = 1; axis <= from.rank(); ++axis)
    if (const int64_t extent = from[from.rank() - axis]; extent > 1 && extent != to[to.rank() - axis]) return false;
  return true;
}

/// The same elements behind a handle that nobody else has: the variable may change it later.
Tensor own_handle(const Tensor& value) {
  if (value.is_unique()) return value;
  return Tensor::view(value, value.shape(), 0);
}

}  // namespace

Variable::Variable(const Tensor& initial_value, const VariableOptions& options) : state_(std::make_shared<State>()) {
  if (!initial_value.defined()) throw StateError("Variable '" + options.name + "': the initial value has no value");
  if (initial_value.is_symbolic())
    throw StateError("Variable '" + options.name +
                     "': the initial value is symbolic; give a tensor whose values are there");
  state_->value = own_handle(initial_value);
  state_->id = next_variable_id();
  state_->name = state_->path = options.name;
  state_->trainable = options.trainable;
}

void Variable::throw_undefined() {
  throw StateError("this Variable has no value: it was default-constructed or moved from");
}

Tensor Variable::value() const {
  const State& state = this->state();
  const Tensor value = tracing() ? tracing()->read(*this) : state.value;
  tell_read(value);
  return value;
}

void Variable::tell_read(const Tensor& value) const {
  for (Recorder* recorder : recorders()) recorder->read(*this, value);
}

Tensor Variable::checked(const Operand& operand, const char* operation, bool may_broadcast) const {
  const auto where = [&] { return std::string(operation) + " of variable '" + path() + "'"; };
  const Tensor value = operand.is_number() ? operand.number_as(dtype(), where()) : operand.tensor();
  if (!value.defined()) throw StateError(where() + ": received no value");
  const bool fits =
      value.shape().is_compatible_with(shape()) || (may_broadcast && broadcasts_to(value.shape(), shape()));
  if (!fits)
    throw ShapeError(where() + ": its shape is " + shape().to_string() + "; received " + value.shape().to_string());
  if (value.dtype() != dtype())
    throw DTypeError(where() + ": its dtype is " + std::string(cornu::name(dtype())) + "; received " +
                     std::string(cornu::name(value.dtype())) + "; cast it first");
  return value;
}

const Variable& Variable::assign(const Operand& value) const {
  const Tensor replacement = checked(value, "assign", false);
  if (tracing())
    tracing()->assign(*this, replacement);
  else if (!replacement.is_symbolic())  // of a symbolic value nothing is computed, so nothing changes
    state_->value = Tensor::view(replacement, replacement.shape(), 0);
  return *this;
}

const Variable& Variable::assign_add(const Operand& value) const { return change(value, "assign_add", add); }
const Variable& Variable::assign_sub(const Operand& value) const { return change(value, "assign_sub", subtract); }

const Variable& Variable::change(const Operand& value, const char* operation,
                                 Tensor (*combine)(const Operand&, const Operand&)) const {
  const NoRecording unseen;
  const Tensor by = checked(value, operation, true);
  if (tracing())
    tracing()->assign(*this, combine(tracing()->read(*this), by));
  else if (!by.is_symbolic())
    state_->value = combine(peek(), by);
  return *this;
}

void Variable::copy_in(const Tensor& value) const {
  std::memcpy(update_in_place(), value.raw_data(), static_cast<size_t>(value.size()) * size_of(value.dtype()));
}

void* Variable::update_in_place() const {
  Tensor& value = state().value;
  if (value.is_unique()) {
    value.renew_id();
  } else {
    Tensor copy = Tensor::allocate(value.shape(), value.dtype());
    std::memcpy(copy.mutable_data(), value.raw_data(), static_cast<size_t>(value.size()) * size_of(value.dtype()));
    value = std::move(copy);
  }
  return value.mutable_data();
}

GradientsAndVariables zip(const TensorList& gradients, const std::vector<Variable>& variables) {
  if (gradients.size() != variables.size())
    throw ValueError("zip: " + std::to_string(gradients.size()) + " gradients for " + std::to_string(variables.size()) +
                     " variables; both lists must have the same length");
  GradientsAndVariables pairs;
  pairs.reserve(gradients.size());
  for (size_t i = 0; i < gradients.size(); ++i) pairs.emplace_back(gradients[i], variables[i]);
  return pairs;
}

std::ostream& operator<<(std::ostream& out, const Variable& variable) {
  return out << "Variable(path=" << variable.path() << ", trainable=" << (variable.trainable() ? "True" : "False")
             << ", value=" << variable.peek() << ")";
}

}  // namespace cornu
