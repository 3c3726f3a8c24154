#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/kernels/for_each_isa.h"
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/kernels/parallel.h>

using namespace cornu;
using namespace cornu::kernels;

namespace {

const double inf = std::numeric_limits<double>::infinity();
const double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Distance of `got` from the exact value, in units of the last place of T.
template <class T>
double ulps(T got, long double exact) {
  if (std::isnan(exact)) return std::isnan(got) ? 0 : inf;
  const T nearest = static_cast<T>(exact);
  if (std::isinf(nearest) || std::isinf(got)) return nearest == got ? 0 : inf;
  if (nearest == 0 && got == 0) return std::signbit(nearest) == std::signbit(got) ? 0 : inf;
  const T size = std::max(std::fabs(nearest), std::numeric_limits<T>::min());
  const T unit = std::nextafter(size, std::numeric_limits<T>::infinity()) - size;
  return static_cast<double>(std::fabs(static_cast<long double>(got) - exact) / unit);
}

struct Reference {
  const char* name;
  std::function<long double(long double)> exact;
  double low, high;  // magnitudes of finite test points
  double limit_float, limit_double;
};

long double sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }
long double softplus(long double x) { return std::max(x, 0.0L) + std::log1p(std::exp(-std::fabs(x))); }
using L = long double;

const std::vector<Reference>& references() {
  static const std::vector<Reference> all = {
      {"Abs", [](L x) { return std::fabs(x); }, 1e-30, 1e30, 0, 0},
      {"Sign", [](L x) { return x > 0   ? 1
                                : x < 0 ? -1
                                        : x; }, 1e-30, 1e30, 0, 0},
      {"Neg", [](L x) { return -x; }, 1e-30, 1e30, 0, 0},
      {"Reciprocal", [](L x) { return 1 / x; }, 1e-30, 1e30, 0.5, 0.5},
      {"Square", [](L x) { return x * x; }, 1e-10, 1e10, 0.5, 0.5},
      {"Sqrt", [](L x) { return std::sqrt(x); }, 1e-30, 1e30, 0.5, 0.5},
      {"Rsqrt", [](L x) { return 1 / std::sqrt(x); }, 1e-30, 1e30, 1.5, 1.5},
      {"Exp", [](L x) { return std::exp(x); }, 1e-6, 800, 1.1, 1.5},
      {"Expm1", [](L x) { return std::expm1(x); }, 1e-9, 88.7, 2.1, 2.1},
      {"Log", [](L x) { return std::log(x); }, 1e-44, 1e38, 1, 1.1},
      {"Log1p", [](L x) { return std::log1p(x); }, 1e-20, 1e20, 1, 1},
      {"Sin", [](L x) { return std::sin(x); }, 1e-9, 1e6, 2, 2.1},
      {"Cos", [](L x) { return std::cos(x); }, 1e-9, 1e6, 2, 2.2},
      {"Tan", [](L x) { return std::tan(x); }, 1e-9, 1e3, 2.6, 2.6},
      {"Asin", [](L x) { return std::asin(x); }, 1e-9, 1, 2.5, 2.5},
      {"Acos", [](L x) { return std::acos(x); }, 1e-9, 1, 2.5, 2.5},
      {"Atan", [](L x) { return std::atan(x); }, 1e-9, 1e9, 2.5, 2.5},
      {"Sinh", [](L x) { return std::sinh(x); }, 1e-9, 80, 2.5, 2.5},
      {"Cosh", [](L x) { return std::cosh(x); }, 1e-9, 80, 2.5, 2.5},
      {"Tanh", [](L x) { return std::tanh(x); }, 1e-9, 30, 2, 2},
      {"Asinh", [](L x) { return std::asinh(x); }, 1e-9, 1e15, 0.6, 3},
      {"Acosh", [](L x) { return std::acosh(x); }, 1, 1e9, 2.5, 2.5},
      {"Atanh", [](L x) { return std::atanh(x); }, 1e-9, 1, 2.5, 2.5},
      {"Erf", [](L x) { return std::erf(x); }, 1e-9, 10, 2.5, 3},
      {"Erfc", [](L x) { return std::erfc(x); }, 1e-9, 30, 0.6, 6},
      {"Floor", [](L x) { return std::floor(x); }, 1e-3, 1e18, 0, 0},
      {"Ceil", [](L x) { return std::ceil(x); }, 1e-3, 1e18, 0, 0},
      {"Rint", [](L x) { return std::rint(x); }, 1e-3, 1e18, 0, 0},
      {"Sigmoid", sigmoid, 1e-6, 700, 2.5, 2.5},
      {"Softplus", softplus, 1e-6, 700, 2.5, 2.5},
      {"Softsign", [](L x) { return x / (1 + std::fabs(x)); }, 1e-9, 1e9, 1.5, 1.5},
      {"Relu", [](L x) { return x < 0 ? 0 : x; }, 1e-9, 1e9, 0, 0},
      {"Relu6", [](L x) { return x < 0           ? 0
                                 : std::isnan(x) ? x
                                                 : std::min(x, L(6)); }, 1e-3, 1e3, 0, 0},
  };
  return all;
}

