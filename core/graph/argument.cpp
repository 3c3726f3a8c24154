#include <charconv>
#include <cmath>
#include <optional>

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

/// NaN is the same as NaN, but 0 not as -0.
bool is_same(double a, double b) {
  return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

std::string text_of(double number) {
  char text[32];
  std::string result(text, std::to_chars(text, text + sizeof text, number).ptr);
  return result.find_first_of(".en") == std::string::npos ? result + ".0" : result;
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
          [&](double number) { return is_same(number, std::get<double>(argument)); },
          [&](const std::string& text) { return text == std::get<std::string_view>(argument); },
          [&](auto plain) { return plain == std::get<decltype(plain)>(argument); }},
      spec);
}

std::string to_string(const ArgumentSpec& spec) {
  return std::visit(
      Overloaded{[](const TensorSpec& tensor) { return text_of(tensor); },
                 [](const std::vector<TensorSpec>& specs) {
                   std::string text;
                   for (const TensorSpec& tensor : specs) text += (text.empty() ? "" : ", ") + text_of(tensor);
                   return "[" + text + "]";
                 },
                 [](const Variable& variable) { return "Variable '" + variable.path() + "'"; },
                 [](bool value) { return std::string(value ? "true" : "false"); },
                 [](const std::string& value) { return "'" + value + "'"; },
                 [](double number) { return text_of(number); }, [](int64_t number) { return std::to_string(number); }},
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

void check_fits_int64(uint64_t value) {
  if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
    throw ValueError("an argument of a traced function is " + std::to_string(value) +
                     "; integers must be less than 2^63");
}

void throw_wrong_argument(const Argument& argument, size_t index, const std::string& expected) {
  throw ValueError("argument " + std::to_string(index) + ": expected " + expected + "; received " +
                   to_string(spec_of(argument)));
}

int64_t integer_of(const Argument& argument, size_t index, int64_t lowest, int64_t highest) {
  constexpr double limit = 9223372036854775808.0;  // 2^63
  std::optional<int64_t> value;
  if (const auto* boolean = std::get_if<bool>(&argument)) value = *boolean;
  if (const auto* integer = std::get_if<int64_t>(&argument)) value = *integer;
  if (const auto* real = std::get_if<double>(&argument))
    if (std::trunc(*real) == *real && -limit <= *real && *real < limit) value = static_cast<int64_t>(*real);
  if (!value || *value < lowest || *value > highest)
    throw_wrong_argument(
        argument, index,
        "a number without a fraction from " + std::to_string(lowest) + " to " + std::to_string(highest));
  return *value;
}

double real_of(const Argument& argument, size_t index) {
  if (const auto* boolean = std::get_if<bool>(&argument)) return *boolean;
  if (const auto* integer = std::get_if<int64_t>(&argument)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&argument)) return *real;
  throw_wrong_argument(argument, index, "a number");
}

float float_of(const Argument& argument, size_t index) {
  const double value = real_of(argument, index);
  if (std::isfinite(value) && std::abs(value) > std::numeric_limits<float>::max())
    throw_wrong_argument(argument, index, "a number that a float can hold");
  return static_cast<float>(value);
}

}  // namespace detail

}  // namespace cornu
