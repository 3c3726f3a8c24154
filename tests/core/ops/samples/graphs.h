#pragma once
// Entries that only traced functions use.
#include "core/ops/samples/sample.h"
#include <cornu/core/ops/operation.h>
#include <cornu/core/ops/tracing.h>

namespace cornu::samples {

inline Tensor apply_named(const char* name, std::initializer_list<const Tensor*> inputs, const Attributes& attributes) {
  return apply(find_operation(name), inputs, attributes);
}

inline Tensor square_by_traced_rule(const Tensor& x) {
  const Rule rule = [](const TensorList& t) { return TensorList{t[0] * 2 * t[1]}; };  // the upstream, the captured x
  const Tensor value = square(x);
  return apply_outputs(find_operation("_TracedCustomGradient"), {&value, &x, &x},
                       {{"values", int64_t{1}},
                        {"arguments", int64_t{1}},
                        {"rule", std::shared_ptr<const void>(std::make_shared<const Rule>(rule))}})[0];
}

inline std::vector<Sample> graphs() {
  const Shape row = {1, 3}, two_by_three = {2, 3};
  const Tensor state = constant({int64_t{7}, int64_t{3}});
  const std::vector<int64_t> extents = {1, 2, 1};
  const auto product = function([](const Tensor& a, const Tensor& b) { return tanh(a * b) + a; });
  return {
      {"Fill",
       {},
       [=](const TensorList&) {
         return TensorList{apply_named("Fill", {}, {{"shape", two_by_three}, {"value", 1.5}, {"dtype", float64}})};
       }},
      {"_Size",
       {},
       [=](const TensorList&) {
         return TensorList{apply_named("_Size", {}, {{"shape", two_by_three}, {"dtype", float64}})};
       }},
      {"_AdvanceState",
       {state},
       [=](const TensorList& x) {
         return TensorList{apply_named("_AdvanceState", {&x[0]}, {{"shape", two_by_three}, {"dtype", float32}})};
       }},
      {"_SumToShape",
       {numbers({4, 2, 3})},
       [=](const TensorList& x) {
         return TensorList{apply_named("_SumToShape", {&x[0]}, {{"shape", row}})};
       }},
      {"_ConcatPart",
       {numbers({2, 4})},
       [=](const TensorList& x) {
         return TensorList{
             apply_named("_ConcatPart", {&x[0]}, {{"axis", int64_t{1}}, {"extents", extents}, {"index", int64_t{1}}})};
       }},
      {"_TracedCustomGradient",
       {numbers({2, 3})},
       [](const TensorList& x) { return TensorList{square_by_traced_rule(x[0])}; }},
      {"_ScheduledRate",
       {constant(int64_t{3})},
       [](const TensorList& x) { return TensorList{optimizers::LearningRate(0.5).at(x[0])}; }},
      {"PartitionedCall",
       {numbers({2, 3}, -2, 2, 1), numbers({3}, -2, 2, 2)},
       [=](const TensorList& x) { return TensorList{product(x[0], x[1])}; },
       {{numbers({2, 3}), numbers({2})}}},
  };
}

}  // namespace cornu::samples
