#pragma once
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string_view>

#include <cornu/core/export.h>

namespace cornu {

/// The type of a tensor's elements. int8, float16 and bfloat16 will be further entries of `dtype_info`.
enum class DType : uint8_t { boolean, uint8, int32, int64, float32, float64 };
inline constexpr int dtype_count = 6;

inline constexpr DType boolean = DType::boolean;
inline constexpr DType uint8 = DType::uint8;
inline constexpr DType int32 = DType::int32;
inline constexpr DType int64 = DType::int64;
inline constexpr DType float32 = DType::float32;
inline constexpr DType float64 = DType::float64;

enum class DTypeKind : uint8_t { boolean, integer, floating };

struct DTypeInfo {
  std::string_view name;  // as NumPy and Keras spell it
  size_t size;            // bytes of an element
  DTypeKind kind;
};

/// One row a dtype, in the order of the enumeration, which is also the order of promotion.
inline constexpr DTypeInfo dtype_info[dtype_count] = {
    {"bool", 1, DTypeKind::boolean},  {"uint8", 1, DTypeKind::integer},    {"int32", 4, DTypeKind::integer},
    {"int64", 8, DTypeKind::integer}, {"float32", 4, DTypeKind::floating}, {"float64", 8, DTypeKind::floating}};

constexpr const DTypeInfo& info(DType dtype) { return dtype_info[static_cast<int>(dtype)]; }
constexpr std::string_view name(DType dtype) { return info(dtype).name; }
constexpr size_t size_of(DType dtype) { return info(dtype).size; }
constexpr bool is_floating(DType dtype) { return info(dtype).kind == DTypeKind::floating; }
constexpr bool is_integer(DType dtype) { return info(dtype).kind == DTypeKind::integer; }

/// The dtype of an operation on two tensors, as in Keras 3: bool < uint8 < int32 < int64 < float32 < float64
/// (an integer of any width with float32 gives float32).
constexpr DType promote(DType a, DType b) { return a < b ? b : a; }

/// The dtype called `name` ("float32", "bool", ...); throws ValueError for any other name.
CORNU_API DType dtype_from_name(std::string_view name);
CORNU_API std::ostream& operator<<(std::ostream& out, DType dtype);

/// dtype_of<T>: the dtype whose elements are of the C++ type T.
template <class T>
inline constexpr bool is_element = false;
template <class T>
inline constexpr DType dtype_of = DType::float32;
#define CORNU_ELEMENT(type, entry)               \
  template <>                                    \
  inline constexpr bool is_element<type> = true; \
  template <>                                    \
  inline constexpr DType dtype_of<type> = DType::entry;
CORNU_ELEMENT(bool, boolean)
CORNU_ELEMENT(uint8_t, uint8)
CORNU_ELEMENT(int32_t, int32)
CORNU_ELEMENT(int64_t, int64)
CORNU_ELEMENT(float, float32)
CORNU_ELEMENT(double, float64)
#undef CORNU_ELEMENT
template <class T>
concept Element = is_element<T>;

/// Calls `visitor.template operator()<T>()` with the C++ type of `dtype`.
template <class Visitor>
decltype(auto) visit_dtype(DType dtype, Visitor&& visitor) {
  switch (dtype) {
    case DType::boolean:
      return visitor.template operator()<bool>();
    case DType::uint8:
      return visitor.template operator()<uint8_t>();
    case DType::int32:
      return visitor.template operator()<int32_t>();
    case DType::int64:
      return visitor.template operator()<int64_t>();
    case DType::float32:
      return visitor.template operator()<float>();
    case DType::float64:
      break;
  }
  return visitor.template operator()<double>();
}

}  // namespace cornu
