#include <algorithm>
#include <string>

#include <cornu/core/autodiff/internal/backward.h>
#include <cornu/core/error.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/ops/internal/name_scope.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>

namespace cornu {

Backward::Backward(const Recording& recording, RecordList& list, const std::vector<Source>& sources, bool once)
    : recording_(recording),
      list_(list),
      sources_(sources),
      once_(once),
      totals_(recording.slot_count()),
      wanted_(recording.slot_count(), false),
      is_source_(recording.slot_count(), false) {}

TensorList Backward::run(const TensorList& targets, const TensorList& seeds) {
  for (const Source& source : sources_) source_slots_.push_back(recording_.slot_of(source));
  mark_wanted();
  for (size_t i = 0; i < targets.size(); ++i) {
    const int32_t slot = recording_.slot_of(targets[i]);
    if (slot != SlotMap::absent) accumulate(slot, seeds[i]);
  }
  std::string path;
  for (size_t i = list_.records.size(); i-- > 0;) {
    const bool has_scope = i < list_.scopes.size() && !list_.scopes[i].empty();
    if (has_scope) path = "gradient_tape/" + list_.scopes[i];  // as TensorFlow calls it
    const NameScope scope(has_scope ? path : name_scope());
    propagate(list_.records[i]);
  }
  TensorList gradients;
  gradients.reserve(sources_.size());
  for (int32_t slot : source_slots_) gradients.push_back(slot == SlotMap::absent ? Tensor() : totals_[slot]);
  return gradients;
}

void Backward::mark_wanted() {
  for (int32_t slot : source_slots_)
    if (slot != SlotMap::absent) wanted_[slot] = is_source_[slot] = true;
  for (const RecordList::Record& record : list_.records) {
    const auto inputs = list_.inputs_of(record);
    const bool wanted = std::any_of(inputs.begin(), inputs.end(), [&](const Gradient::Input& input) {
      return input.slot >= 0 && wanted_[input.slot];
    });
    if (!wanted) continue;
    for (const Gradient::Output& output : list_.outputs_of(record)) wanted_[output.slot] = true;
  }
}

void Backward::propagate(const RecordList::Record& record) {
  const auto inputs = list_.inputs_of(record);
  const auto outputs = list_.outputs_of(record);
  bool reached = false;
  for (Gradient::Output& output : outputs) {
    if (!wanted_[output.slot]) break;  // all outputs of a record are wanted or none is
    output.upstream = is_source_[output.slot] ? totals_[output.slot] : std::move(totals_[output.slot]);
    reached = reached || output.upstream.defined();
  }
  if (reached)
    for (size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i].slot >= 0 && wanted_[inputs[i].slot]) propagate_to(record, i);
  for (Gradient::Output& output : outputs) output.upstream = {}, output.shared.clear();
  if (!once_) return;
  for (Gradient::Input& input : inputs) input.value = {};
  for (Gradient::Output& output : outputs) output.value = {};
}

void Backward::propagate_to(const RecordList::Record& record, size_t index) {
  const auto inputs = list_.inputs_of(record);
  const std::vector<GradientRule>& rules = record.operation->gradients;
  const Gradient gradient(*record.operation, record.attributes, inputs, list_.outputs_of(record),
                          static_cast<int>(index));
  Tensor value = rules[std::min(index, rules.size() - 1)].rule(gradient);
  if (!value.defined()) return;
  const Shape& shape = inputs[index].spec.shape;
  if (record.operation->broadcasts && value.shape() != shape) value = sum_to_shape(value, shape);
  if (value.shape() != shape && !value.shape().is_compatible_with(shape))
    throw ShapeError(std::string("the gradient of ") + record.operation->name + " with respect to input " +
                     std::to_string(index) + " has shape " + value.shape().to_string() + "; the input has " +
                     shape.to_string());
  accumulate(inputs[index].slot, std::move(value));
}

void Backward::accumulate(int32_t slot, Tensor gradient) {
  Tensor& total = totals_[slot];
  if (!total.defined()) {
    total = std::move(gradient);
  } else if (recorders().empty() && total.is_unique() && !total.is_symbolic() && !gradient.is_symbolic()) {
    static const kernels::BinaryKernel& sum = *kernels::find_binary("Add");
    (void)kernels::run_binary(sum, total.dtype(), total.raw_data(), total.shape(), gradient.raw_data(),
                              gradient.shape(), total.mutable_data(), total.shape());
  } else {
    total = add(total, gradient);
  }
}

}  // namespace cornu
