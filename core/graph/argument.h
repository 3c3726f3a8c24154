#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <cornu/core/autodiff/variable.h>
#include <cornu/core/error.h>

namespace cornu {

/// An argument of a traced function, which lives as long as the call: a tensor or a list of tensors, which become
/// inputs of the graph, or a variable or plain value, which is part of the signature.
using Argument =
    std::variant<const Tensor*, const TensorList*, const Variable*, bool, int64_t, double, std::string_view>;

/// What is remembered of an argument: tensors that differ in dtype or shape, and plain values that differ, are traced
/// by themselves.
using ArgumentSpec = std::variant<TensorSpec, std::vector<TensorSpec>, Variable, bool, int64_t, double, std::string>;

CORNU_API ArgumentSpec spec_of(const Argument& argument);
/// Whether a trace for `spec` serves `argument`; unknown extents of the spec take any.
CORNU_API bool fits(const ArgumentSpec& spec, const Argument& argument);
/// "float32 (None, 2)", "[float32 (3,), int32 ()]", "true", "3", "'relu'".
CORNU_API std::string to_string(const ArgumentSpec& spec);

namespace detail {

/// `value` as an argument of the call under way.
CORNU_API Argument make_argument(const Tensor& value);
CORNU_API Argument make_argument(const TensorList& value);
CORNU_API Argument make_argument(const Variable& value);
CORNU_API Argument make_argument(bool value);
CORNU_API Argument make_argument(const std::string& value);
CORNU_API Argument make_argument(const char* value);
template <std::integral T>
Argument make_argument(T value) {
  return static_cast<int64_t>(value);
}
template <std::floating_point T>
Argument make_argument(T value) {
  return static_cast<double>(value);
}
template <class T>
requires std::is_enum_v<T> Argument make_argument(T value) { return static_cast<int64_t>(value); }

[[noreturn]] CORNU_API void throw_wrong_argument(const Argument& argument, const char* expected);

/// An argument as the parameter `P` of a callable takes it.
template <class P>
P convert(const Argument& argument) {
  if constexpr (std::is_same_v<P, Tensor>) {
    if (const auto* tensor = std::get_if<const Tensor*>(&argument)) return **tensor;
    if (const auto* variable = std::get_if<const Variable*>(&argument)) return (*variable)->value();
    throw_wrong_argument(argument, "a Tensor");
  } else if constexpr (std::is_same_v<P, TensorList>) {
    if (const auto* list = std::get_if<const TensorList*>(&argument)) return **list;
    throw_wrong_argument(argument, "a TensorList");
  } else if constexpr (std::is_same_v<P, Variable>) {
    if (const auto* variable = std::get_if<const Variable*>(&argument)) return **variable;
    throw_wrong_argument(argument, "a Variable");
  } else if constexpr (std::is_arithmetic_v<P> || std::is_enum_v<P>) {
    if (const auto* number = std::get_if<bool>(&argument)) return static_cast<P>(*number);
    if (const auto* number = std::get_if<int64_t>(&argument)) return static_cast<P>(*number);
    if constexpr (std::is_arithmetic_v<P>)
      if (const auto* number = std::get_if<double>(&argument)) return static_cast<P>(*number);
    throw_wrong_argument(argument, "a number");
  } else {
    static_assert(std::is_constructible_v<P, std::string_view>,
                  "a traced function takes Tensors, TensorLists, Variables, numbers, enumerators and strings");
    if (const auto* text = std::get_if<std::string_view>(&argument)) return P(*text);
    throw_wrong_argument(argument, "a string");
  }
}

}  // namespace detail

}  // namespace cornu
