#include <algorithm>
#include <string>

#include <cornu/core/autodiff/internal/backward.h>
#include <cornu/core/autodiff/internal/recording.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/internal/name_scope.h>
#include <cornu/core/ops/internal/profiling.h>
#include <cornu/core/ops/tracing.h>

namespace cornu {

namespace {

void require_floating(DType dtype, const char* what, const std::string& which) {
  if (!is_floating(dtype))
    throw DTypeError(std::string("GradientTape.watch: only floating-point ") + what + " have gradients; received " +
                     which + "of dtype " + std::string(name(dtype)));
}

bool has_gradient(const Tensor& output) { return is_floating(output.dtype()); }

/// Bits of Reads beyond the 15th input or output share the last one.
int bit(size_t index) { return static_cast<int>(std::min<size_t>(index, 15)); }

}  // namespace

void RecordList::append(RecordList&& later) {
  if (!later.scopes.empty()) scopes.resize(records.size());
  std::move(later.scopes.begin(), later.scopes.end(), std::back_inserter(scopes));
  for (Record& record : later.records) {
    record.first_input += static_cast<uint32_t>(inputs.size());
    record.first_output += static_cast<uint32_t>(outputs.size());
    records.push_back(std::move(record));
  }
  std::move(later.inputs.begin(), later.inputs.end(), std::back_inserter(inputs));
  std::move(later.outputs.begin(), later.outputs.end(), std::back_inserter(outputs));
  later.clear();
}

void RecordList::clear() {
  records.clear();
  inputs.clear();
  outputs.clear();
  scopes.clear();
}

void Recording::record(const Call& call, std::span<const Tensor> outputs) {
  const std::vector<GradientRule>& rules = call.operation.gradients;
  if (rules.empty() || std::none_of(outputs.begin(), outputs.end(), has_gradient)) return;

  const size_t first_input = list_.inputs.size();
  Reads reads = nothing;
  bool tracked = false;
  for (size_t i = 0; i < call.inputs.size(); ++i) {
    const GradientRule& rule = rules[std::min(i, rules.size() - 1)];
    const int32_t slot = rule.rule ? slot_of(*call.inputs[i]) : SlotMap::absent;
    list_.inputs.push_back({slot, {}, call.inputs[i]->spec()});
    if (slot == SlotMap::absent) continue;
    tracked = true;
    reads |= rule.reads;
  }
  if (!tracked) {
    list_.inputs.resize(first_input);
    return;
  }
  for (size_t i = 0; i < call.inputs.size(); ++i)
    if (reads & input(bit(i))) list_.inputs[first_input + i].value = *call.inputs[i];

  list_.records.push_back({&call.operation, call.attributes, static_cast<uint32_t>(first_input),
                           static_cast<uint32_t>(list_.outputs.size()), static_cast<uint16_t>(call.inputs.size()),
                           static_cast<uint16_t>(outputs.size())});
  if (tracing() || Profiling::current()) [[unlikely]]
    list_.set_scope(name_scope());
  for (size_t i = 0; i < outputs.size(); ++i) {
    const bool kept = reads & output(bit(i));
    list_.outputs.push_back({slot_count_, kept ? outputs[i] : Tensor(), outputs[i].spec(), {}});
    if (has_gradient(outputs[i])) tensor_slots_.set(outputs[i].id(), slot_count_);
    ++slot_count_;
  }
}

void Recording::read(const Variable& variable, const Tensor& value) {
  int32_t slot = variable_slots_.find(variable.id());
  if (slot == SlotMap::absent) {
    if (!watch_accessed_variables_ || !variable.trainable() || !is_floating(value.dtype())) return;
    slot = watch(variable);
  }
  tensor_slots_.set(value.id(), slot);
}

void Recording::watch(const Tensor& tensor) {
  require_floating(tensor.dtype(), "tensors", "one ");
  if (slot_of(tensor) == SlotMap::absent) tensor_slots_.set(tensor.id(), slot_count_++);
}

int32_t Recording::watch(const Variable& variable) {
  require_floating(variable.dtype(), "variables", "'" + variable.path() + "' ");
  const int32_t known = variable_slots_.find(variable.id());
  if (known != SlotMap::absent) return known;
  variable_slots_.set(variable.id(), slot_count_);
  watched_variables_.push_back(variable);
  return slot_count_++;
}

void Recording::clear() {
  slot_count_ = 0;
  tensor_slots_.clear();
  variable_slots_.clear();
  watched_variables_.clear();
  list_.clear();
}

TensorList Recording::gradients(const TensorList& targets, const TensorList& seeds, const std::vector<Source>& sources,
                                bool once) {
  // The list is taken out: a persistent tape that still records writes down this walk in a new list, which is put
  // behind it.
  RecordList list = std::exchange(list_, {});
  TensorList gradients;
  try {
    gradients = Backward(*this, list, sources, once).run(targets, seeds);
  } catch (...) {
    list.append(std::move(list_));
    list_ = std::move(list);
    throw;
  }
  list.append(std::move(list_));
  list_ = std::move(list);
  return gradients;
}

}  // namespace cornu