template <class T>
std::vector<T> points(double low, double high) {
  std::vector<T> x;
  const int n = 4001;
  for (int i = 0; i < n; ++i) {
    const T value = static_cast<T>(low * std::pow(high / low, i / (n - 1.0)));
    x.push_back(value);
    x.push_back(-value);
  }
  for (int i = -40; i <= 40; ++i) x.push_back(static_cast<T>(i * 0.25));
  using limits = std::numeric_limits<T>;
  for (const T value : {T(0), T(-0.0), limits::infinity(), -limits::infinity(), limits::quiet_NaN(), limits::min(),
                        -limits::min(), limits::denorm_min(), -limits::denorm_min(), limits::max(), limits::lowest()})
    x.push_back(value);
  return x;
}

template <class T>
void check_accuracy(const Reference& reference, double limit) {
  const UnaryKernel* kernel = find_unary(reference.name);
  REQUIRE(kernel);
  REQUIRE(kernel->name == reference.name);
  const std::vector<T> x = points<T>(reference.low, reference.high);
  std::vector<T> y(x.size());
  kernel->block(dtype_of<T>)(x.data(), y.data(), static_cast<int64_t>(x.size()));
  double worst = -1;
  size_t at = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    // The sign of a zero that no input of that sign leads to is not promised.
    const long double exact = reference.exact(x[i]);
    const double error = exact == 0 && y[i] == 0 && x[i] != 0 ? 0 : ulps(y[i], exact);
    if (error > worst) worst = error, at = i;
  }
  INFO(reference.name << " of " << dtype_of<T> << " at " << x[at] << " gives " << y[at] << ", not "
                      << static_cast<T>(reference.exact(x[at])) << ": " << worst << " ulp");
  CHECK(worst <= limit);
}

}  // namespace

TEST_CASE("unary functions are accurate over their range and at its edges") {
  for_each_isa([] {
    for (const Reference& reference : references()) {
      check_accuracy<float>(reference, reference.limit_float);
      check_accuracy<double>(reference, reference.limit_double);
    }
  });
}

TEST_CASE("an element's bits depend neither on its place nor on the length nor on the alignment") {
  for_each_isa([] {
    for (const char* name : {"Exp", "Tanh", "Sin", "Erf", "Sigmoid", "Square", "Floor", "Rsqrt"}) {
      const UnaryBlock block = find_unary(name)->block(float32);
      std::vector<float> x(131), all(131), part(131);
      for (size_t i = 0; i < x.size(); ++i) x[i] = 0.37f * static_cast<float>(i) - 20;
      block(x.data(), all.data(), 131);
      for (int64_t start = 0; start < 5; ++start) {
        for (int64_t n = 0; n <= 40; ++n) {
          std::fill(part.begin(), part.end(), -7.0f);
          block(x.data() + start, part.data() + start, n);
          for (int64_t i = 0; i < n; ++i) {
            const float expected = all[start + i], got = part[start + i];
            REQUIRE((got == expected || (std::isnan(got) && std::isnan(expected))));
          }
          REQUIRE(part[start + n] == -7.0f);  // nothing written behind the end
        }
      }
      std::vector<float> in_place = x;
      block(in_place.data(), in_place.data(), 131);
      REQUIRE(std::equal(all.begin(), all.end(), in_place.begin(),
                         [](float a, float b) { return a == b || (a != a && b != b); }));
    }
  });
}

