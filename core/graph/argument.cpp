#include <cornu/core/graph/argument.h>

namespace cornu {

namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

bool fits(const TensorSpec& spec, const Tensor& tensor) {
  if (tensor.dtype() != spec.dtype) return false;
  const Shape& shape = tensor.shape();
  return shape == spec.shape || (!spec.shape.is_known() && shape.is_compatible_with(spec.shape));
}

bool fits(const std::vector<TensorSpec>& specs, const TensorList& tensors) {
  bool fit = specs.size() == tensors.size();
  for (size_t i = 0; fit && i < specs.size(); ++i) fit = tensors[i].defined() && fits(specs[i], tensors[i]);
  return fit;
}

std::string text_of(const TensorSpec& spec) { return std::string(name(spec.dtype)) + " " + spec.shape.to_string(); }

}  // namespace

ArgumentSpec spec_of(const Argument& argument) {
  return std::visit(Overloaded{[](const Tensor* tensor) -> ArgumentSpec { return tensor->spec(); },
                               [](const TensorList* list) -> ArgumentSpec {
                                 std::vector<TensorSpec> specs;
                                 for (const Tensor& tensor : *list) specs.push_back(tensor.spec());
                                 return specs;
                               },
                               [](const Variable* variable) -> ArgumentSpec { return *variable; },
                               [](std::string_view text) -> ArgumentSpec { return std::string(text); },
                               [](auto plain) -> ArgumentSpec { return plain; }},
                    argument);
}

bool fits(const ArgumentSpec& spec, const Argument& argument) {
  if (const auto* tensor = std::get_if<const Tensor*>(&argument)) {
    const auto* expected = std::get_if<TensorSpec>(&spec);
    return expected && fits(*expected, **tensor);
  }
  if (spec.index() != argument.index()) return false;
  return std::visit(
      Overloaded{
          [&](const TensorSpec&) { return false; },  // done above
          [&](const std::vector<TensorSpec>& specs) { return fits(specs, *std::get<const TensorList*>(argument)); },
          [&](const Variable& variable) { return variable.is_same(*std::get<const Variable*>(argument)); },
          [&](const std::string& text) { return text == std::get<std::string_view>(argument); },
          [&](auto plain) { return plain == std::get<decltype(plain)>(argument); }},
      spec);
}

std::string to_string(const ArgumentSpec& spec) {
  return std::visit(Overloaded{[](const TensorSpec& tensor) { return text_of(tensor); },
                               [](const std::vector<TensorSpec>& specs) {
                                 std::string text;
                                 for (const TensorSpec& tensor : specs)
                                   text += (text.empty() ? "" : ", ") + text_of(tensor);
                                 return "[" + text + "]";
                               },
                               [](const Variable& variable) { return "Variable '" + variable.path() + "'"; },
                               [](bool value) { return std::string(value ? "true" : "false"); },
                               [](const std::string& value) { return "'" + value + "'"; },
                               [](auto number) { return std::to_string(number); }},
                    spec);
}

namespace detail {

Argument make_argument(const Tensor& value) { return &value; }
Argument make_argument(const TensorList& value) { return &value; }
Argument make_argument(const Variable& value) { return &value; }
Argument make_argument(bool value) { return value; }
Argument make_argument(const std::string& value) { return std::string_view(value); }
Argument make_argument(const char* value) {
  if (!value) throw ValueError("an argument of a traced function is a null text");
  return std::string_view(value);
}

void throw_wrong_argument(const Argument& argument, const char* expected) {
  throw ValueError(std::string("expected ") + expected + "; received " + to_string(spec_of(argument)));
}

}  // namespace detail

}  // namespace cornu
