#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include <cornu/core/ops/attributes.h>
#include <cornu/core/tensor/tensor.h>

/// The table of operations. An operation is written once, as one entry in its family's file:
///
///     const Operation& tanh_op = define({
///         .name = "Tanh",
///         .infer = infer::floating_elementwise,
///         .kernel = kernel::unary,
///         .gradients = {{output(0), [](const Gradient& g) { return g.upstream() * (1.f - square(g.output(0))); }}},
///         .fusion = Fusion::elementwise,
///     });
///     Tensor tanh(const Tensor& x) { return apply(tanh_op, {&x}); }
///
/// and goes through one gate, apply(): shapes are inferred, the kernel runs, the recorders are told.
namespace cornu {

struct Effect;  // passed on without being known here
struct Operation;

/// An operation on inputs: what shape rules and kernels work on.
struct Call {
  const Operation& operation;
  std::span<const Tensor* const> inputs;
  const Attributes& attributes;

  const Tensor& input(size_t index = 0) const { return *inputs[index]; }
  const Shape& shape(size_t index = 0) const { return inputs[index]->shape(); }
  DType dtype(size_t index = 0) const { return inputs[index]->dtype(); }
  template <class T>
  const T* data(size_t index = 0) const {
    return static_cast<const T*>(inputs[index]->raw_data());
  }
  const char* name() const;
};

/// What a gradient rule knows: the gradient of the target with respect to the outputs ("upstream"), and those inputs
/// and outputs that the rule has said it reads.
class CORNU_API Gradient {
 public:
  struct Input {
    int32_t slot;  // where a tape accumulates this input's gradient; negative: not tracked
    Tensor value;  // kept only if a rule reads it
    TensorSpec spec;
  };
  struct Output {
    int32_t slot;
    Tensor value;
    TensorSpec spec;
    Tensor upstream;
    TensorList shared = {};
  };
  Gradient(const Operation& operation, const Attributes& attributes, std::span<Input> inputs, std::span<Output> outputs,
           int index)
      : operation_(operation), attributes_(attributes), inputs_(inputs), outputs_(outputs), index_(index) {}

  /// Which input's gradient is asked for.
  int index() const { return index_; }
  /// The gradient with respect to output `output`; zeros where nothing depends on it.
  const Tensor& upstream(int output = 0) const;
  /// Whether a tape follows input `index`, so that its gradient may be asked for.
  bool is_followed(int index) const { return inputs_[static_cast<size_t>(index)].slot >= 0; }
  /// Whether anything depends on output `output`, so that upstream() is not just zeros.
  bool has_upstream(int output) const { return outputs_[output].upstream.defined(); }
  const Tensor& input(int index = 0) const;
  const Tensor& output(int index = 0) const;
  /// What `compute` makes, computed once for the rules of all inputs.
  const Tensor& shared(Tensor (*compute)(const Gradient&)) const {
    TensorList& values = outputs_[0].shared;
    if (values.empty()) values.push_back(compute(*this));
    return values[0];
  }
  const TensorList& shared(TensorList (*compute)(const Gradient&)) const {
    TensorList& values = outputs_[0].shared;
    if (values.empty()) values = compute(*this);
    return values;
  }
  const Shape& input_shape(int index = 0) const { return inputs_[index].spec.shape; }
  DType input_dtype(int index = 0) const { return inputs_[index].spec.dtype; }
  const Shape& output_shape(int index = 0) const { return outputs_[index].spec.shape; }
  DType output_dtype(int index = 0) const { return outputs_[index].spec.dtype; }
  int input_count() const { return static_cast<int>(inputs_.size()); }
  int output_count() const { return static_cast<int>(outputs_.size()); }
  const Attributes& attributes() const { return attributes_; }

