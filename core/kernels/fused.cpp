// Programs of elementwise steps: how they are made. How they run is in fused_run.cpp.
#include <algorithm>

#include <cornu/core/kernels/fused.h>

namespace cornu::kernels {

FusedProgram::FusedProgram(std::vector<DType> inputs) : inputs_(std::move(inputs)) {}

DType FusedProgram::dtype_of_value(int32_t value) const {
  const auto index = static_cast<size_t>(value);
  return index < inputs_.size() ? inputs_[index] : steps_[index - inputs_.size()].dtype;
}

int32_t FusedProgram::add(const Step& step) {
  steps_.push_back(step);
  cost_ += step.cost;
  return input_count() + step_count() - 1;
}

int32_t FusedProgram::add(const UnaryKernel& kernel, int32_t x) {
  const DType dtype = dtype_of_value(x);
  return add({.kind = Step::Kind::unary,
              .unary = kernel.block(dtype),
              .operand = {x, -1, -1},
              .dtype = kernel.result(dtype),
              .cost = kernel.cost});
}

int32_t FusedProgram::add(const BinaryKernel& kernel, int32_t a, int32_t b) {
  const DType dtype = dtype_of_value(a);
  return add({.kind = Step::Kind::binary,
              .binary = kernel.block(dtype),
              .operand = {a, b, -1},
              .dtype = kernel.result(dtype),
              .cost = kernel.cost});
}

int32_t FusedProgram::add_select(int32_t condition, int32_t a, int32_t b) {
  const DType dtype = dtype_of_value(a);
  return add({.kind = Step::Kind::select, .select = select_block(dtype), .operand = {condition, a, b}, .dtype = dtype});
}

int32_t FusedProgram::add_cast(int32_t x, DType to) {
  return add(
      {.kind = Step::Kind::cast, .cast = cast_block(dtype_of_value(x), to), .operand = {x, -1, -1}, .dtype = to});
}

/// The last step that needs each step's result.
std::vector<int32_t> FusedProgram::last_uses() const {
  std::vector<int32_t> last(steps_.size(), -1);
  for (size_t i = 0; i < steps_.size(); ++i)
    for (const int32_t operand : steps_[i].operand)
      if (operand >= input_count()) last[static_cast<size_t>(operand - input_count())] = static_cast<int32_t>(i);
  return last;
}

bool FusedProgram::finish() {
  const std::vector<int32_t> last = last_uses();
  std::vector<int32_t> free;
  slot_of_step_.assign(steps_.size(), -1);
  slots_ = 0;
  size_t widest = 1;
  for (const DType dtype : inputs_) widest = std::max(widest, size_of(dtype));
  for (size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    widest = std::max(widest, size_of(step.dtype));
    // A step may write over an operand that dies here if their elements are as large; other slots are free afterwards.
    std::vector<int32_t> dying;
    for (const int32_t operand : step.operand) {
      const int32_t number = operand - input_count();
      if (number < 0 || last[static_cast<size_t>(number)] != static_cast<int32_t>(i)) continue;
      const int32_t slot = slot_of_step_[static_cast<size_t>(number)];
      if (std::find(dying.begin(), dying.end(), slot) != dying.end()) continue;
      const bool in_place = step.kind != Step::Kind::cast && slot_of_step_[i] < 0 &&
                            size_of(dtype_of_value(operand)) == size_of(step.dtype);
      if (in_place)
        slot_of_step_[i] = slot;
      else if (slot != slot_of_step_[i])
        dying.push_back(slot);
    }
    if (slot_of_step_[i] < 0 && i + 1 < steps_.size()) {
      if (free.empty()) free.push_back(slots_++);
      slot_of_step_[i] = free.back();
      free.pop_back();
    }
    free.insert(free.end(), dying.begin(), dying.end());
  }
  const int64_t values = slots_ + input_count() + 1, bytes = static_cast<int64_t>(widest);
  block_elements_ = std::min(most_elements, scratch_bytes / (values * bytes) / 64 * 64);
  return slots_ <= max_slots;
}

}  // namespace cornu::kernels
