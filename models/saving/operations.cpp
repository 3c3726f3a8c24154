#include <algorithm>
#include <iterator>

#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/models/saving/internal/operations.h>

namespace cornu::saving {

namespace {

template <Tensor (*function)(const Tensor&)>
Tensor unary(const TensorList& inputs, const Config&) {
  return function(inputs[0]);
}
template <Tensor (*function)(const Operand&, const Operand&)>
Tensor binary(const TensorList& inputs, const Config&) {
  return function(inputs[0], inputs[1]);
}

constexpr FunctionalOperation operations[] = {
    {"Add", numpy, "Add", 2, binary<add>},
    {"Subtract", numpy, "Sub", 2, binary<subtract>},
    {"Multiply", numpy, "Mul", 2, binary<multiply>},
    {"TrueDivide", numpy, "RealDiv", 2, binary<divide>},
    {"Divide", numpy, "RealDiv", 2, binary<divide>},
    {"Maximum", numpy, "Maximum", 2, binary<maximum>},
    {"Minimum", numpy, "Minimum", 2, binary<minimum>},
    {"Power", numpy, "Pow", 2, binary<pow>},
    {"Negative", numpy, "Neg", 1, unary<negative>},
    {"Absolute", numpy, "Abs", 1, unary<abs>},
    {"Square", numpy, "Square", 1, unary<square>},
    {"Sqrt", numpy, "Sqrt", 1, unary<sqrt>},
    {"Exp", numpy, "Exp", 1, unary<exp>},
    {"Log", numpy, "Log", 1, unary<log>},
    {"Log1p", numpy, "Log1p", 1, unary<log1p>},
    {"Sin", numpy, "Sin", 1, unary<sin>},
    {"Cos", numpy, "Cos", 1, unary<cos>},
    {"Tanh", numpy, "Tanh", 1, unary<tanh>},
    {"Relu", nn, "Relu", 1, unary<relu>},
    {"Sigmoid", nn, "Sigmoid", 1, unary<sigmoid>},
    {"Softplus", nn, "Softplus", 1, unary<softplus>},
};

template <class Matches>
const FunctionalOperation* find_if(const Matches& matches) {
  const auto* found = std::find_if(std::begin(operations), std::end(operations), matches);
  if (found != std::end(operations)) return found;
  const auto* const end = operations_with_arguments + operations_with_arguments_count;
  found = std::find_if(operations_with_arguments, end, matches);
  return found == end ? nullptr : found;
}

}  // namespace

const FunctionalOperation* find_operation_class(const std::string& class_name) {
  return find_if([&](const FunctionalOperation& entry) { return class_name == entry.class_name; });
}

const FunctionalOperation* find_operation(const FunctionalNode& node) {
  return find_if([&](const FunctionalOperation& entry) {
    return std::string(node.operation().name) == entry.operation && (!entry.holds || entry.holds(node));
  });
}

std::string operation_class(const FunctionalNode& node) {
  if (const FunctionalOperation* known = find_operation(node)) return known->class_name;
  const std::string name = node.operation().name;
  return name == "MatMul" ? "Matmul" : name;
}

bool is_operation(const Config& object) {
  const Config module = object.contains("module") ? object.at("module") : Config();
  return module.is_text() && module.text().starts_with("keras.src.ops.");
}

}  // namespace cornu::saving
