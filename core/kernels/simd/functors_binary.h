#pragma once
#include <cornu/core/kernels/simd/functors.h>
#include <cornu/core/kernels/simd/math.h>

namespace cornu::kernels::CORNU_ISA {

struct Add : Functor<numeric> {
  static constexpr std::string_view name = "Add";
  template <class V>
  V operator()(V a, V b) const {
    return add(a, b);
  }
};
struct Sub : Functor<numeric> {
  static constexpr std::string_view name = "Sub";
  template <class V>
  V operator()(V a, V b) const {
    return subtract(a, b);
  }
};
struct Mul : Functor<numeric> {
  static constexpr std::string_view name = "Mul";
  template <class V>
  V operator()(V a, V b) const {
    return multiply(a, b);
  }
};
struct RealDiv : Functor<floating, 2> {
  static constexpr std::string_view name = "RealDiv";
  template <class V>
  V operator()(V a, V b) const {
    return a / b;
  }
};
struct SquaredDifference : Functor<numeric> {
  static constexpr std::string_view name = "SquaredDifference";
  template <class V>
  V operator()(V a, V b) const {
    const V difference = subtract(a, b);
    return multiply(difference, difference);
  }
};
struct Maximum : Functor<all_dtypes> {
  static constexpr std::string_view name = "Maximum";
  template <class V>
  V operator()(V a, V b) const {
    if constexpr (IsInteger<V>) {
      return a > b ? a : b;
    } else {
      return maximum(a, b);
    }
  }
};
struct Minimum : Functor<all_dtypes> {
  static constexpr std::string_view name = "Minimum";
  template <class V>
  V operator()(V a, V b) const {
    if constexpr (IsInteger<V>) {
      return a < b ? a : b;
    } else {
      return minimum(a, b);
    }
  }
};

// The remainder has the divisor's sign, as in Python. 0 where an integer cannot be divided (see Fault).
struct FloorMod : Functor<numeric, 20> {
  static constexpr std::string_view name = "FloorMod";
  static constexpr Fault fault = Fault::zero_divisor;
  template <IsInteger T>
  T operator()(T a, T b) const {
    if (b == T(0) || b == static_cast<T>(-1)) return b == T(0) || std::is_signed_v<T> ? T(0) : static_cast<T>(a % b);
    const T r = static_cast<T>(a % b);
    return r != T(0) && (r < T(0)) != (b < T(0)) ? static_cast<T>(r + b) : r;
  }
  template <class T>
  Batch<T> operator()(Batch<T> a, Batch<T> b) const {
    return lanewise([](T x, T y) { return remainder(x, y); }, a, b);
  }
  template <class T>
  static T remainder(T a, T b) {
    const T r = std::fmod(a, b);
    if (r == T(0)) return std::copysign(r, b);
    return (r < T(0)) != (b < T(0)) ? r + b : r;
  }
};
struct FloorDiv : Functor<numeric, 20> {
  static constexpr std::string_view name = "FloorDiv";
  static constexpr Fault fault = Fault::zero_divisor;
  template <IsInteger T>
  T operator()(T a, T b) const {
    if (b == T(0)) return T(0);
    if (std::is_signed_v<T> && b == static_cast<T>(-1)) return subtract(T(0), a);
    const T q = static_cast<T>(a / b);
    return a % b != T(0) && (a < T(0)) != (b < T(0)) ? static_cast<T>(q - 1) : q;
  }
  // a = q b + r with FloorMod's r; floor(a / b) would differ where a / b rounds up to an integer.
  template <class T>
  Batch<T> operator()(Batch<T> a, Batch<T> b) const {
    return lanewise([](T x, T y) { return quotient(x, y); }, a, b);
  }
  template <class T>
  static T quotient(T a, T b) {
    if (b == T(0)) return a / b;
    const T rest = std::fmod(a, b);
    const bool rounds_down = rest != T(0) && (rest < T(0)) != (b < T(0));
    const T q = (a - rest) / b - (rounds_down ? T(1) : T(0));  // a - FloorMod's r may be infinite
    return q == T(0) ? std::copysign(T(0), a / b) : std::rint(q);
  }
};

struct Pow : Functor<numeric, 20> {
  static constexpr std::string_view name = "Pow";
  static constexpr Fault fault = Fault::negative_exponent;
  template <IsInteger T>
  T operator()(T a, T b) const {
    if (b < T(0)) return T(0);
    T result(1);
    for (; b != T(0); b = static_cast<T>(b >> 1)) {
      if (b & T(1)) result = multiply(result, a);
      a = multiply(a, a);
    }
    return result;
  }
  template <class T>
  Batch<T> operator()(Batch<T> a, Batch<T> b) const {
    return pow(a, b);
  }
};
struct Atan2 : Functor<floating, 30> {
  static constexpr std::string_view name = "Atan2";
  template <class T>
  Batch<T> operator()(Batch<T> y, Batch<T> x) const {
    return lanewise([](T a, T b) { return std::atan2(a, b); }, y, x);
  }
};

// Gradients that are one pass over memory.
struct ReluGrad : Functor<numeric> {
  static constexpr std::string_view name = "ReluGrad";
  template <class V>
  V operator()(V dy, V y) const {
    if constexpr (IsInteger<V>) {
      return y > V(0) ? dy : V(0);
    } else {
      using T = typename V::value_type;
      return select(y > V(T(0)), dy, V(T(0)));
    }
  }
};
struct TanhGrad : Functor<floating> {
  static constexpr std::string_view name = "TanhGrad";
  template <class V>
  V operator()(V y, V dy) const {
    return dy * (typename V::value_type(1) - y * y);
  }
};
struct SigmoidGrad : Functor<floating> {
  static constexpr std::string_view name = "SigmoidGrad";
  template <class V>
  V operator()(V y, V dy) const {
    return dy * (y * (typename V::value_type(1) - y));
  }
};

#define CORNU_COMPARISON(Name, accepted, value)     \
  struct Name : Predicate<accepted> {               \
    static constexpr std::string_view name = #Name; \
    template <class T>                              \
    bool operator()(T a, T b) const {               \
      return value;                                 \
    }                                               \
  };
CORNU_COMPARISON(Equal, all_dtypes, a == b)
CORNU_COMPARISON(NotEqual, all_dtypes, a != b)
CORNU_COMPARISON(Less, all_dtypes, a < b)
CORNU_COMPARISON(LessEqual, all_dtypes, a <= b)
CORNU_COMPARISON(Greater, all_dtypes, a > b)
CORNU_COMPARISON(GreaterEqual, all_dtypes, a >= b)
CORNU_COMPARISON(LogicalAnd, logical, (a & b) != 0)
CORNU_COMPARISON(LogicalOr, logical, (a | b) != 0)
CORNU_COMPARISON(LogicalXor, logical, (a ^ b) != 0)
#undef CORNU_COMPARISON

}  // namespace cornu::kernels::CORNU_ISA
