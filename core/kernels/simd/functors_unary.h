#pragma once
#include <cornu/core/kernels/simd/functors.h>
#include <cornu/core/kernels/simd/math.h>

namespace cornu::kernels::CORNU_ISA {

struct Abs : Functor<numeric> {
  static constexpr std::string_view name = "Abs";
  template <class V>
  V operator()(V x) const {
    if constexpr (IsInteger<V>) {
      return x < V(0) ? subtract(V(0), x) : x;
    } else {
      return xsimd::abs(x);
    }
  }
};
struct Sign : Functor<numeric> {
  static constexpr std::string_view name = "Sign";
  template <class V>
  V operator()(V x) const {
    if constexpr (IsInteger<V>) {
      return static_cast<V>((x > V(0)) - (x < V(0)));
    } else {
      using T = typename V::value_type;
      return select((x == V(T(0))) || xsimd::isnan(x), x, with_sign_of(V(T(1)), x));
    }
  }
};
struct Neg : Functor<numeric> {
  static constexpr std::string_view name = "Neg";
  template <class V>
  V operator()(V x) const {
    if constexpr (IsInteger<V>) {
      return subtract(V(0), x);
    } else {
      return x ^ V(typename V::value_type(-0.0));
    }
  }
};
struct Square : Functor<numeric> {
  static constexpr std::string_view name = "Square";
  template <class V>
  V operator()(V x) const {
    return multiply(x, x);
  }
};
struct Relu : Functor<numeric> {  // NaN stays NaN
  static constexpr std::string_view name = "Relu";
  template <class V>
  V operator()(V x) const {
    if constexpr (IsInteger<V>) {
      return x > V(0) ? x : V(0);
    } else {
      return xsimd::max(V(typename V::value_type(0)), x);
    }
  }
};
struct Relu6 : Functor<numeric> {
  static constexpr std::string_view name = "Relu6";
  template <class V>
  V operator()(V x) const {
    if constexpr (IsInteger<V>) {
      return x > V(6) ? V(6) : Relu()(x);
    } else {
      return clamp(x, typename V::value_type(0), typename V::value_type(6));
    }
  }
};
struct Reciprocal : Functor<floating, 2> {
  static constexpr std::string_view name = "Reciprocal";
  template <class V>
  V operator()(V x) const {
    return V(typename V::value_type(1)) / x;
  }
};
struct Sqrt : Functor<floating, 2> {
  static constexpr std::string_view name = "Sqrt";
  template <class V>
  V operator()(V x) const {
    return xsimd::sqrt(x);
  }
};
struct Rsqrt : Functor<floating, 3> {
  static constexpr std::string_view name = "Rsqrt";
  template <class V>
  V operator()(V x) const {
    return V(typename V::value_type(1)) / xsimd::sqrt(x);
  }
};
struct Floor : Functor<floating> {
  static constexpr std::string_view name = "Floor";
  template <class V>
  V operator()(V x) const {
    return floor(x);
  }
};
struct Ceil : Functor<floating> {
  static constexpr std::string_view name = "Ceil";
  template <class V>
  V operator()(V x) const {
    return ceil(x);
  }
};
struct Rint : Functor<floating> {  // half to even
  static constexpr std::string_view name = "Rint";
  template <class V>
  V operator()(V x) const {
    return rint(x);
  }
};
struct Softsign : Functor<floating, 2> {
  static constexpr std::string_view name = "Softsign";
  template <class V>
  V operator()(V x) const {
    return x / (xsimd::abs(x) + typename V::value_type(1));
  }
};

struct IsNan : Predicate<floating> {
  static constexpr std::string_view name = "IsNan";
  template <class T>
  bool operator()(T x) const {
    return x != x;
  }
};
struct IsInf : Predicate<floating> {
  static constexpr std::string_view name = "IsInf";
  template <class T>
  bool operator()(T x) const {
    return (x == infinity<T>) | (x == -infinity<T>);
  }
};
struct IsFinite : Predicate<floating> {
  static constexpr std::string_view name = "IsFinite";
  template <class T>
  bool operator()(T x) const {
    return x - x == T(0);
  }
};
struct LogicalNot : Predicate<logical> {
  static constexpr std::string_view name = "LogicalNot";
  template <class T>
  bool operator()(T x) const {
    return !x;
  }
};

// The functions of math.h, or xsimd's where those are accurate.
#define CORNU_FUNCTION(Name, cost, value)                \
  struct Name : Functor<floating, cost> {                \
    static constexpr std::string_view name = #Name;      \
    template <class V>                                   \
    V operator()(V x) const {                            \
      using T [[maybe_unused]] = typename V::value_type; \
      return value;                                      \
    }                                                    \
  };
CORNU_FUNCTION(Exp, 4, exp(x))
CORNU_FUNCTION(Expm1, 6, expm1(x))
CORNU_FUNCTION(Log, 5, log(x))
CORNU_FUNCTION(Log1p, 6, log1p(x))
CORNU_FUNCTION(Sin, 6, keep_zero(x, xsimd::sin(x)))
CORNU_FUNCTION(Cos, 6, xsimd::cos(x))
CORNU_FUNCTION(Tan, 6, keep_zero(x, xsimd::tan(x)))
CORNU_FUNCTION(Asin, 6, xsimd::asin(x))
CORNU_FUNCTION(Acos, 6, xsimd::acos(x))
CORNU_FUNCTION(Atan, 6, xsimd::atan(x))
CORNU_FUNCTION(Sinh, 6, xsimd::sinh(x))
CORNU_FUNCTION(Cosh, 6, xsimd::cosh(x))
CORNU_FUNCTION(Tanh, 6, xsimd::tanh(x))
CORNU_FUNCTION(Acosh, 10, acosh(x))
CORNU_FUNCTION(Atanh, 10, xsimd::atanh(x))
CORNU_FUNCTION(Erf, 8, erf(x))
CORNU_FUNCTION(Erfc, 16, erfc(x))
CORNU_FUNCTION(Sigmoid, 5, sigmoid(x))
CORNU_FUNCTION(Softplus, 10, xsimd::max(V(T(0)), x) + log1p(exp(Neg()(xsimd::abs(x)))))
#undef CORNU_FUNCTION

struct Asinh : Functor<floating, 12> {
  static constexpr std::string_view name = "Asinh";
  Batch<double> operator()(Batch<double> x) const { return asinh(x); }
  Batch<float> operator()(Batch<float> x) const { return through_double(*this, x); }
};

}  // namespace cornu::kernels::CORNU_ISA
