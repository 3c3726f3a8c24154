#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/kernels/linalg.h>

using namespace cornu;
namespace la = kernels::linalg;

namespace {

template <class T>
std::vector<T> random_matrix(int64_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<T> normal;
  std::vector<T> values(static_cast<size_t>(count));
  for (T& value : values) value = normal(generator);
  return values;
}

template <class T>
std::vector<T> multiply(const std::vector<T>& a, const std::vector<T>& b, int64_t m, int64_t k, int64_t n) {
  std::vector<T> c(static_cast<size_t>(m * n), 0);
  for (int64_t i = 0; i < m; ++i)
    for (int64_t s = 0; s < k; ++s)
      for (int64_t j = 0; j < n; ++j)
        c[static_cast<size_t>(i * n + j)] += a[static_cast<size_t>(i * k + s)] * b[static_cast<size_t>(s * n + j)];
  return c;
}

template <class T>
std::vector<T> transposed(const std::vector<T>& a, int64_t m, int64_t n) {
  std::vector<T> out(a.size());
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) out[static_cast<size_t>(j * m + i)] = a[static_cast<size_t>(i * n + j)];
  return out;
}

template <class T>
void check_near(const std::vector<T>& values, const std::vector<T>& expected) {
  REQUIRE(values.size() == expected.size());
  const T tolerance = 100 * std::numeric_limits<T>::epsilon();
  for (size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i, values[i], expected[i]);
    CHECK(std::fabs(values[i] - expected[i]) <= tolerance * (1 + std::fabs(expected[i])));
  }
}

template <class T>
std::vector<T> identity(int64_t n) {
  std::vector<T> out(static_cast<size_t>(n * n), 0);
  for (int64_t i = 0; i < n; ++i) out[static_cast<size_t>(i * n + i)] = 1;
  return out;
}

}  // namespace

TEMPLATE_TEST_CASE("solve and inv", "[kernels][linalg]", float, double) {
  using V = std::vector<TestType>;
  constexpr DType dtype = dtype_of<TestType>;
  V x(4);
  SECTION("of one system, of several right sides, of a batch") {
    const V a{3, 1, 1, 2}, b{9, 8};
    REQUIRE(la::solve(dtype, 1, 2, 1, a.data(), b.data(), x.data()).failure == la::Failure::none);
    check_near(V{x[0], x[1]}, V{2, 3});
    const V sides{9, 3, 8, 1};
    la::solve(dtype, 1, 2, 2, a.data(), sides.data(), x.data());
    check_near(x, V{2, 1, 3, 0});
    const V batch{3, 1, 1, 2, 0, 2, 1, 0}, two{9, 8, 4, 5};
    la::solve(dtype, 2, 2, 1, batch.data(), two.data(), x.data());
    check_near(x, V{2, 3, 5, 2});
  }
  SECTION("inverse by hand") {
    const V a{4, 7, 2, 6};
    REQUIRE(la::inv(dtype, 1, 2, a.data(), x.data()).failure == la::Failure::none);
    check_near(x, V{TestType(0.6), TestType(-0.7), TestType(-0.2), TestType(0.4)});
  }
  SECTION("singular matrices, by exact zeros and up to rounding, are found in their place") {
    const V batch{1, 0, 0, 1, 1, 2, 2, 4};
    V out(8);
    const auto outcome = la::inv(dtype, 2, 2, batch.data(), out.data());
    CHECK(outcome.failure == la::Failure::singular);
    CHECK(outcome.matrix == 1);
    const V three{1, 2, 3, 4, 5, 6, 7, 8, 9}, sides{1, 2, 4};
    V solution(3);
    CHECK(la::solve(dtype, 1, 3, 1, three.data(), sides.data(), solution.data()).failure == la::Failure::singular);
  }
  SECTION("scaling does not make a matrix singular") {
    const V tiny{1, 0, 0, TestType(1e-20)}, b{1, 1};
    CHECK(la::solve(dtype, 1, 2, 1, tiny.data(), b.data(), x.data()).failure == la::Failure::none);
    CHECK(x[1] == Approx(1e20));
    const V mixed{TestType(1e20), TestType(1e20), 1, 2};
    CHECK(la::solve(dtype, 1, 2, 1, mixed.data(), b.data(), x.data()).failure == la::Failure::none);
    const auto large = random_matrix<TestType>(200 * 200, 3);
    V inverse(large.size());
    CHECK(la::inv(dtype, 1, 200, large.data(), inverse.data()).failure == la::Failure::none);
  }
  SECTION("NaN is reported, nothing is solved in silence") {
    const V a{1, std::numeric_limits<TestType>::quiet_NaN(), 0, 1};
    CHECK(la::inv(dtype, 1, 2, a.data(), x.data()).failure == la::Failure::not_finite);
    CHECK(la::inv(dtype, 1, 0, nullptr, nullptr).failure == la::Failure::none);
  }
}