TEST_CASE("predicates and integer functions") {
  for_each_isa([] {
    const std::vector<double> x = {0, 1, -inf, not_a_number, inf, 1e308};
    std::vector<uint8_t> y(6);
    find_unary("IsNan")->block(float64)(x.data(), y.data(), 6);
    CHECK(y == std::vector<uint8_t>{0, 0, 0, 1, 0, 0});
    find_unary("IsInf")->block(float64)(x.data(), y.data(), 6);
    CHECK(y == std::vector<uint8_t>{0, 0, 1, 0, 1, 0});
    find_unary("IsFinite")->block(float64)(x.data(), y.data(), 6);
    CHECK(y == std::vector<uint8_t>{1, 1, 0, 0, 0, 1});
    CHECK(find_unary("IsNan")->result(float64) == boolean);
    CHECK(find_unary("Exp")->result(float64) == float64);
    const std::vector<uint8_t> flags = {0, 1, 1};
    y.resize(3);
    find_unary("LogicalNot")->block(boolean)(flags.data(), y.data(), 3);
    CHECK(y == std::vector<uint8_t>{1, 0, 0});

    const int32_t lowest = std::numeric_limits<int32_t>::min();
    const std::vector<int32_t> numbers = {3, -4, 0, lowest, 7};
    std::vector<int32_t> result(5);
    const auto apply = [&](const char* name) {
      run_unary(*find_unary(name), int32, numbers.data(), result.data(), 5);
      return result;
    };
    CHECK(apply("Abs") == std::vector<int32_t>{3, 4, 0, lowest, 7});
    CHECK(apply("Neg") == std::vector<int32_t>{-3, 4, 0, lowest, -7});
    CHECK(apply("Sign") == std::vector<int32_t>{1, -1, 0, -1, 1});
    CHECK(apply("Square") == std::vector<int32_t>{9, 16, 0, 0, 49});
    CHECK(apply("Relu") == std::vector<int32_t>{3, 0, 0, 0, 7});
    CHECK(apply("Relu6") == std::vector<int32_t>{3, 0, 0, 0, 6});
  });
  CHECK_FALSE(find_unary("Exp")->supports(int32));
  CHECK_FALSE(find_unary("Abs")->supports(boolean));
  CHECK_FALSE(find_unary("LogicalNot")->supports(float32));
  CHECK_FALSE(find_binary("RealDiv")->supports(int64));
  CHECK_FALSE(find_binary("Sub")->supports(boolean));
  CHECK(find_unary("NoSuchOperation") == nullptr);
  CHECK(find_binary("NoSuchOperation") == nullptr);
}

TEST_CASE("the number of threads does not change a bit, and results may replace an operand") {
  const int threads = num_threads();
  const int64_t n = 300007;
  std::vector<float> x(n), row(7), one(n), two(n);
  for (int64_t i = 0; i < n; ++i) x[i] = std::sin(static_cast<float>(i));
  set_num_threads(1);
  run_unary(*find_unary("Exp"), float32, x.data(), one.data(), n);
  set_num_threads(3);
  run_unary(*find_unary("Exp"), float32, x.data(), two.data(), n);
  CHECK(one == two);
  CHECK(run_binary(*find_binary("Mul"), float32, one.data(), {n}, x.data(), {n}, one.data(), {n}) == Fault::none);
  set_num_threads(threads);
  CHECK(run_binary(*find_binary("Mul"), float32, two.data(), {n}, x.data(), {n}, two.data(), {n}) == Fault::none);
  CHECK(one == two);
}

