#pragma once
#include "core/ops/samples/sample.h"

namespace cornu::samples {

inline std::vector<Sample> logic() {
  std::vector<Sample> all;
  append(all, binary("Equal", equal));
  append(all, binary("NotEqual", not_equal));
  append(all, binary("Less", less));
  append(all, binary("LessEqual", less_equal));
  append(all, binary("Greater", greater));
  append(all, binary("GreaterEqual", greater_equal));
  const Tensor a = constant({true, false, true}), b = constant({{true}, {false}}), wrong = constant({true, false});
  const auto logical = [&](const char* name, Tensor (*function)(const Tensor&, const Tensor&)) {
    all.push_back({name, {a, b}, [=](const TensorList& x) { return TensorList{function(x[0], x[1])}; }, {{a, wrong}}});
  };
  logical("LogicalAnd", logical_and);
  logical("LogicalOr", logical_or);
  logical("LogicalXor", logical_xor);
  append(all, {unary("LogicalNot", logical_not), unary("IsNan", is_nan), unary("IsInf", is_inf),
               unary("IsFinite", is_finite)});
  const auto choose = [](const TensorList& x) { return TensorList{where(x[0], x[1], x[2])}; };
  all.push_back({"SelectV2",
                 {a, numbers({2, 3}), numbers({2, 1}, -2, 2, 2)},
                 choose,
                 {{wrong, numbers({2, 3}), numbers({3})}, {a, numbers({2, 3}), numbers({2})}}});
  return all;
}

}  // namespace cornu::samples
