#include <cmath>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;

namespace {

void check_near(const Tensor& x, const std::vector<double>& expected) {
  const auto values = cast(x, float64).to_vector<double>();
  REQUIRE(values.size() == expected.size());
  for (size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).margin(1e-5));
}

const Tensor singular = constant({{1.f, 2.f}, {2.f, 4.f}});

}  // namespace

TEST_CASE("solve, inv, det", "[ops][linalg]") {
  const Tensor a = constant({{3.f, 1.f}, {1.f, 2.f}});
  check_near(linalg::solve(a, constant({9.f, 8.f})), {2, 3});
  check_near(linalg::solve(a, constant({{9.f}, {8.f}})), {2, 3});
  check_near(linalg::solve(stack({a, a}), constant({{9.f, 8.f}, {3.f, 1.f}})), {2, 3, 1, 0});
  check_near(linalg::inv(constant({{4, 7}, {2, 6}})), {0.6, -0.7, -0.2, 0.4});
  check_near(linalg::det(stack({a, singular})), {5, 0});
  CHECK(linalg::det(a).shape() == Shape{});
  CHECK_THROWS_WITH(linalg::inv(singular), Contains("singular") && Contains("(2, 2)"));
  CHECK_THROWS_WITH(linalg::inv(stack({a, singular})), Contains("matrix 1"));
  CHECK_THROWS_AS(linalg::solve(singular, constant({1.f, 2.f})), ValueError);
  CHECK_THROWS_AS(linalg::inv(constant({{NAN, 1.f}, {0.f, 1.f}})), ValueError);
  CHECK_THROWS_WITH(linalg::solve(a, constant({1.f, 2.f, 3.f})), Contains("(2, 2)") && Contains("(3, 1)"));
  CHECK_THROWS_WITH(linalg::inv(ones({2, 3})), Contains("square") && Contains("(2, 3)"));
  CHECK_THROWS_AS(linalg::det(ones({3})), ShapeError);
}

TEST_CASE("decompositions", "[ops][linalg]") {
  const Tensor a = constant({{4.f, 2.f}, {2.f, 3.f}});
  check_near(linalg::cholesky(a), {2, 0, 1, std::sqrt(2.0)});
  CHECK_THROWS_WITH(linalg::cholesky(constant({{1.f, 2.f}, {2.f, 1.f}})), Contains("positive definite"));
  CHECK_THROWS_AS(linalg::cholesky(ones({2, 3})), ShapeError);

  const Tensor tall = constant({{1.f, 2.f}, {3.f, 4.f}, {5.f, 6.f}});
  const linalg::QR thin = linalg::qr(tall), full = linalg::qr(tall, true);
  CHECK(thin.q.shape() == Shape({3, 2}));
  CHECK(full.q.shape() == Shape({3, 3}));
  CHECK(full.r.shape() == Shape({3, 2}));
  check_near(matmul(thin.q, thin.r), {1, 2, 3, 4, 5, 6});
  check_near(matmul(full.q, full.r), {1, 2, 3, 4, 5, 6});
  CHECK_THROWS_AS(linalg::qr(ones({3})), ShapeError);

  const linalg::SVD svd = linalg::svd(constant({{3.f, 0.f}, {4.f, 5.f}}));
  check_near(svd.s, {std::sqrt(45.0), std::sqrt(5.0)});
  check_near(matmul(svd.u * svd.s, svd.vt), {3, 0, 4, 5});
  CHECK(linalg::svd(tall).u.shape() == Shape({3, 3}));
  CHECK(linalg::svd(tall, false).u.shape() == Shape({3, 2}));
  CHECK_THROWS_AS(linalg::svd(constant({{INFINITY, 1.f}})), ValueError);
  CHECK_THROWS_AS(linalg::svd(ones({3})), ShapeError);

  check_near(linalg::eigh(constant({{2.f, 1.f}, {1.f, 2.f}})).values, {1, 3});
  CHECK_THROWS_AS(linalg::eigh(ones({2, 3})), ShapeError);
  CHECK_THROWS_AS(linalg::eigh(constant({{NAN}})), ValueError);
}

TEST_CASE("lstsq", "[ops][linalg]") {
  const Tensor a = constant({{1.f, 0.f}, {1.f, 1.f}, {1.f, 2.f}});
  check_near(linalg::lstsq(a, constant({1.f, 3.f, 5.f})), {1, 2});
  CHECK(linalg::lstsq(a, ones({3, 4})).shape() == Shape({2, 4}));
  CHECK_THROWS_AS(linalg::lstsq(a, ones({2, 1})), ShapeError);
  CHECK_THROWS_AS(linalg::lstsq(ones({2, 3, 2}), ones({2, 3, 1})), ShapeError);
}

TEST_CASE("norm", "[ops][linalg]") {
  const Tensor x = constant({{3.f, -4.f}, {0.f, 12.f}});
  check_near(linalg::norm(x), {13});
  check_near(linalg::norm(x, "euclidean", 1), {5, 12});
  check_near(linalg::norm(x, "1", 1), {7, 12});
  check_near(linalg::norm(x, "inf", 0), {3, 12});
  check_near(linalg::norm(x, "3", 1), {std::cbrt(27.0 + 64.0), 12});
  CHECK(linalg::norm(x, "2", 1, true).shape() == Shape({2, 1}));
  check_near(linalg::norm(x, "1", {0, 1}), {16});
  check_near(linalg::norm(x, "inf", {0, 1}), {12});
  check_near(linalg::norm(x, "fro", {0, 1}), {13});
  check_near(linalg::norm(constant({{3.f, 0.f}, {4.f, 5.f}}), "2", {-2, -1}, true), {std::sqrt(45.0)});
  check_near(linalg::norm(constant({{3.f, 0.f}, {4.f, 5.f}}), "nuc", {0, 1}), {std::sqrt(45.0) + std::sqrt(5.0)});
  CHECK(linalg::norm(ones({2, 3, 4}), "2", {0, 2}, true).shape() == Shape({1, 3, 1}));
  check_near(linalg::norm(constant({3, 4})), {5});
  CHECK_THROWS_WITH(linalg::norm(x, "manhattan"), Contains("manhattan"));
  CHECK_THROWS_AS(linalg::norm(x, "-1", 0), ValueError);
  CHECK_THROWS_AS(linalg::norm(x, "3", {0, 1}), ValueError);
  CHECK_THROWS_AS(linalg::norm(x, "2", 2), ValueError);
  CHECK_THROWS_AS(linalg::norm(ones({1, 1, 1}), "2", {0, 1, 2}), ValueError);
  GradientTape tape;
  const Tensor zero = zeros({3});
  tape.watch(zero);
  check_near(tape.gradient(linalg::norm(zero), zero), {0, 0, 0});
}