TEMPLATE_TEST_CASE("det", "[kernels][linalg]", float, double) {
  using V = std::vector<TestType>;
  const V a{1, 2, 3, 4, 0, 1, 1, 0, 1, 2, 2, 4};
  V out(3);
  la::det(dtype_of<TestType>, 3, 2, a.data(), out.data());
  check_near(out, V{-2, -1, 0});
  la::det(dtype_of<TestType>, 1, 0, nullptr, out.data());
  CHECK(out[0] == 1);
  const V cycle{0, 1, 0, 0, 0, 1, 2, 0, 0};
  la::det(dtype_of<TestType>, 1, 3, cycle.data(), out.data());
  CHECK(out[0] == 2);
}

TEMPLATE_TEST_CASE("cholesky", "[kernels][linalg]", float, double) {
  using V = std::vector<TestType>;
  const V a{4, 99, 2, 3};  // the upper triangle is not read
  V l(4);
  REQUIRE(la::cholesky(dtype_of<TestType>, 1, 2, a.data(), l.data()).failure == la::Failure::none);
  check_near(l, V{2, 0, 1, std::sqrt(TestType(2))});
  const V indefinite{1, 2, 2, 1};
  CHECK(la::cholesky(dtype_of<TestType>, 1, 2, indefinite.data(), l.data()).failure ==
        la::Failure::not_positive_definite);
  const V undefined{std::numeric_limits<TestType>::quiet_NaN(), 2, 2, 1};
  CHECK(la::cholesky(dtype_of<TestType>, 1, 2, undefined.data(), l.data()).failure ==
        la::Failure::not_positive_definite);
}

TEMPLATE_TEST_CASE("qr and svd rebuild their matrix from orthogonal factors", "[kernels][linalg]", float, double) {
  using V = std::vector<TestType>;
  constexpr DType dtype = dtype_of<TestType>;
  const std::pair<int64_t, int64_t> shapes[] = {{4, 4}, {5, 3}, {3, 5}, {1, 1}, {1, 3}, {3, 1}};
  for (const auto& [m, n] : shapes)
    for (bool full : {false, true}) {
      CAPTURE(m, n, full);
      const int64_t p = std::min(m, n), left = full ? m : p, right = full ? n : p;
      const V a = random_matrix<TestType>(2 * m * n, 5);
      V q(static_cast<size_t>(2 * m * left)), r(static_cast<size_t>(2 * left * n));
      la::qr(dtype, 2, m, n, full, a.data(), q.data(), r.data());
      V u(q.size()), s(static_cast<size_t>(2 * p)), vt(static_cast<size_t>(2 * right * n));
      REQUIRE(la::svd(dtype, 2, m, n, full, a.data(), u.data(), s.data(), vt.data()).failure == la::Failure::none);
      for (int64_t i : {0, 1}) {
        const auto part = [i](const V& values) {
          const auto half = static_cast<std::ptrdiff_t>(values.size() / 2);
          return V(values.begin() + i * half, values.begin() + (i + 1) * half);
        };
        check_near(multiply(part(q), part(r), m, left, n), part(a));
        check_near(multiply(transposed(part(q), m, left), part(q), left, m, left), identity<TestType>(left));
        for (int64_t row = 0; row < left; ++row)
          for (int64_t column = 0; column < std::min(row, n); ++column)
            CHECK(part(r)[static_cast<size_t>(row * n + column)] == 0);
        check_near(multiply(transposed(part(u), m, left), part(u), left, m, left), identity<TestType>(left));
        check_near(multiply(part(vt), transposed(part(vt), right, n), right, n, right), identity<TestType>(right));
        V middle(static_cast<size_t>(left * right), 0);
        for (int64_t j = 0; j < p; ++j) middle[static_cast<size_t>(j * right + j)] = part(s)[static_cast<size_t>(j)];
        check_near(multiply(multiply(part(u), middle, m, left, right), part(vt), m, right, n), part(a));
        for (size_t j = 1; j < static_cast<size_t>(p); ++j) CHECK(part(s)[j] <= part(s)[j - 1]);
      }
    }
}

