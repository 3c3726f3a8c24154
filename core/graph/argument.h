#pragma once
#include <concepts>
#include <cstdint>
#include <limits>
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
/// Whether a trace for `spec` serves `argument`; unknown extents of the spec take any, and NaN is the same as NaN.
CORNU_API bool fits(const ArgumentSpec& spec, const Argument& argument);
/// "float32 (None, 2)", "[float32 (3,), int32 ()]", "true", "3", "0.5", "'relu'".
CORNU_API std::string to_string(const ArgumentSpec& spec);

namespace detail {

/// `value` as an argument of the call under way.
CORNU_API Argument make_argument(const Tensor& value);
CORNU_API Argument make_argument(const TensorList& value);
CORNU_API Argument make_argument(const Variable& value);
CORNU_API Argument make_argument(bool value);
CORNU_API Argument make_argument(const std::string& value);
CORNU_API Argument make_argument(const char* value);
CORNU_API void check_fits_int64(uint64_t value);
template <std::integral T>
Argument make_argument(T value) {
  if constexpr (std::is_unsigned_v<T> && sizeof(T) >= sizeof(int64_t)) check_fits_int64(value);
  return static_cast<int64_t>(value);
}
template <std::floating_point T>
Argument make_argument(T value) {
  return static_cast<double>(value);
}
template <class T>
requires std::is_enum_v<T> Argument make_argument(T value) {
  return make_argument(static_cast<std::underlying_type_t<T>>(value));
}

[[noreturn]] CORNU_API void throw_wrong_argument(const Argument& argument, size_t index, const std::string& expected);
/// A number without a fraction from `lowest` to `highest`.
CORNU_API int64_t integer_of(const Argument& argument, size_t index, int64_t lowest, int64_t highest);
CORNU_API double real_of(const Argument& argument, size_t index);
CORNU_API float float_of(const Argument& argument, size_t index);

template <std::integral P>
P integer_of(const Argument& argument, size_t index) {
  using Limits = std::numeric_limits<P>;
  constexpr bool is_wider = std::is_unsigned_v<P> && sizeof(P) >= sizeof(int64_t);
  constexpr int64_t highest = is_wider ? std::numeric_limits<int64_t>::max() : static_cast<int64_t>(Limits::max());
  return static_cast<P>(integer_of(argument, index, static_cast<int64_t>(Limits::min()), highest));
}

/// Argument `index` as the parameter `P` of a callable takes it. Throws ValueError naming it if it is of another kind,
/// or a number that `P` cannot hold; what is real may be rounded.
template <class P>
P convert(const Argument& argument, size_t index) {
  if constexpr (std::is_same_v<P, Tensor>) {
    if (const auto* tensor = std::get_if<const Tensor*>(&argument)) return **tensor;
    if (const auto* variable = std::get_if<const Variable*>(&argument)) return (*variable)->value();
    throw_wrong_argument(argument, index, "a Tensor");
  } else if constexpr (std::is_same_v<P, TensorList>) {
    if (const auto* list = std::get_if<const TensorList*>(&argument)) return **list;
    throw_wrong_argument(argument, index, "a TensorList");
  } else if constexpr (std::is_same_v<P, Variable>) {
    if (const auto* variable = std::get_if<const Variable*>(&argument)) return **variable;
    throw_wrong_argument(argument, index, "a Variable");
  } else if constexpr (std::is_same_v<P, float>) {
    return float_of(argument, index);
  } else if constexpr (std::is_floating_point_v<P>) {
    return real_of(argument, index);
  } else if constexpr (std::is_integral_v<P>) {
    return integer_of<P>(argument, index);
  } else if constexpr (std::is_enum_v<P>) {
    if (std::holds_alternative<double>(argument)) throw_wrong_argument(argument, index, "an enumerator");
    return static_cast<P>(integer_of<std::underlying_type_t<P>>(argument, index));
  } else {
    static_assert(std::is_constructible_v<P, std::string_view>,
                  "a traced function takes Tensors, TensorLists, Variables, numbers, enumerators and strings");
    if (const auto* text = std::get_if<std::string_view>(&argument)) return P(*text);
    throw_wrong_argument(argument, index, "a string");
  }
}

}  // namespace detail

}  // namespace cornu
