#include <layers/layer_test.h>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/functional.h>
#include <cornu/layers/merging.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

std::vector<float> floats(const Tensor& tensor) { return tensor.to_vector<float>(); }
std::vector<int32_t> integers(const Tensor& tensor) { return cast(tensor, int32).to_vector<int32_t>(); }

const Tensor a = constant({{1.f, 2.f}, {3.f, 4.f}}), b = constant({{5.f, -6.f}, {7.f, 8.f}});

}  // namespace

TEST_CASE("merging layers keep what every layer promises") {
  const Tensor x = random::normal({2, 3, 4}, {.seed = 1}), y = random::normal({2, 3, 4}, {.seed = 2}),
               z = random::normal({2, 4}, {.seed = 3});
  layer_test::check<layers::Add>({}, {x, y, z});
  layer_test::check<layers::Subtract>({}, {x, y});
  layer_test::check<layers::Multiply>({}, {x, y, z});
  layer_test::check<layers::Average>({}, {x, y});
  layer_test::check<layers::Maximum>({}, {x, y, z});
  layer_test::check<layers::Minimum>({}, {x, y});
  layer_test::check<layers::Concatenate>({}, {x, y});
  layer_test::check<layers::Concatenate>({.axis = 1}, {x, y});
  layer_test::check<layers::Dot>({.axes = 2}, {x, y});
  layer_test::check<layers::Dot>({.axes = {2, 1}, .normalize = true}, {x, z});
}

TEST_CASE("merging functions compute elementwise") {
  CHECK(floats(layers::add({a, b})) == std::vector<float>{6, -4, 10, 12});
  CHECK(floats(layers::add({a, b, a})) == std::vector<float>{7, -2, 13, 16});
  CHECK(floats(layers::subtract({a, b})) == std::vector<float>{-4, 8, -4, -4});
  CHECK(floats(layers::multiply({a, b})) == std::vector<float>{5, -12, 21, 32});
  CHECK(floats(layers::average({a, b})) == std::vector<float>{3, -2, 5, 6});
  CHECK(floats(layers::maximum({a, b})) == std::vector<float>{5, 2, 7, 8});
  CHECK(floats(layers::minimum({a, b})) == std::vector<float>{1, -6, 3, 4});
  CHECK(floats(layers::concatenate({a, b})) == std::vector<float>{1, 2, 5, -6, 3, 4, 7, 8});
  CHECK(layers::concatenate({a, b}, 0).shape() == Shape({4, 2}));
  CHECK(floats(layers::dot({a, b})) == std::vector<float>{5 - 12, 21 + 32});
  CHECK(layers::dot({a, b}).shape() == Shape({2, 1}));
  CHECK(floats(layers::dot({a, a}, 1, true))[0] == Approx(1));
  CHECK(floats(layers::add({a})) == floats(a));
}

TEST_CASE("inputs of fewer axes broadcast behind the batch axis") {
  const Tensor sequence = constant({{{1.f, 2.f}, {3.f, 4.f}}}), vector = constant({{10.f, 20.f}});
  CHECK(floats(layers::add({sequence, vector})) == std::vector<float>{11, 22, 13, 24});
  CHECK(floats(layers::add({vector, sequence})) == std::vector<float>{11, 22, 13, 24});
}

TEST_CASE("Dot sums over the axes that it is given") {
  const Tensor x = reshape(cast(arange(6), float32), {1, 2, 3}), y = reshape(cast(arange(4), float32), {1, 2, 2});
  const Tensor product = layers::Dot({.axes = 1})(TensorList{x, y});  // x^T y
  CHECK(product.shape() == Shape({1, 3, 2}));
  CHECK(floats(product) == std::vector<float>{6, 9, 8, 13, 10, 17});
}

TEST_CASE("masks of merges count where one counts, if all inputs have one") {
  const auto masked = [](const Tensor& x, std::initializer_list<bool> mask) {
    const Tensor copy = x + 0;
    copy.set_mask(constant({mask}));
    return copy;
  };
  const Tensor x = masked(constant({{{1.f}, {2.f}, {3.f}}}), {true, false, false});
  const Tensor y = masked(constant({{{4.f}, {1.f}, {6.f}}}), {true, true, false});
  CHECK(integers(layers::add({x, y}).mask()) == std::vector<int32_t>{1, 1, 0});
  CHECK_FALSE(layers::add({x, constant({{{4.f}, {1.f}, {6.f}}})}).mask().defined());
  CHECK(floats(layers::maximum({x, y})) == std::vector<float>{4, 1, 3});  // where no mask counts, Keras keeps the first
  CHECK(floats(layers::minimum({x, y})) == std::vector<float>{1, 1, 3});
  CHECK(floats(layers::multiply({x, y})) == std::vector<float>{4, 1, 0});
  CHECK(integers(layers::concatenate({x, y}, 1).mask()) == std::vector<int32_t>{1, 0, 0, 1, 1, 0});
  CHECK(integers(layers::concatenate({x, y}).mask()) == std::vector<int32_t>{1, 1, 0});
  CHECK_FALSE(layers::dot({x, y}).mask().defined());
}

TEST_CASE("merging layers refuse what does not fit") {
  CHECK_THROWS_AS(layers::add({zeros({2, 3}), zeros({2, 4})}), ShapeError);
  CHECK_THROWS_WITH(layers::add({zeros({2, 3}), zeros({2, 4})}), Contains("(2, 3)") && Contains("(2, 4)"));
  CHECK_THROWS_WITH(layers::add({zeros({2, 3}), zeros({1, 3})}), Contains("batch") && Contains("(1, 3)"));
  CHECK_THROWS_AS(layers::add({}), ValueError);
  CHECK_THROWS_AS(layers::subtract({a, a, a}), ValueError);
  CHECK_THROWS_AS(layers::concatenate({zeros({2, 3}), zeros({3, 3})}), ShapeError);
  CHECK_THROWS_AS(layers::concatenate({a, b}, 5), ValueError);
  CHECK_THROWS_AS(layers::concatenate({}), ValueError);
  CHECK_THROWS_WITH(layers::Dot({.axes = {1, 2, 3}}), Contains("axes"));
  CHECK_THROWS_WITH(layers::Dot({}), Contains("axes"));
  CHECK_THROWS_WITH(layers::dot({a, b}, 0), Contains("batch axis"));
  CHECK_THROWS_AS(layers::dot({a, b}, 2), ValueError);
  CHECK_THROWS_WITH(layers::dot({zeros({2, 3}), zeros({2, 4})}), Contains("(2, 3)") && Contains("(2, 4)"));
  CHECK_THROWS_AS(layers::dot({zeros({2}), zeros({2})}), ShapeError);
  CHECK_THROWS_AS(layers::dot({a}), ValueError);
  CHECK_THROWS_WITH(layers::Add()(a), Contains("Add") && Contains("list of inputs"));
  CHECK_THROWS_AS(layers::Concatenate()(a), ValueError);
  CHECK_THROWS_AS(Input({2}) | layers::Add(), ValueError);
  layers::Maximum maximum;
  CHECK_THROWS_AS(a | maximum, ValueError);
  CHECK(layers::add(TensorList{a}).to_vector<float>() == a.to_vector<float>());
}
