#pragma once
#include <string>
#include <vector>

#include <cornu/core/autodiff/internal/slot_map.h>
#include <cornu/core/autodiff/structure.h>
#include <cornu/core/ops/operation.h>
#include <cornu/core/ops/recorder.h>

namespace cornu {

/// The operations that a tape has seen, in the order of computation.
struct RecordList {
  struct Record {
    const Operation* operation;
    Attributes attributes;
    uint32_t first_input, first_output;
    uint16_t input_count, output_count;
  };
  std::vector<Record> records;
  std::vector<Gradient::Input> inputs;
  std::vector<Gradient::Output> outputs;
  std::vector<std::string> scopes;  // of the first records, while a trace or a profile wants to know

  std::span<Gradient::Input> inputs_of(const Record& record) {
    return {inputs.data() + record.first_input, record.input_count};
  }
  std::span<Gradient::Output> outputs_of(const Record& record) {
    return {outputs.data() + record.first_output, record.output_count};
  }
  /// The name scope of the last record.
  void set_scope(const std::string& scope) {
    scopes.resize(records.size());
    scopes.back() = scope;
  }
  void append(RecordList&& later);
  void clear();
};

/// What a tape has written down. Every tracked value has a slot: a watched tensor, a watched variable (all its values),
/// and each output that was computed from them.
class Recording : public Recorder {
 public:
  explicit Recording(bool watch_accessed_variables) : watch_accessed_variables_(watch_accessed_variables) {}

  void record(const Call& call, std::span<const Tensor> outputs) override;
  void read(const Variable& variable, const Tensor& value) override;
  bool tracks(const Tensor& value) const override { return slot_of(value) != SlotMap::absent; }

  void watch(const Tensor& tensor);
  int32_t watch(const Variable& variable);
  void clear();

  /// The gradients of the sum of `targets`, weighted by `seeds`, with respect to `sources`; undefined where there is
  /// none. With `once`, values are let go as soon as they have been used.
  TensorList gradients(const TensorList& targets, const TensorList& seeds, const std::vector<Source>& sources,
                       bool once);

  const std::vector<Variable>& watched_variables() const { return watched_variables_; }
  int32_t slot_count() const { return slot_count_; }
  int32_t slot_of(const Tensor& tensor) const { return tensor_slots_.find(tensor.id()); }
  int32_t slot_of(const Source& source) const {
    return source.is_variable() ? variable_slots_.find(source.variable.id()) : slot_of(source.tensor);
  }

 private:
  bool watch_accessed_variables_;
  int32_t slot_count_ = 0;
  SlotMap tensor_slots_, variable_slots_;
  std::vector<Variable> watched_variables_;
  RecordList list_;
};

}  // namespace cornu
