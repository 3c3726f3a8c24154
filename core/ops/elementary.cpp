// Elementary functions of real numbers, and rounding. The gradients read the output where it says as much as the input.
#include <numbers>

#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>

namespace cornu {

namespace {

using G = const Gradient&;

Operation rounding(const char* name, const char* onnx_name) {
  return {.name = name,
          .onnx_name = onnx_name,
          .infer = infer::elementwise,
          .kernel = kernel::unary,
          .no_gradient = "it is constant between its steps",
          .fusion = Fusion::elementwise};
}

const Operation& sqrt_op =
    define(elementwise_function("Sqrt", "Sqrt", {output(0), [](G g) { return g.upstream() * 0.5 / g.output(); }}));
const Operation& rsqrt_op = define(elementwise_function(
    "Rsqrt", nullptr, {output(0), [](G g) { return g.upstream() * (square(g.output()) * g.output() * -0.5); }}));
const Operation& exp_op =
    define(elementwise_function("Exp", "Exp", {output(0), [](G g) { return g.upstream() * g.output(); }}));
const Operation& expm1_op =
    define(elementwise_function("Expm1", nullptr, {output(0), [](G g) { return g.upstream() * (g.output() + 1); }}));
const Operation& log_op =
    define(elementwise_function("Log", "Log", {input(0), [](G g) { return g.upstream() / g.input(); }}));
const Operation& log1p_op =
    define(elementwise_function("Log1p", nullptr, {input(0), [](G g) { return g.upstream() / (g.input() + 1); }}));

const Operation& sin_op =
    define(elementwise_function("Sin", "Sin", {input(0), [](G g) { return g.upstream() * cos(g.input()); }}));
const Operation& cos_op =
    define(elementwise_function("Cos", "Cos", {input(0), [](G g) { return -(g.upstream() * sin(g.input())); }}));
const Operation& tan_op = define(
    elementwise_function("Tan", "Tan", {output(0), [](G g) { return g.upstream() * (square(g.output()) + 1); }}));
const Operation& asin_op = define(
    elementwise_function("Asin", "Asin", {input(0), [](G g) { return g.upstream() * rsqrt(1 - square(g.input())); }}));
const Operation& acos_op = define(elementwise_function(
    "Acos", "Acos", {input(0), [](G g) { return -(g.upstream() * rsqrt(1 - square(g.input()))); }}));
const Operation& atan_op = define(
    elementwise_function("Atan", "Atan", {input(0), [](G g) { return g.upstream() / (square(g.input()) + 1); }}));
const Operation& sinh_op =
    define(elementwise_function("Sinh", "Sinh", {input(0), [](G g) { return g.upstream() * cosh(g.input()); }}));
const Operation& cosh_op =
    define(elementwise_function("Cosh", "Cosh", {input(0), [](G g) { return g.upstream() * sinh(g.input()); }}));
const Operation& asinh_op = define(elementwise_function(
    "Asinh", "Asinh", {input(0), [](G g) { return g.upstream() * rsqrt(square(g.input()) + 1); }}));
const Operation& acosh_op = define(elementwise_function(
    "Acosh", "Acosh", {input(0), [](G g) { return g.upstream() * rsqrt(square(g.input()) - 1); }}));
const Operation& atanh_op = define(
    elementwise_function("Atanh", "Atanh", {input(0), [](G g) { return g.upstream() / (1 - square(g.input())); }}));

constexpr double two_over_sqrt_pi = 2 * std::numbers::inv_sqrtpi;
const Operation& erf_op = define(elementwise_function(
    "Erf", "Erf", {input(0), [](G g) { return g.upstream() * (exp(-square(g.input())) * two_over_sqrt_pi); }}));

Tensor tanh_grad(const Tensor& y, const Tensor& upstream);

/// dy (1 - y^2), in one pass.
const Operation& tanh_grad_op = define({
    .name = "TanhGrad",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{all_inputs, [](G g) { return g.upstream() * (g.input(0) * g.input(1) * -2); }},
                  {input(0), [](G g) { return tanh_grad(g.input(0), g.upstream()); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});
Tensor tanh_grad(const Tensor& y, const Tensor& upstream) { return apply(tanh_grad_op, {&y, &upstream}); }

const Operation& tanh_op =
    define(elementwise_function("Tanh", "Tanh", {output(0), [](G g) { return tanh_grad(g.output(), g.upstream()); }}));

const Operation& atan2_op = define({
    .name = "Atan2",
    .arity = 2,
    .infer = infer::elementwise,
    .kernel = kernel::binary,
    .gradients = {{all_inputs,
                   [](G g) { return g.upstream() * (g.input(1) / (square(g.input(0)) + square(g.input(1)))); }},
                  {all_inputs,
                   [](G g) { return -(g.upstream() * (g.input(0) / (square(g.input(0)) + square(g.input(1))))); }}},
    .broadcasts = true,
    .fusion = Fusion::elementwise,
});

const Operation& floor_op = define(rounding("Floor", "Floor"));
const Operation& ceil_op = define(rounding("Ceil", "Ceil"));
const Operation& round_op = define(rounding("Rint", "Round"));

}  // namespace

Tensor sqrt(const Tensor& x) { return apply_real(sqrt_op, x); }
Tensor rsqrt(const Tensor& x) { return apply_real(rsqrt_op, x); }
Tensor exp(const Tensor& x) { return apply_real(exp_op, x); }
Tensor expm1(const Tensor& x) { return apply_real(expm1_op, x); }
Tensor log(const Tensor& x) { return apply_real(log_op, x); }
Tensor log1p(const Tensor& x) { return apply_real(log1p_op, x); }
Tensor sin(const Tensor& x) { return apply_real(sin_op, x); }
Tensor cos(const Tensor& x) { return apply_real(cos_op, x); }
Tensor tan(const Tensor& x) { return apply_real(tan_op, x); }
Tensor asin(const Tensor& x) { return apply_real(asin_op, x); }
Tensor acos(const Tensor& x) { return apply_real(acos_op, x); }
Tensor atan(const Tensor& x) { return apply_real(atan_op, x); }
Tensor sinh(const Tensor& x) { return apply_real(sinh_op, x); }
Tensor cosh(const Tensor& x) { return apply_real(cosh_op, x); }
Tensor tanh(const Tensor& x) { return apply_real(tanh_op, x); }
Tensor asinh(const Tensor& x) { return apply_real(asinh_op, x); }
Tensor acosh(const Tensor& x) { return apply_real(acosh_op, x); }
Tensor atanh(const Tensor& x) { return apply_real(atanh_op, x); }
Tensor erf(const Tensor& x) { return apply_real(erf_op, x); }
Tensor floor(const Tensor& x) { return apply_real(floor_op, x); }
Tensor ceil(const Tensor& x) { return apply_real(ceil_op, x); }
Tensor round(const Tensor& x) { return is_integer(x.dtype()) ? x : apply_real(round_op, x); }

Tensor atan2(const Operand& y, const Operand& x) { return apply_pair(atan2_op, y, x, real_dtype); }

}  // namespace cornu
