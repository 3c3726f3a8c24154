#include <limits>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Booleans = std::vector<bool>;

TEST_CASE("comparisons broadcast and promote") {
  const Tensor a = constant({1, 2, 3});
  CHECK(equal(a, 2).to_vector<bool>() == Booleans{false, true, false});
  CHECK(not_equal(a, constant({1.f, 2.5f, 3.f})).to_vector<bool>() == Booleans{false, true, false});
  CHECK((a < 2.5).to_vector<bool>() == Booleans{true, true, false});
  CHECK((a <= 2).to_vector<bool>() == Booleans{true, true, false});
  CHECK((a > 2).to_vector<bool>() == Booleans{false, false, true});
  CHECK((2 >= a).to_vector<bool>() == Booleans{true, true, false});
  CHECK(equal(constant({{1}, {2}}), a).shape() == Shape({2, 3}));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(equal(constant(nan), nan).item<bool>());
  CHECK_THROWS_AS(less(a, zeros({2})), ShapeError);
}

TEST_CASE("logic takes what is not 0 as true") {
  const Tensor a = constant({true, true, false, false}), b = constant({2.f, 0.f, -1.f, 0.f});
  CHECK(logical_and(a, b).to_vector<bool>() == Booleans{true, false, false, false});
  CHECK(logical_or(a, b).to_vector<bool>() == Booleans{true, true, true, false});
  CHECK(logical_xor(a, b).to_vector<bool>() == Booleans{false, true, true, false});
  CHECK(logical_not(b).to_vector<bool>() == Booleans{false, true, false, true});
  CHECK_THROWS_AS(logical_and(a, constant({true, false})), ShapeError);
}

TEST_CASE("is_nan, is_inf and is_finite") {
  const float infinity = std::numeric_limits<float>::infinity();
  const Tensor x = constant({1.f, infinity, -infinity, std::numeric_limits<float>::quiet_NaN()});
  CHECK(is_nan(x).to_vector<bool>() == Booleans{false, false, false, true});
  CHECK(is_inf(x).to_vector<bool>() == Booleans{false, true, true, false});
  CHECK(is_finite(x).to_vector<bool>() == Booleans{true, false, false, false});
  CHECK(is_finite(constant({1, 2})).to_vector<bool>() == Booleans{true, true});
}

TEST_CASE("where broadcasts all three, and gradients follow the choice") {
  const Tensor condition = constant({true, false, true});
  CHECK(where(condition, 1.f, 0.f).to_vector<float>() == std::vector<float>{1, 0, 1});
  CHECK(where(condition, constant({{1}, {2}}), constant({7, 8, 9})).to_vector<int32_t>() ==
        std::vector<int32_t>{1, 8, 1, 2, 8, 2});
  CHECK(where(constant({1, 0}), constant({1, 2}), 0.5).to_vector<float>() == std::vector<float>{1, 0.5});
  const Tensor a = constant({1.f, 2.f, 3.f}), b = constant(5.f);
  GradientTape tape;
  tape.watch(a);
  tape.watch(b);
  const auto [da, db] = tape.gradient(where(condition, a, b), std::pair(a, b));
  CHECK(da.to_vector<float>() == std::vector<float>{1, 0, 1});
  CHECK(db.item<float>() == 1);
  CHECK_THROWS_AS(where(condition, zeros({2}), 0), ShapeError);
  CHECK_THROWS_AS(where(constant({true, false}), zeros({3}), 0), ShapeError);
}
