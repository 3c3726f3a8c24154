#pragma once
// What the functors of elementwise operations are made of: the dtypes they take, and arithmetic that is the same on
// batches and on integers, which wrap around without undefined behaviour.
#include <string_view>

#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/kernels/simd/isa.h>

namespace cornu::kernels::CORNU_ISA {

constexpr unsigned bit(DType dtype) { return 1u << static_cast<unsigned>(dtype); }
inline constexpr unsigned logical = bit(DType::boolean);
inline constexpr unsigned integers = bit(DType::uint8) | bit(DType::int32) | bit(DType::int64);
inline constexpr unsigned floating = bit(DType::float32) | bit(DType::float64);
inline constexpr unsigned numeric = integers | floating;
inline constexpr unsigned all_dtypes = logical | numeric;

// The base of a functor: the dtypes it takes, its cost, whether it answers with a boolean.
template <unsigned accepted, int cost_of_element = 1>
struct Functor {
  static constexpr unsigned dtypes = accepted;
  static constexpr int cost = cost_of_element;
  static constexpr bool is_predicate = false;
  static constexpr Fault fault = Fault::none;
};
template <unsigned accepted>
struct Predicate : Functor<accepted> {
  static constexpr bool is_predicate = true;
};

template <IsInteger T>
using Wide = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

template <class V>
inline V add(V a, V b) {
  if constexpr (IsInteger<V>) {
    return static_cast<V>(static_cast<Wide<V>>(a) + static_cast<Wide<V>>(b));
  } else {
    return a + b;
  }
}
template <class V>
inline V subtract(V a, V b) {
  if constexpr (IsInteger<V>) {
    return static_cast<V>(static_cast<Wide<V>>(a) - static_cast<Wide<V>>(b));
  } else {
    return a - b;
  }
}
template <class V>
inline V multiply(V a, V b) {
  if constexpr (IsInteger<V>) {
    return static_cast<V>(static_cast<Wide<V>>(a) * static_cast<Wide<V>>(b));
  } else {
    return a * b;
  }
}
template <class V>
inline V choose_if_positive(V condition, V yes, V no) {
  if constexpr (IsInteger<V>) {
    return condition > V(0) ? yes : no;
  } else {
    return select(condition > V(typename V::value_type(0)), yes, no);
  }
}

}  // namespace cornu::kernels::CORNU_ISA