 private:
  const Operation& operation_;
  const Attributes& attributes_;
  std::span<Input> inputs_;
  std::span<Output> outputs_;
  int index_;
};

/// Which inputs (low half) and outputs (high half) a gradient rule reads: a tape keeps these alive and nothing else.
using Reads = uint32_t;
constexpr Reads nothing = 0;
constexpr Reads input(int index) { return Reads{1} << index; }
constexpr Reads output(int index) { return Reads{1} << (16 + index); }
constexpr Reads all_inputs = 0xffff;

/// How the gradient flows to one input. A rule is written with operations, so that it differentiates again and can be
/// traced. For operations that broadcast, the engine sums the result over the broadcast axes. No rule: no gradient
/// flows.
struct GradientRule {
  Reads reads = nothing;
  Tensor (*rule)(const Gradient&) = nullptr;
};

/// What an operation means for the fusion of graphs.
enum class Fusion : uint8_t { none, elementwise, reduction, product };

namespace kernels {
struct UnaryKernel;
struct BinaryKernel;
}  // namespace kernels

/// An entry of the table.
struct Operation {
  const char* name = nullptr;       ///< TensorFlow's name of the operation, CamelCase
  const char* onnx_name = nullptr;  ///< ONNX's name, where it has one
  int arity = 1;                    ///< number of inputs; variadic (-1): one or more
  /// Shape and dtype rule of an operation with one output; throws ShapeError, DTypeError or ValueError on inputs that
  /// do not fit.
  TensorSpec (*infer)(const Call&) = nullptr;
  /// The same for several outputs, instead of `infer`.
  std::vector<TensorSpec> (*infer_outputs)(const Call&) = nullptr;
  /// Computes the outputs, which are allocated and uninitialised. Never allocates tensors on a hot path.
  void (*kernel)(const Call&, std::span<Tensor> outputs) = nullptr;
  /// For operations whose output shares the elements of input 0 instead of a kernel: the first element's number.
  int64_t (*view_offset)(const Call&) = nullptr;
  /// One rule an input; the last one also serves all further inputs. Empty only with a reason in `no_gradient`.
  std::vector<GradientRule> gradients = {};
  const char* no_gradient = nullptr;  ///< why there is none
  bool broadcasts = false;
  /// Whether the kernel reads the attribute "shape": if that is unknown, the result is symbolic whatever the inputs.
  bool reads_extents = false;
  /// For operations that run graphs: what these do besides computing values; null if they do nothing else.
  std::shared_ptr<const Effect> (*effect)(const Call&) = nullptr;
  /// The input, of the output's spec, in whose place the kernel may write; elementwise operations may in any such
  /// one's.
  int overwritten_input = -1;
  Fusion fusion = Fusion::none;
  const kernels::UnaryKernel* unary = nullptr;  ///< the functor of an elementwise operation, found by name
  const kernels::BinaryKernel* binary = nullptr;
};
inline constexpr int variadic = -1;

inline const char* Call::name() const { return operation.name; }

/// Puts `operation` in the table and gives back its place, which stays. Throws StateError for a name that is there
/// already or an entry that is not whole (this happens while the library is loaded, so no such entry ever gets out).
CORNU_API const Operation& define(Operation operation);
/// All entries, by name.
CORNU_API std::vector<const Operation*> operations();
/// The entry called `name`; throws ValueError for an unknown one.
CORNU_API const Operation& find_operation(const char* name);

/// The gate. Infers shapes, runs the kernel (or tells the trace, if an input is symbolic), tells the recorders.
/// Throws StateError for inputs without a value, and what the operation's rules throw.
CORNU_API Tensor apply(const Operation& operation, std::span<const Tensor* const> inputs,
                       const Attributes& attributes = {});
inline Tensor apply(const Operation& operation, std::initializer_list<const Tensor*> inputs,
                    const Attributes& attributes = {}) {
  return apply(operation, std::span(inputs.begin(), inputs.size()), attributes);
}
/// The same for operations with several outputs.
CORNU_API TensorList apply_outputs(const Operation& operation, std::span<const Tensor* const> inputs,
                                   const Attributes& attributes = {});
inline TensorList apply_outputs(const Operation& operation, std::initializer_list<const Tensor*> inputs,
                                const Attributes& attributes = {}) {
  return apply_outputs(operation, std::span(inputs.begin(), inputs.size()), attributes);
}

/// Pointers to the tensors of a list, as apply() takes them.
CORNU_API std::vector<const Tensor*> pointers(const TensorList& tensors);

}  // namespace cornu
