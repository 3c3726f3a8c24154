#include <cmath>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;
using Floats = std::vector<float>;
using Ints = std::vector<int32_t>;

TEST_CASE("sort and argsort", "[ops][sorting]") {
  const Tensor x = constant({{3.f, 1.f, 2.f}, {0.f, 5.f, 0.f}});
  CHECK(sort(x).to_vector<float>() == Floats{1, 2, 3, 0, 0, 5});
  CHECK(sort(x, -1, {.descending = true}).to_vector<float>() == Floats{3, 2, 1, 5, 0, 0});
  CHECK(sort(x, 0).to_vector<float>() == Floats{0, 1, 0, 3, 5, 2});
  CHECK(argsort(x).to_vector<int32_t>() == Ints{1, 2, 0, 0, 2, 1});
  CHECK(argsort(x, 1, {.descending = true}).to_vector<int32_t>() == Ints{0, 2, 1, 1, 0, 2});
  const Tensor with_nan = constant({NAN, 1.f});
  CHECK(std::isnan(sort(with_nan).to_vector<float>()[1]));
  CHECK_THROWS_AS(sort(x, 2), ValueError);
  CHECK_THROWS_AS(argsort(x, -3), ValueError);
}

TEST_CASE("top_k", "[ops][sorting]") {
  const TopK best = top_k(constant({{3.f, 1.f, 3.f}, {0.f, 5.f, 2.f}}), 2);
  CHECK(best.values.to_vector<float>() == Floats{3, 3, 5, 2});
  CHECK(best.indices.to_vector<int32_t>() == Ints{0, 2, 1, 2});
  CHECK_THROWS_WITH(top_k(constant({1.f}), 2), Contains("(1,)") && Contains("2"));
  CHECK_THROWS_AS(top_k(constant({1.f}), -1), ValueError);
  CHECK_THROWS_AS(top_k(constant(1.f)), ShapeError);
}

TEST_CASE("cumsum and cumprod", "[ops][scan]") {
  const Tensor x = constant({{1.f, 2.f}, {3.f, 4.f}});
  CHECK(cumsum(x).to_vector<float>() == Floats{1, 2, 4, 6});
  CHECK(cumsum(x, 1, {.exclusive = true}).to_vector<float>() == Floats{0, 1, 0, 3});
  CHECK(cumsum(x, -1, {.reverse = true}).to_vector<float>() == Floats{3, 2, 7, 4});
  CHECK(cumprod(x, 1).to_vector<float>() == Floats{1, 2, 3, 12});
  CHECK(cumprod(x, 1, {.exclusive = true, .reverse = true}).to_vector<float>() == Floats{2, 1, 4, 1});
  CHECK_THROWS_AS(cumsum(x, 2), ValueError);
  CHECK_THROWS_WITH(cumsum(constant({true})), Contains("bool"));
  CHECK_THROWS_AS(cumprod(constant({true})), DTypeError);
  CHECK_THROWS_AS(cumprod(x, -3), ValueError);
}

TEST_CASE("the gradient of cumprod does not mind zeros", "[ops][scan]") {
  const Tensor x = constant({2.f, 0.f, 3.f, 0.f});
  GradientTape tape;
  tape.watch(x);
  // d/dx of x0 + x0 x1 + x0 x1 x2 + x0 x1 x2 x3
  CHECK(tape.gradient(reduce_sum(cumprod(x)), x).to_vector<float>() == Floats{1, 8, 0, 0});
}
