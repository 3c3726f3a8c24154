#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;
using Ints = std::vector<int32_t>;

namespace {

Tensor counting(const Shape& shape) { return reshape(arange(int64_t{0}, shape.size()), shape); }
Ints values(const Tensor& x) { return x.to_vector<int32_t>(); }

}  // namespace

TEST_CASE("slice follows Python", "[ops][slice]") {
  const Tensor x = counting({3, 4});
  CHECK(values(slice(x, {{}, {1, 3}})) == Ints{1, 2, 5, 6, 9, 10});
  CHECK(values(slice(x, {{1, {}}})) == Ints{4, 5, 6, 7, 8, 9, 10, 11});
  CHECK(values(slice(x, {{-1, {}}, {{}, -2}})) == Ints{8, 9});
  CHECK(values(slice(x, {{{}, {}, -1}, {3, {}, -2}})) == Ints{11, 9, 7, 5, 3, 1});
  CHECK(values(slice(x, {{{}, {}, 2}, {{}, {}, 3}})) == Ints{0, 3, 8, 11});
  CHECK(values(slice(x, {{0, 1}, {-100, 100}})) == Ints{0, 1, 2, 3});
  CHECK(slice(x, {{2, 1}}).shape() == Shape({0, 4}));
  CHECK(slice(x, {{}, {1, 3, -1}}).shape() == Shape({3, 0}));
  CHECK(slice(x, {{7, 9}}).shape() == Shape({0, 4}));
  CHECK(values(slice(x, {})) == values(x));
  CHECK(slice(x, {{1, 2}}).raw_data() == x.data<int32_t>().data() + 4);  // a view
  CHECK(slice(x, {{1, 3}, {0, 4}}).shape() == Shape({2, 4}));
  CHECK_THROWS_AS(slice(x, {{}, {}, {}}), ShapeError);
  CHECK_THROWS_WITH(slice(x, {{}, {0, 2, 0}}), Contains("axis 1") && Contains("step"));
  const Tensor unknown = Tensor::symbolic({{-1, 4}, int32});
  CHECK(slice(unknown, {{}, {1, 3}}).shape() == Shape({-1, 2}));
  CHECK(slice(unknown, {{0, 2}}).shape() == Shape({-1, 4}));
}

TEST_CASE("a part by its number", "[ops][slice]") {
  const Tensor x = counting({3, 4});
  CHECK(values(x[1]) == Ints{4, 5, 6, 7});
  CHECK(values(x[-1]) == Ints{8, 9, 10, 11});
  CHECK(x[2][3].item<int32_t>() == 11);
  CHECK_THROWS_AS(x[3], ValueError);
  CHECK_THROWS_WITH(x[-4], Contains("-4") && Contains("(3, 4)"));
  CHECK_THROWS_AS(constant(1)[0], ShapeError);
}

TEST_CASE("concat and stack", "[ops][concat]") {
  const Tensor a = counting({2, 2}), b = counting({2, 1});
  CHECK(values(concat({a, b}, 1)) == Ints{0, 1, 0, 2, 3, 1});
  CHECK(values(concat({a, a}, -2)) == Ints{0, 1, 2, 3, 0, 1, 2, 3});
  CHECK(concat({a, cast(b, float32)}, 1).dtype() == float32);
  CHECK(concat({a, Tensor::symbolic({{-1, 2}, int32})}, 0).shape() == Shape({-1, 2}));
  CHECK_THROWS_WITH(concat({a, b}, 0), Contains("(2, 2)") && Contains("(2, 1)"));
  CHECK_THROWS_AS(concat({a, counting({4})}, 0), ShapeError);
  CHECK_THROWS_AS(concat({}, 0), ValueError);
  CHECK_THROWS_AS(concat({a, a}, 2), ValueError);
  CHECK_THROWS_AS(concat({constant(1), constant(2)}, 0), ShapeError);
  CHECK_THROWS_AS(concat({a, Tensor()}, 0), StateError);

  CHECK(stack({a, a}).shape() == Shape({2, 2, 2}));
  CHECK(values(stack({counting({2}), counting({2})}, -1)) == Ints{0, 0, 1, 1});
  CHECK(values(stack({constant(1), constant(2)})) == Ints{1, 2});
  CHECK_THROWS_WITH(stack({a, b}), Contains("(2, 2)") && Contains("(2, 1)"));
  CHECK_THROWS_AS(stack({}), ValueError);
  CHECK_THROWS_AS(stack({a, a}, 3), ValueError);
}

TEST_CASE("split and unstack", "[ops][split]") {
  const Tensor x = counting({2, 6});
  const TensorList equal = split(x, 3, 1);
  REQUIRE(equal.size() == 3);
  CHECK(values(equal[1]) == Ints{2, 3, 8, 9});
  const TensorList sized = split(x, std::vector<int64_t>{1, -1, 2}, -1);
  REQUIRE(sized.size() == 3);
  CHECK(values(sized[1]) == Ints{1, 2, 3, 7, 8, 9});
  const TensorList rows = unstack(x);
  REQUIRE(rows.size() == 2);
  CHECK(values(rows[1]) == Ints{6, 7, 8, 9, 10, 11});
  CHECK(unstack(x, 1)[5].shape() == Shape({2}));
  CHECK(unstack(zeros({0, 2})).empty());
  CHECK_THROWS_WITH(split(x, 4, 1), Contains("4 sections") && Contains("6"));
  CHECK_THROWS_AS(split(x, 0, 1), ValueError);
  CHECK_THROWS_AS(split(x, std::vector<int64_t>{1, 2}, 1), ValueError);
  CHECK_THROWS_AS(split(x, std::vector<int64_t>{-1, -1}, 1), ValueError);
  CHECK_THROWS_AS(split(x, std::vector<int64_t>{7, -1}, 1), ValueError);
  CHECK_THROWS_AS(split(x, std::vector<int64_t>{}, 1), ValueError);
  CHECK_THROWS_AS(split(x, 2, 2), ValueError);
  CHECK_THROWS_AS(unstack(Tensor::symbolic({{-1, 2}, int32})), ShapeError);
}

