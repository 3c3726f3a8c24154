#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;
using Floats = std::vector<float>;

namespace {

Tensor counting(const Shape& shape) { return reshape(arange(0.0, static_cast<double>(shape.size())), shape); }
Floats values(const Tensor& x) { return x.to_vector<float>(); }

}  // namespace

TEST_CASE("gather", "[ops][indexing]") {
  const Tensor x = counting({3, 2});
  CHECK(values(gather(x, constant({2, 0, 2}))) == Floats{4, 5, 0, 1, 4, 5});
  CHECK(values(gather(x, constant({{1, 0}}), 1)) == Floats{1, 0, 3, 2, 5, 4});
  CHECK(gather(x, constant({{1, 0}}), -1).shape() == Shape({3, 1, 2}));
  CHECK(values(gather(x, constant(int64_t{1}))) == Floats{2, 3});
  CHECK(gather(x, zeros({0}, int32)).shape() == Shape({0, 2}));
  CHECK_THROWS_WITH(gather(x, constant({{0, 1}, {3, 0}})),
                    Contains("index 3") && Contains("(1, 0)") && Contains("axis 0"));
  CHECK_THROWS_AS(gather(x, constant({-1})), ValueError);
  CHECK_THROWS_AS(gather(x, constant({0.f})), DTypeError);
  CHECK_THROWS_AS(gather(x, constant({0}), 2), ValueError);
  CHECK_THROWS_AS(gather(constant(1.f), constant({0})), ShapeError);
}

TEST_CASE("gather_nd and scatter_nd", "[ops][indexing]") {
  const Tensor x = counting({2, 2, 2});
  CHECK(values(gather_nd(x, constant({{1, 0}, {0, 1}}))) == Floats{4, 5, 2, 3});
  CHECK(values(gather_nd(x, constant({1, 1, 0}))) == Floats{6});
  CHECK(gather_nd(x, zeros({3, 0}, int32)).shape() == Shape({3, 2, 2, 2}));
  CHECK_THROWS_WITH(gather_nd(x, constant({{0, 0}, {1, 2}})),
                    Contains("index 2") && Contains("(1, 1)") && Contains("axis 1"));
  CHECK_THROWS_AS(gather_nd(x, constant({{0, 0, 0, 0}})), ShapeError);
  CHECK_THROWS_AS(gather_nd(x, constant(0)), ShapeError);
  CHECK_THROWS_AS(gather_nd(x, constant({0.f})), DTypeError);

  CHECK(values(scatter_nd(constant({{1}, {3}, {1}}), constant({1.f, 2.f, 4.f}), {4})) == Floats{0, 5, 0, 2});
  CHECK(values(scatter_nd(constant({{1}}), constant({{7.f, 8.f}}), {2, 2})) == Floats{0, 0, 7, 8});
  CHECK_THROWS_WITH(scatter_nd(constant({{1}}), constant({1.f, 2.f}), {4}), Contains("(1,)") && Contains("(2,)"));
  CHECK_THROWS_AS(scatter_nd(constant({{4}}), constant({1.f}), {4}), ValueError);
  CHECK_THROWS_AS(scatter_nd(constant({{0, 0}}), constant({1.f}), {4}), ShapeError);
}

TEST_CASE("tensor_scatter_update", "[ops][indexing]") {
  const Tensor x = counting({4});
  CHECK(values(tensor_scatter_update(x, constant({{2}, {0}, {2}}), constant({7.f, 8.f, 9.f}))) == Floats{8, 1, 9, 3});
  CHECK(values(x) == Floats{0, 1, 2, 3});
  CHECK_THROWS_AS(tensor_scatter_update(x, constant({{4}}), constant({7.f})), ValueError);
  CHECK_THROWS_AS(tensor_scatter_update(x, constant({{0}}), constant({7})), DTypeError);
  CHECK_THROWS_AS(tensor_scatter_update(x, constant({{0}}), constant({7.f, 8.f})), ShapeError);
  GradientTape tape;
  const Tensor updates = constant({7.f, 8.f, 9.f});
  tape.watch(updates);
  const Tensor y = tensor_scatter_update(x, constant({{2}, {0}, {2}}), updates) * constant({1.f, 2.f, 3.f, 4.f});
  CHECK(values(tape.gradient(reduce_sum(y), updates)) == Floats{0, 1, 3});  // the first one was overwritten
}

TEST_CASE("take_along_axis", "[ops][indexing]") {
  const Tensor x = counting({2, 3});
  CHECK(values(take_along_axis(x, constant({{2, 0}, {1, 1}}))) == Floats{2, 0, 4, 4});
  CHECK(values(take_along_axis(x, constant({{1, 0, 1}}), 0)) == Floats{3, 1, 5});
  CHECK_THROWS_WITH(take_along_axis(x, constant({{0}})), Contains("(2, 3)") && Contains("(1, 1)"));
  CHECK_THROWS_AS(take_along_axis(x, constant({0, 1})), ShapeError);
  CHECK_THROWS_AS(take_along_axis(x, constant({{3}, {0}})), ValueError);
  CHECK_THROWS_AS(take_along_axis(x, constant({{0.f}, {0.f}})), DTypeError);
  CHECK_THROWS_AS(take_along_axis(x, constant({{0}, {0}}), 2), ValueError);
}

TEST_CASE("one_hot", "[ops][indexing]") {
  CHECK(values(one_hot(constant({2, 0, -1}), 3)) == Floats{0, 0, 1, 1, 0, 0, 0, 0, 0});
  CHECK(values(one_hot(constant({2, 0}), 3, 0)) == Floats{0, 1, 0, 0, 1, 0});
  CHECK(values(one_hot(constant({uint8_t{1}}), 2)) == Floats{0, 1});
  CHECK(one_hot(constant({{1}}), 4, -1, boolean).shape() == Shape({1, 1, 4}));
  CHECK_THROWS_AS(one_hot(constant({1.f}), 3), DTypeError);
  CHECK_THROWS_AS(one_hot(constant({1}), -1), ValueError);
  CHECK_THROWS_AS(one_hot(constant({1}), 3, 2), ValueError);
}
