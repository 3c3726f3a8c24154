// Arithmetic: the part of math.h that is exact on integers, and its real relatives.
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>

namespace cornu {

namespace {

using G = const Gradient&;

const Operation& add_op = define({
    .name = "Add",
    .onnx_name = "Add",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{nothing, [](G g) { return g.upstream(); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

const Operation& subtract_op = define({
    .name = "Sub",
    .onnx_name = "Sub",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{nothing, [](G g) { return g.upstream(); }}, {nothing, [](G g) { return -g.upstream(); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

const Operation& multiply_op = define({
    .name = "Mul",
    .onnx_name = "Mul",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{input(1), [](G g) { return g.upstream() * g.input(1); }},
                  {input(0), [](G g) { return g.upstream() * g.input(0); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

const Operation& divide_op = define({
    .name = "RealDiv",
    .onnx_name = "Div",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{input(1), [](G g) { return g.upstream() / g.input(1); }},
                  {input(1) | output(0), [](G g) { return -(g.upstream() * g.output()) / g.input(1); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

const Operation& floor_div_op = define({
    .name = "FloorDiv",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .no_gradient = "it is constant between its steps",
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

const Operation& mod_op = define({
    .name = "FloorMod",
    .onnx_name = "Mod",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{nothing, [](G g) { return g.upstream(); }},
                  {all_inputs, [](G g) { return -(g.upstream() * floor_div(g.input(0), g.input(1))); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

// a^b differs at a = 0: b a^(b - 1) is 0 for b = 0, where 0 * 0^-1 would be NaN, ...
Tensor power_base_gradient(G g) {
  const Tensor &a = g.input(0), &b = g.input(1);
  const Tensor base = where(logical_and(equal(a, 0), equal(b, 0)), 1, a);
  return g.upstream() * b * pow(base, b - 1);
}

// ... and a^b log(a) is 0 for a <= 0, where it has no logarithm.
Tensor power_exponent_gradient(G g) {
  const Tensor& a = g.input(0);
  return g.upstream() * g.output() * log(where(greater(a, 0), a, 1));
}

const Operation& pow_op = define({
    .name = "Pow",
    .onnx_name = "Pow",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{all_inputs, power_base_gradient}, {input(0) | output(0), power_exponent_gradient}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

// The first operand has the whole gradient where both are equal.
const Operation& maximum_op = define({
    .name = "Maximum",
    .onnx_name = "Max",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{all_inputs, [](G g) { return where(greater_equal(g.input(0), g.input(1)), g.upstream(), 0); }},
                  {all_inputs, [](G g) { return where(greater_equal(g.input(0), g.input(1)), 0, g.upstream()); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

const Operation& minimum_op = define({
    .name = "Minimum",
    .onnx_name = "Min",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{all_inputs, [](G g) { return where(less_equal(g.input(0), g.input(1)), g.upstream(), 0); }},
                  {all_inputs, [](G g) { return where(less_equal(g.input(0), g.input(1)), 0, g.upstream()); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

Tensor twice_difference(G g) { return g.upstream() * ((g.input(0) - g.input(1)) * 2); }

const Operation& squared_difference_op = define({
    .name = "SquaredDifference",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{all_inputs, twice_difference}, {all_inputs, [](G g) { return -twice_difference(g); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

const Operation& negative_op = define({
    .name = "Neg",
    .onnx_name = "Neg",
    .infer = infer::elementwise,
    .kernel = kernel::unary,
    .gradients = {{nothing, [](G g) { return -g.upstream(); }}},
    .fusion = Fusion::elementwise,
});

const Operation& abs_op = define({
    .name = "Abs",
    .onnx_name = "Abs",
    .infer = infer::elementwise,
    .kernel = kernel::unary,
    .gradients = {{input(0), [](G g) { return g.upstream() * sign(g.input()); }}},
    .fusion = Fusion::elementwise,
});

const Operation& sign_op = define({
    .name = "Sign",
    .onnx_name = "Sign",
    .infer = infer::elementwise,
    .kernel = kernel::unary,
    .gradients = {{nothing, [](G g) { return zeros_like(g.upstream()); }}},
    .fusion = Fusion::elementwise,
});

const Operation& reciprocal_op = define({
    .name = "Reciprocal",
    .onnx_name = "Reciprocal",
    .infer = infer::elementwise,
    .kernel = kernel::unary,
    .gradients = {{output(0), [](G g) { return -(g.upstream() * square(g.output())); }}},
    .fusion = Fusion::elementwise,
});

const Operation& square_op = define({
    .name = "Square",
    .infer = infer::elementwise,
    .kernel = kernel::unary,
    .gradients = {{input(0), [](G g) { return g.upstream() * (g.input() * 2); }}},
    .fusion = Fusion::elementwise,
});

constexpr DType quotient_dtype(DType promoted) {
  return promoted == int32 || promoted == int64 ? float64 : real_dtype(promoted);
}

}  // namespace

Tensor add(const Operand& a, const Operand& b) { return apply_pair(add_op, a, b); }
Tensor subtract(const Operand& a, const Operand& b) { return apply_pair(subtract_op, a, b); }
Tensor multiply(const Operand& a, const Operand& b) { return apply_pair(multiply_op, a, b); }
Tensor divide(const Operand& a, const Operand& b) { return apply_pair(divide_op, a, b, quotient_dtype); }
Tensor floor_div(const Operand& a, const Operand& b) { return apply_pair(floor_div_op, a, b); }
Tensor mod(const Operand& a, const Operand& b) { return apply_pair(mod_op, a, b); }
Tensor pow(const Operand& a, const Operand& b) { return apply_pair(pow_op, a, b); }
Tensor maximum(const Operand& a, const Operand& b) { return apply_pair(maximum_op, a, b); }
Tensor minimum(const Operand& a, const Operand& b) { return apply_pair(minimum_op, a, b); }
Tensor squared_difference(const Operand& a, const Operand& b) { return apply_pair(squared_difference_op, a, b); }

Tensor negative(const Tensor& x) { return apply(negative_op, {&x}); }
Tensor abs(const Tensor& x) { return apply(abs_op, {&x}); }
Tensor sign(const Tensor& x) { return apply(sign_op, {&x}); }
Tensor square(const Tensor& x) { return apply(square_op, {&x}); }
Tensor reciprocal(const Tensor& x) { return apply_real(reciprocal_op, x); }

}  // namespace cornu
