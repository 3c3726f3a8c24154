#include <cornu/core/kernels/select.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>

namespace cornu {

namespace {

using G = const Gradient&;

constexpr const char* not_a_number = "its result is boolean";

Operation comparison(const char* name, const char* onnx_name) {
  return {.name = name,
          .onnx_name = onnx_name,
          .arity = 2,
          .infer = infer::predicate,
          .kernel = kernel::binary,
          .no_gradient = not_a_number,
          .broadcasts = true,
          .fusion = Fusion::elementwise};
}

Operation test(const char* name, const char* onnx_name) {
  return {.name = name,
          .onnx_name = onnx_name,
          .infer = infer::predicate,
          .kernel = kernel::unary,
          .no_gradient = not_a_number,
          .fusion = Fusion::elementwise};
}

const Operation& equal_op = define(comparison("Equal", "Equal"));
const Operation& not_equal_op = define(comparison("NotEqual", nullptr));
const Operation& less_op = define(comparison("Less", "Less"));
const Operation& less_equal_op = define(comparison("LessEqual", "LessOrEqual"));
const Operation& greater_op = define(comparison("Greater", "Greater"));
const Operation& greater_equal_op = define(comparison("GreaterEqual", "GreaterOrEqual"));

const Operation& and_op = define(comparison("LogicalAnd", "And"));
const Operation& or_op = define(comparison("LogicalOr", "Or"));
const Operation& xor_op = define(comparison("LogicalXor", "Xor"));
const Operation& not_op = define(test("LogicalNot", "Not"));

const Operation& is_nan_op = define(test("IsNan", "IsNaN"));
const Operation& is_inf_op = define(test("IsInf", "IsInf"));
const Operation& is_finite_op = define(test("IsFinite", nullptr));

TensorSpec infer_select(const Call& call) {
  infer::require_one_dtype(call, 1);
  const Shape branches = broadcast_shapes(call.shape(1), call.shape(2), call.name());
  return {broadcast_shapes(call.shape(0), branches, call.name()), call.dtype(1)};
}

void run_select(const Call& call, std::span<Tensor> outputs) {
  kernels::select(call.dtype(1), call.data<bool>(0), call.shape(0), call.input(1).raw_data(), call.shape(1),
                  call.input(2).raw_data(), call.shape(2), outputs[0].mutable_data(), outputs[0].shape());
}

const Operation& select_op = define({
    .name = "SelectV2",
    .onnx_name = "Where",
    .arity = 3,
    .infer = infer_select,
    .kernel = run_select,
    .gradients = {{},
                  {input(0), [](G g) { return where(g.input(0), g.upstream(), 0); }},
                  {input(0), [](G g) { return where(g.input(0), 0, g.upstream()); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

/// x != 0. Without a value it goes on as it is, and the gate names the operation.
Tensor truth(const Tensor& x) { return x.defined() ? cast(x, boolean) : x; }

Tensor apply_truth(const Operation& operation, const Tensor& a, const Tensor& b) {
  const Tensor truth_a = truth(a), truth_b = truth(b);
  return apply(operation, {&truth_a, &truth_b});
}

/// Whether a number beside a tensor of integers is out of their range.
bool is_beyond(const Operand& number, const Operand& other) {
  if (!number.is_number() || other.is_number() || !other.tensor().defined()) return false;
  return !number.fits(number.number_dtype(other.tensor().dtype()));
}

/// Values are compared: uint8 200 is less than 300, as in NumPy.
Tensor compare(const Operation& operation, const Operand& a, const Operand& b) {
  if (!is_beyond(a, b) && !is_beyond(b, a)) return apply_pair(operation, a, b);
  const Operand& number = a.is_number() ? a : b;
  if (number.fits(int64)) return apply_pair(operation, a, b, [](DType) { return int64; });
  return apply_pair(operation, a, b, [](DType) { return float64; });
}

}  // namespace

Tensor equal(const Operand& a, const Operand& b) { return compare(equal_op, a, b); }
Tensor not_equal(const Operand& a, const Operand& b) { return compare(not_equal_op, a, b); }
Tensor less(const Operand& a, const Operand& b) { return compare(less_op, a, b); }
Tensor less_equal(const Operand& a, const Operand& b) { return compare(less_equal_op, a, b); }
Tensor greater(const Operand& a, const Operand& b) { return compare(greater_op, a, b); }
Tensor greater_equal(const Operand& a, const Operand& b) { return compare(greater_equal_op, a, b); }

Tensor logical_and(const Tensor& a, const Tensor& b) { return apply_truth(and_op, a, b); }
Tensor logical_or(const Tensor& a, const Tensor& b) { return apply_truth(or_op, a, b); }
Tensor logical_xor(const Tensor& a, const Tensor& b) { return apply_truth(xor_op, a, b); }

Tensor logical_not(const Tensor& x) {
  const Tensor truth_x = truth(x);
  return apply(not_op, {&truth_x});
}

Tensor is_nan(const Tensor& x) { return apply_real(is_nan_op, x); }
Tensor is_inf(const Tensor& x) { return apply_real(is_inf_op, x); }
Tensor is_finite(const Tensor& x) { return apply_real(is_finite_op, x); }

Tensor where(const Tensor& condition, const Operand& a, const Operand& b) {
  for (const Operand* side : {&a, &b})
    if (!side->is_number()) require_value(side->tensor(), "where");
  const Tensor truth_condition = truth(condition);
  const OperandPair pair("where", a, b);
  return apply(select_op, {&truth_condition, &pair.a(), &pair.b()});
}

}  // namespace cornu
