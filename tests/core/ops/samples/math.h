#pragma once
#include "core/ops/samples/sample.h"

namespace cornu::samples {

inline std::vector<Sample> arithmetic() {
  std::vector<Sample> all;
  append(all, binary("Add", add));
  append(all, binary("Sub", subtract));
  append(all, binary("Mul", multiply));
  append(all, binary("RealDiv", divide, 0.5, 2));
  append(all, binary("FloorDiv", floor_div, 0.5, 2));
  append(all, binary("FloorMod", mod, 0.5, 2));
  append(all, binary("Pow", pow, 0.5, 2));
  append(all, binary("Maximum", maximum));
  append(all, binary("Minimum", minimum));
  append(all, binary("SquaredDifference", squared_difference));
  append(all, binary("Atan2", atan2, 0.5, 2));
  append(all, {unary("Neg", negative), unary("Abs", abs), unary("Sign", sign), unary("Reciprocal", reciprocal, 0.5, 2),
               unary("Square", square)});
  return all;
}

inline std::vector<Sample> elementary() {
  return {unary("Sqrt", sqrt, 0.5, 2),
          unary("Rsqrt", rsqrt, 0.5, 2),
          unary("Exp", exp),
          unary("Expm1", expm1),
          unary("Log", log, 0.5, 2),
          unary("Log1p", log1p, -0.5, 2),
          unary("Sin", sin),
          unary("Cos", cos),
          unary("Tan", tan, -1, 1),
          unary("Asin", asin, -0.8, 0.8),
          unary("Acos", acos, -0.8, 0.8),
          unary("Atan", atan),
          unary("Sinh", sinh),
          unary("Cosh", cosh),
          unary("Tanh", tanh),
          unary("Asinh", asinh),
          unary("Acosh", acosh, 1.5, 3),
          unary("Atanh", atanh, -0.8, 0.8),
          unary("Erf", erf),
          unary("Floor", floor),
          unary("Ceil", ceil),
          unary("Rint", round)};
}

/// Operations that only gradients use: their samples are gradients.
inline Sample gradient_of(const std::string& operation, Tensor (*function)(const Tensor&), double low = -2,
                          double high = 2) {
  return {operation, {numbers({2, 3}, low, high), numbers({2, 3}, -1, 1, 9)}, [=](const TensorList& x) {
            GradientTape tape;
            tape.watch(x[0]);
            return TensorList{tape.gradient(function(x[0]), x[0], {.output_gradients = x[1]})};
          }};
}

inline std::vector<Sample> clipping_and_casts() {
  const auto clip = [](const TensorList& x) { return TensorList{clip_by_value(x[0], x[1], x[2])}; };
  const Tensor x = numbers({2, 3}), low = numbers({3}, -1, -0.5, 2), high = numbers({2, 1}, 0.5, 1, 3);
  return {
      {"ClipByValue", {x, low, high}, clip, {{x, numbers({4}), high}, {x, low, numbers({2, 2, 3})}}},
      {"ClipByValue", {x, constant(-0.5), constant(0.75)}, clip, {{x, low, numbers({2})}}},
      {"Cast",
       {x},
       [](const TensorList& t) {
         return TensorList{cast(t[0], float64), cast(t[0], int32)};
       }},
      unary("Identity", identity),
      {"StopGradient", {integers({1, 2}, {2})}, [](const TensorList& t) { return TensorList{stop_gradient(t[0])}; }}};
}

inline Sample custom() {
  const auto cube = custom_gradient([](const Tensor& x) {
    return with_gradient(x * x * x, [x](const Tensor& upstream) { return upstream * 3 * square(x); });
  });
  return {"CustomGradient", {numbers({2, 3})}, [=](const TensorList& x) { return TensorList{cube(x[0])}; }};
}

inline std::vector<Sample> math() {
  std::vector<Sample> all = arithmetic();
  append(all, elementary());
  append(all, clipping_and_casts());
  all.push_back(custom());
  append(all, {gradient_of("TanhGrad", tanh), gradient_of("SigmoidGrad", sigmoid), gradient_of("ReluGrad", relu)});
  return all;
}

}  // namespace cornu::samples