TEMPLATE_TEST_CASE("svd and eigh by hand", "[kernels][linalg]", float, double) {
  using V = std::vector<TestType>;
  constexpr DType dtype = dtype_of<TestType>;
  const V a{3, 0, 4, 5};
  V u(4), s(2), vt(4);
  la::svd(dtype, 1, 2, 2, true, a.data(), u.data(), s.data(), vt.data());
  check_near(s, V{std::sqrt(TestType(45)), std::sqrt(TestType(5))});
  const V symmetric{2, 99, 1, 2};
  V values(2), vectors(4);
  REQUIRE(la::eigh(dtype, 1, 2, symmetric.data(), values.data(), vectors.data()).failure == la::Failure::none);
  check_near(values, V{1, 3});
  const V full{2, 1, 1, 2};
  check_near(multiply(full, vectors, 2, 2, 2),
             V{vectors[0] * values[0], vectors[1] * values[1], vectors[2] * values[0], vectors[3] * values[1]});
  const V bad{1, std::numeric_limits<TestType>::infinity(), std::numeric_limits<TestType>::infinity(), 1};
  CHECK(la::svd(dtype, 1, 2, 2, true, bad.data(), u.data(), s.data(), vt.data()).failure == la::Failure::not_finite);
  CHECK(la::eigh(dtype, 1, 2, bad.data(), values.data(), vectors.data()).failure == la::Failure::not_finite);
}

TEMPLATE_TEST_CASE("qr and svd of nothing", "[kernels][linalg]", float, double) {
  std::vector<TestType> q(9, 7), vt(4, 7);
  la::qr(dtype_of<TestType>, 1, 3, 0, true, nullptr, q.data(), nullptr);
  CHECK(q == identity<TestType>(3));
  la::svd(dtype_of<TestType>, 1, 0, 2, true, nullptr, nullptr, nullptr, vt.data());
  CHECK(vt == identity<TestType>(2));
}

TEMPLATE_TEST_CASE("lstsq over buffers", "[kernels][linalg]", float, double) {
  using V = std::vector<TestType>;
  constexpr DType dtype = dtype_of<TestType>;
  V x(2);
  const V line{1, 0, 1, 1, 1, 2}, points{1, 3, 5};  // y = 1 + 2 t
  REQUIRE(la::lstsq(dtype, 3, 2, 1, line.data(), points.data(), x.data()).failure == la::Failure::none);
  check_near(x, V{1, 2});
  const V wide{1, 1}, two{2};  // of all solutions the shortest
  la::lstsq(dtype, 1, 2, 1, wide.data(), two.data(), x.data());
  check_near(x, V{1, 1});
  const V deficient{1, 1, 1, 1, 1, 1};
  la::lstsq(dtype, 3, 2, 1, deficient.data(), points.data(), x.data());
  check_near(x, V{1.5, 1.5});
  const V two_sides{1, 2, 3, 4, 5, 6};
  V solutions(4);
  la::lstsq(dtype, 3, 2, 2, line.data(), two_sides.data(), solutions.data());
  check_near(solutions, V{1, 2, 2, 2});
  const V bad{1, std::numeric_limits<TestType>::quiet_NaN()};
  CHECK(la::lstsq(dtype, 1, 2, 1, bad.data(), two.data(), x.data()).failure == la::Failure::not_finite);
}

TEST_CASE("linear algebra takes floating-point numbers", "[kernels][linalg]") {
  int32_t value = 1;
  CHECK_THROWS_WITH(la::inv(int32, 1, 1, &value, &value), Catch::Contains("int32"));
  CHECK_THROWS_AS(la::det(int32, 1, 1, &value, &value), DTypeError);
}