TEST_CASE("tile and repeat", "[ops][tile]") {
  const Tensor x = counting({2, 2});
  CHECK(values(tile(x, {1, 2})) == Ints{0, 1, 0, 1, 2, 3, 2, 3});
  CHECK(values(tile(x, {2, 1})) == Ints{0, 1, 2, 3, 0, 1, 2, 3});
  CHECK(values(tile(x, {2})) == values(tile(x, {1, 2})));
  CHECK(tile(x, {3, 1, 2}).shape() == Shape({3, 2, 4}));
  CHECK(tile(x, {0, 1}).shape() == Shape({0, 2}));
  CHECK(tile(Tensor::symbolic({{-1, 2}, int32}), {1, 3}).shape() == Shape({-1, 6}));
  CHECK_THROWS_AS(tile(x, {1, -1}), ValueError);

  CHECK(values(repeat(x, 2, 0)) == Ints{0, 1, 0, 1, 2, 3, 2, 3});
  CHECK(values(repeat(x, 2, -1)) == Ints{0, 0, 1, 1, 2, 2, 3, 3});
  CHECK(repeat(x, 0, 1).shape() == Shape({2, 0}));
  CHECK(repeat(Tensor::symbolic({{-1, 2}, int32}), 3, 1).shape() == Shape({-1, 6}));
  CHECK_THROWS_AS(repeat(x, -1, 0), ValueError);
  CHECK_THROWS_AS(repeat(x, 2, 2), ValueError);
}

TEST_CASE("pad", "[ops][pad]") {
  const Tensor x = counting({2, 3});
  CHECK(values(pad(x, {{1, 0}, {0, 2}}, PadMode::constant, 9)) == Ints{9, 9, 9, 9, 9, 0, 1, 2, 9, 9, 3, 4, 5, 9, 9});
  CHECK(values(pad(x, {{1, 0}, {2, 1}}, PadMode::reflect)) ==
        Ints{5, 4, 3, 4, 5, 4, 2, 1, 0, 1, 2, 1, 5, 4, 3, 4, 5, 4});
  CHECK(values(pad(x, {{0, 1}, {1, 3}}, PadMode::symmetric)) ==
        Ints{0, 0, 1, 2, 2, 1, 0, 3, 3, 4, 5, 5, 4, 3, 3, 3, 4, 5, 5, 4, 3});
  CHECK(values(pad(x, {{0, 0}, {0, 0}})) == values(x));
  CHECK(pad(Tensor::symbolic({{-1, 3}, int32}), {{0, 0}, {1, 1}}).shape() == Shape({-1, 5}));
  CHECK_THROWS_WITH(pad(x, {{1, 1}}), Contains("(2, 3)") && Contains("1 pairs"));
  CHECK_THROWS_AS(pad(x, {{0, -1}, {0, 0}}), ValueError);
  CHECK_THROWS_AS(pad(x, {{2, 0}, {0, 0}}, PadMode::reflect), ValueError);
  CHECK_THROWS_AS(pad(x, {{3, 0}, {0, 0}}, PadMode::symmetric), ValueError);
}

TEST_CASE("reverse and roll", "[ops][reverse]") {
  const Tensor x = counting({2, 3});
  CHECK(values(reverse(x, 1)) == Ints{2, 1, 0, 5, 4, 3});
  CHECK(values(reverse(x, {0, -1})) == Ints{5, 4, 3, 2, 1, 0});
  CHECK(values(reverse(x, Axes())) == Ints{5, 4, 3, 2, 1, 0});
  CHECK(reverse(zeros({0, 3}), 0).shape() == Shape({0, 3}));
  CHECK_THROWS_AS(reverse(x, 2), ValueError);
  CHECK_THROWS_AS(reverse(x, {0, 0}), ValueError);

  CHECK(values(roll(x, 1, 1)) == Ints{2, 0, 1, 5, 3, 4});
  CHECK(values(roll(x, -4, 1)) == Ints{1, 2, 0, 4, 5, 3});
  CHECK(values(roll(x, 1, 0)) == Ints{3, 4, 5, 0, 1, 2});
  CHECK_THROWS_AS(roll(x, 1, -3), ValueError);
}

TEST_CASE("tril and triu", "[ops][triangle]") {
  const Tensor x = counting({2, 3}) + 1;
  CHECK(values(tril(x)) == Ints{1, 0, 0, 4, 5, 0});
  CHECK(values(tril(x, 1)) == Ints{1, 2, 0, 4, 5, 6});
  CHECK(values(triu(x)) == Ints{1, 2, 3, 0, 5, 6});
  CHECK(values(triu(x, 1)) == Ints{0, 2, 3, 0, 0, 6});
  CHECK(tril(ones({2, 0, 3})).shape() == Shape({2, 0, 3}));
  CHECK_THROWS_AS(tril(counting({3})), ShapeError);
  CHECK_THROWS_WITH(triu(counting({3})), Contains("(3,)"));
}