namespace {

template <class T>
std::vector<T> apply(const char* name, const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> out(a.size());
  const int64_t n = static_cast<int64_t>(a.size());
  REQUIRE(run_binary(*find_binary(name), dtype_of<T>, a.data(), {n}, b.data(), {n}, out.data(), {n}) == Fault::none);
  return out;
}

template <class T>
void check_binary(const char* name, std::function<long double(long double, long double)> exact, double limit) {
  using limits = std::numeric_limits<T>;
  std::vector<T> values = {T(0),
                           T(-0.0),
                           T(1),
                           T(-1),
                           T(2),
                           T(-2),
                           T(3),
                           T(-3),
                           T(0.5),
                           T(-0.5),
                           T(7.25),
                           T(-7.25),
                           T(1e-3),
                           T(-1e4),
                           limits::infinity(),
                           -limits::infinity(),
                           limits::quiet_NaN(),
                           limits::max(),
                           limits::min()};
  for (int i = 1; i < 40; ++i) values.push_back(static_cast<T>(0.173 * i * (i % 3 == 0 ? -1 : 1)));
  std::vector<T> a, b;
  for (const T x : values) {
    for (const T y : values) a.push_back(x), b.push_back(y);
  }
  const std::vector<T> out = apply<T>(name, a, b);
  double worst = 0;
  size_t at = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    const double error = out[i] == 0 && exact(a[i], b[i]) == 0 ? 0 : ulps(out[i], exact(a[i], b[i]));
    if (error > worst) worst = error, at = i;
  }
  INFO(name << "(" << a[at] << ", " << b[at] << ") of " << dtype_of<T> << " gives " << out[at] << ", not "
            << static_cast<T>(exact(a[at], b[at])) << ": " << worst << " ulp");
  CHECK(worst <= limit);
}

template <class T>
void check_all_binary() {
  check_binary<T>(
      "Add", [](L a, L b) { return a + b; }, 0.5001);
  check_binary<T>(
      "Sub", [](L a, L b) { return a - b; }, 0.5001);
  check_binary<T>(
      "Mul", [](L a, L b) { return a * b; }, 0.5001);
  check_binary<T>(
      "RealDiv", [](L a, L b) { return a / b; }, 0.5001);
  check_binary<T>(
      "Atan2", [](L a, L b) { return std::atan2(a, b); }, 1.5);
  check_binary<T>(
      "Maximum", [](L a, L b) { return std::isnan(a) || std::isnan(b) ? L(not_a_number) : std::max(a, b); }, 0);
  check_binary<T>(
      "Minimum", [](L a, L b) { return std::isnan(a) || std::isnan(b) ? L(not_a_number) : std::min(a, b); }, 0);
  check_binary<T>(
      "Pow", [](L a, L b) { return static_cast<L>(std::pow(a, b)); }, 1);
}

}  // namespace

TEST_CASE("binary functions agree with the C library, special values included") {
  for_each_isa([] {
    check_all_binary<float>();
    check_all_binary<double>();
  });
}

TEST_CASE("division and remainder follow Python's signs") {
  for_each_isa([] {
    // Python: 7 // 2, -7 // 2, 7 // -2, -7 // -2, 6 // -3, 0 // 5 and the same with %
    const std::vector<int32_t> a = {7, -7, 7, -7, 6, 0}, b = {2, 2, -2, -2, -3, 5};
    CHECK(apply<int32_t>("FloorDiv", a, b) == std::vector<int32_t>{3, -4, -4, 3, -2, 0});
    CHECK(apply<int32_t>("FloorMod", a, b) == std::vector<int32_t>{1, 1, -1, -1, 0, 0});
    const std::vector<double> x(a.begin(), a.end()), y(b.begin(), b.end());
    CHECK(apply<double>("FloorDiv", x, y) == std::vector<double>{3, -4, -4, 3, -2, 0});
    CHECK(apply<double>("FloorMod", x, y) == std::vector<double>{1, 1, -1, -1, 0, 0});
    // Python: 1.0 // 0.1 is 9.0, 1.0 % 0.1 is 0.09999999999999995, -1.0 % 0.3 is 0.19999999999999996
    CHECK(apply<double>("FloorDiv", {1.0}, {0.1})[0] == 9.0);
    CHECK(apply<double>("FloorMod", {1.0}, {0.1})[0] == 0.09999999999999995);
    CHECK(apply<double>("FloorMod", {-1.0}, {0.3})[0] == Approx(0.2).epsilon(1e-14));
    CHECK(apply<float>("FloorDiv", {1.0f, -1.0f}, {0.0f, 0.0f}) ==
          std::vector<float>{std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()});
    CHECK(std::isnan(apply<float>("FloorMod", {1.0f}, {0.0f})[0]));
    CHECK(apply<uint8_t>("FloorDiv", {250, 255}, {7, 255}) == std::vector<uint8_t>{35, 1});
    CHECK(apply<uint8_t>("FloorMod", {250, 254}, {7, 255}) == std::vector<uint8_t>{5, 254});
  });
}

