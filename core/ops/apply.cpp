#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/internal/profiling.h>
#include <cornu/core/ops/operation.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/core/ops/tracing.h>

namespace cornu {

namespace {

/// Throws if an input has no value; tells whether one is symbolic, or extents that the kernel needs are unknown.
bool check_inputs(const Call& call) {
  const int count = static_cast<int>(call.inputs.size());
  const int arity = call.operation.arity;
  if (arity == variadic ? count < 1 : count != arity)
    throw ValueError(std::string(call.name()) + ": expected " +
                     (arity == variadic ? "at least one tensor" : std::to_string(arity) + " tensors") + "; received " +
                     std::to_string(count));
  bool symbolic = false;
  for (int i = 0; i < count; ++i) {
    if (!call.inputs[i]->defined())
      throw StateError(std::string(call.name()) + ": input " + std::to_string(i) +
                       " has no value (a default-constructed or moved-from Tensor)");
    symbolic = symbolic || call.inputs[i]->is_symbolic();
  }
  return symbolic || (call.operation.reads_extents && !call.attributes.shape("shape").is_known());
}

/// Whether an output of known inputs is symbolic all the same: an attribute has the names of unknown extents.
bool has_names(const Call& call, const TensorSpec& spec) {
  if (spec.shape.is_known()) return false;
  if (spec.shape.contains(-1))
    throw ShapeError(std::string(call.name()) + ": the extents must be 0 or more; received " + spec.shape.to_string());
  return true;
}

Tensor make_output(const Call& call, const TensorSpec& spec, bool symbolic) {
  if (symbolic) return Tensor::symbolic(spec);
  if (call.operation.view_offset) return Tensor::view(call.input(), spec.shape, call.operation.view_offset(call));
  return Tensor::allocate(spec.shape, spec.dtype);
}

/// The first input that has an origin; null if there is none.
const Tensor* find_origin(const Call& call) {
  for (const Tensor* input : call.inputs)
    if (input->has_origin()) return input;
  return nullptr;
}

void compute_and_tell(const Call& call, std::span<Tensor> outputs, bool symbolic) {
  if (symbolic) {
    if (Tracing* trace = tracing())
      trace->record(call, outputs);
    else if (const Tensor* described = find_origin(call))
      described->origin()->record(call, outputs);
  } else if (!call.operation.view_offset) {
    call.operation.kernel(call, outputs);
  }
  for (Recorder* recorder : recorders()) recorder->record(call, outputs);
}

Tensor run_gate(const Call& call) {
  bool symbolic = check_inputs(call);
  const TensorSpec spec = call.operation.infer(call);
  symbolic = symbolic || has_names(call, spec);
  Tensor output = make_output(call, spec, symbolic);
  compute_and_tell(call, {&output, 1}, symbolic);
  return output;
}

TensorList run_gate_of_several(const Call& call) {
  bool symbolic = check_inputs(call);
  const std::vector<TensorSpec> specs = call.operation.infer_outputs(call);
  for (const TensorSpec& spec : specs) symbolic = symbolic || has_names(call, spec);
  TensorList outputs;
  for (const TensorSpec& spec : specs) outputs.push_back(make_output(call, spec, symbolic));
  compute_and_tell(call, outputs, symbolic);
  return outputs;
}

std::span<const Tensor> as_span(const Tensor& output) { return {&output, 1}; }
std::span<const Tensor> as_span(const TensorList& outputs) { return outputs; }

/// The gate with a slice of the profile around it.
template <class Gate>
auto profiled(Profiling& profiling, const Call& call, Gate gate) {
  const uint64_t start = ticks();
  auto outputs = gate(call);
  const std::span<const Tensor> made = as_span(outputs);
  if (made.empty() || !made[0].is_symbolic()) profiling.record(call, made, start, ticks());
  return outputs;
}

}  // namespace

Tensor apply(const Operation& operation, std::span<const Tensor* const> inputs, const Attributes& attributes) {
  const Call call{operation, inputs, attributes};
  if (Profiling* profiling = Profiling::current()) [[unlikely]]
    return profiled(*profiling, call, run_gate);
  return run_gate(call);
}

TensorList apply_outputs(const Operation& operation, std::span<const Tensor* const> inputs,
                         const Attributes& attributes) {
  const Call call{operation, inputs, attributes};
  if (Profiling* profiling = Profiling::current()) [[unlikely]]
    return profiled(*profiling, call, run_gate_of_several);
  return run_gate_of_several(call);
}

std::vector<const Tensor*> pointers(const TensorList& tensors) {
  std::vector<const Tensor*> result;
  result.reserve(tensors.size());
  for (const Tensor& tensor : tensors) result.push_back(&tensor);
  return result;
}

}  // namespace cornu