TEST_CASE("integer faults are reported before anything is written, and never trap") {
  for_each_isa([] {
    std::vector<int32_t> a = {8, std::numeric_limits<int32_t>::min()}, zero = {2, 0}, out = {5, 5};
    const Shape shape{2};
    for (const char* name : {"FloorDiv", "FloorMod"})
      CHECK(run_binary(*find_binary(name), int32, a.data(), shape, zero.data(), shape, out.data(), shape) ==
            Fault::zero_divisor);
    const std::vector<int64_t> base = {2, 3}, exponent = {4, -1};
    std::vector<int64_t> power = {5, 5};
    CHECK(run_binary(*find_binary("Pow"), int64, base.data(), shape, exponent.data(), shape, power.data(), shape) ==
          Fault::negative_exponent);
    CHECK(out == std::vector<int32_t>{5, 5});
    CHECK(power == std::vector<int64_t>{5, 5});
    find_binary("FloorDiv")->block(int32)(a.data(), 1, zero.data(), 1, out.data(), 2);  // does not trap
    CHECK(out == std::vector<int32_t>{4, 0});
    const int32_t lowest = std::numeric_limits<int32_t>::min();
    CHECK(apply<int32_t>("FloorDiv", {lowest}, {-1}) == std::vector<int32_t>{lowest});
    CHECK(apply<int32_t>("FloorMod", {lowest}, {-1}) == std::vector<int32_t>{0});
    CHECK(apply<int64_t>("Pow", {3, -2, 0, 7}, {4, 3, 0, 1}) == std::vector<int64_t>{81, -8, 1, 7});
    // no elements, no fault
    CHECK(run_binary(*find_binary("FloorDiv"), int32, a.data(), {0}, zero.data() + 1, {1}, out.data(), {0}) ==
          Fault::none);
  });
}

TEST_CASE("comparisons, logic and gradients") {
  for_each_isa([] {
    const std::vector<float> a = {1, 2, 3, NAN}, b = {2, 2, 2, NAN};
    const auto compare = [&](const char* name) {
      std::vector<uint8_t> out(4);
      REQUIRE(run_binary(*find_binary(name), float32, a.data(), {4}, b.data(), {4}, out.data(), {4}) == Fault::none);
      return out;
    };
    using Bytes = std::vector<uint8_t>;
    CHECK(compare("Equal") == Bytes{0, 1, 0, 0});
    CHECK(compare("NotEqual") == Bytes{1, 0, 1, 1});
    CHECK(compare("Less") == Bytes{1, 0, 0, 0});
    CHECK(compare("LessEqual") == Bytes{1, 1, 0, 0});
    CHECK(compare("Greater") == Bytes{0, 0, 1, 0});
    CHECK(compare("GreaterEqual") == Bytes{0, 1, 1, 0});
    const auto logic = [&](const char* name) {
      const Bytes x = {0, 0, 1, 1}, y = {0, 1, 0, 1};
      Bytes out(4);
      REQUIRE(run_binary(*find_binary(name), boolean, x.data(), {4}, y.data(), {4}, out.data(), {4}) == Fault::none);
      return out;
    };
    CHECK(logic("LogicalAnd") == Bytes{0, 0, 0, 1});
    CHECK(logic("LogicalOr") == Bytes{0, 1, 1, 1});
    CHECK(logic("LogicalXor") == Bytes{0, 1, 1, 0});
    CHECK(logic("Add") == Bytes{0, 1, 1, 1});
    CHECK(logic("Mul") == Bytes{0, 0, 0, 1});
    CHECK(logic("Maximum") == Bytes{0, 1, 1, 1});
    CHECK(logic("Less") == Bytes{0, 1, 0, 0});
    CHECK(apply<float>("ReluGrad", {5, 6, 7}, {1, 0, -1}) == std::vector<float>{5, 0, 0});
    CHECK(apply<double>("TanhGrad", {0.5, 1}, {8, 3}) == std::vector<double>{6, 0});
    CHECK(apply<double>("SigmoidGrad", {0.5, 0.25}, {8, 16}) == std::vector<double>{2, 3});
    CHECK(apply<double>("SquaredDifference", {5, 1}, {2, 3}) == std::vector<double>{9, 4});
  });
}
