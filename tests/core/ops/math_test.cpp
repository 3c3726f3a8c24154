#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

using Floats = std::vector<float>;
using Ints = std::vector<int32_t>;
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

void check_close(const Tensor& tensor, const std::vector<double>& expected, double tolerance = 1e-6) {
  const std::vector<double> values = cast(tensor, float64).to_vector<double>();
  REQUIRE(values.size() == expected.size());
  for (size_t i = 0; i < values.size(); ++i) {
    INFO("element " << i);
    CHECK(values[i] == Approx(expected[i]).epsilon(tolerance).margin(tolerance));
  }
}

Tensor gradient_of(Tensor (*function)(const Tensor&), const Tensor& x) {
  GradientTape tape;
  tape.watch(x);
  return tape.gradient(function(x), x);
}

}  // namespace

TEST_CASE("arithmetic broadcasts") {
  const Tensor a = constant({{1.f, 2.f}, {3.f, 4.f}}), row = constant({10.f, 20.f}), column = constant({{1.f}, {2.f}});
  CHECK(add(a, row).to_vector<float>() == Floats{11, 22, 13, 24});
  CHECK(subtract(a, column).to_vector<float>() == Floats{0, 1, 1, 2});
  CHECK(multiply(column, row).to_vector<float>() == Floats{10, 20, 20, 40});
  CHECK(divide(row, a).to_vector<float>() == Floats{10, 10, 10.f / 3, 5});
  CHECK(maximum(a, constant(2.5f)).to_vector<float>() == Floats{2.5, 2.5, 3, 4});
  CHECK(minimum(a, constant(2.5f)).to_vector<float>() == Floats{1, 2, 2.5, 2.5});
  CHECK(squared_difference(a, row).to_vector<float>() == Floats{81, 324, 49, 256});
  CHECK((zeros({0, 3}) + zeros({1, 3})).shape() == Shape({0, 3}));
}

TEST_CASE("dtypes promote, and numbers adapt") {
  const Tensor i = constant({5, 6}), f = constant({0.5f, 1.f}), d = constant({0.5, 1.});
  CHECK((i + f).dtype() == float32);
  CHECK((f + d).dtype() == float64);
  CHECK((i + 1).dtype() == int32);
  CHECK((i + 0.5).to_vector<float>() == Floats{5.5, 6.5});
  CHECK((d * 2.f).dtype() == float64);
  CHECK((1 - f).to_vector<float>() == Floats{0.5, 0});
  CHECK((constant({true, false}) + constant({true, true})).dtype() == boolean);
  CHECK((constant({true, false}) * 3).to_vector<int32_t>() == Ints{3, 0});
  CHECK((i + constant(int64_t{1})).dtype() == int64);
  CHECK(sqrt(constant({4, 9})).to_vector<float>() == Floats{2, 3});
  CHECK(exp(constant(0)).dtype() == float32);
}

TEST_CASE("division is true division, as TensorFlow's") {
  CHECK((constant({1, 3}) / constant({2, 2})).to_vector<double>() == std::vector<double>{0.5, 1.5});
  CHECK((constant({uint8_t{1}}) / constant({uint8_t{2}})).to_vector<float>() == Floats{0.5});
  CHECK((constant({1.f}) / 0).to_vector<float>() == Floats{infinity});
}

TEST_CASE("floor_div and mod round down, as Python") {
  const Tensor a = constant({7, -7, 7, -7}), b = constant({2, 2, -2, -2});
  CHECK(floor_div(a, b).to_vector<int32_t>() == Ints{3, -4, -4, 3});
  CHECK(mod(a, b).to_vector<int32_t>() == Ints{1, 1, -1, -1});
  check_close(mod(constant({5.5, -5.5}), 2), {1.5, 0.5});
  CHECK_THROWS_WITH(floor_div(a, 0), Contains("zero"));
  CHECK(floor_div(-7.5, HUGE_VALF).item<float>() == -1);
  CHECK(floor_div(7.5, -HUGE_VALF).item<float>() == -1);
  CHECK(floor_div(7.5, HUGE_VALF).item<float>() == 0);
  CHECK_THROWS_AS(mod(a, constant({1, 0, 1, 1})), ValueError);
}

TEST_CASE("pow") {
  CHECK(pow(constant({2, 3}), 3).to_vector<int32_t>() == Ints{8, 27});
  check_close(pow(constant({4.f, 9.f}), 0.5), {2, 3});
  CHECK_THROWS_AS(pow(constant({2, 3}), -1), ValueError);
  CHECK_THROWS_AS(pow(constant({2, 3}), constant({1, -1})), ValueError);
}

TEST_CASE("pow has finite gradients where mathematics has, at 0 too") {
  const Tensor a = constant({0., 0., 2., 0.}), b = constant({0., 2., 3., 1.});
  GradientTape tape;
  tape.watch(a);
  tape.watch(b);
  const auto [da, db] = tape.gradient(pow(a, b), std::pair(a, b));
  check_close(da, {0, 0, 12, 1});
  check_close(db, {0, 0, 8 * std::log(2.), 0});
}

TEST_CASE("maximum and minimum send the gradient to the first of equals, and NaN wins") {
  const Tensor a = constant({1.f, 2.f, 3.f}), b = constant({2.f, 2.f, 2.f});
  for (const auto& function : {maximum, minimum}) {
    GradientTape tape;
    tape.watch(a);
    tape.watch(b);
    const auto [da, db] = tape.gradient(function(a, b), std::pair(a, b));
    const bool max = function == maximum;
    CHECK(da.to_vector<float>() == (max ? Floats{0, 1, 1} : Floats{1, 1, 0}));
    CHECK(db.to_vector<float>() == (max ? Floats{1, 0, 0} : Floats{0, 0, 1}));
  }
  CHECK(std::isnan(maximum(constant(not_a_number), 1.f).item<float>()));
  CHECK(std::isnan(minimum(constant(1.f), not_a_number).item<float>()));
}

TEST_CASE("elementary functions") {
  const Tensor x = constant({-0.5, 0., 0.75});
  const auto expect = [&](Tensor (*function)(const Tensor&), double (*reference)(double)) {
    check_close(function(x), {reference(-0.5), reference(0), reference(0.75)}, 1e-12);
    const auto narrow = cast(x, float32);
    check_close(function(narrow), {reference(-0.5), reference(0), reference(0.75)}, 2e-6);
  };
  expect(exp, std::exp);
  expect(expm1, std::expm1);
  expect(log1p, std::log1p);
  expect(sin, std::sin);
  expect(cos, std::cos);
  expect(tan, std::tan);
  expect(asin, std::asin);
  expect(acos, std::acos);
  expect(atan, std::atan);
  expect(sinh, std::sinh);
  expect(cosh, std::cosh);
  expect(tanh, std::tanh);
  expect(asinh, std::asinh);
  expect(atanh, std::atanh);
  expect(erf, std::erf);
  check_close(acosh(constant({1., 2.})), {0, std::acosh(2.)}, 1e-12);
  check_close(log(constant({1., 2.})), {0, std::log(2.)}, 1e-12);
  check_close(rsqrt(constant({4., 0.25})), {0.5, 2}, 1e-12);
  check_close(atan2(constant({1., -1.}), constant({-1., -1.})), {3 * M_PI / 4, -3 * M_PI / 4}, 1e-12);
  CHECK(std::isnan(sqrt(constant(-1.f)).item<float>()));
  CHECK(std::isnan(log(constant(-1.f)).item<float>()));
  CHECK(log(constant(0.f)).item<float>() == -infinity);
}

TEST_CASE("rounding goes to the even number") {
  const Tensor x = constant({-1.5f, -0.5f, 0.5f, 1.5f, 2.4f});
  CHECK(round(x).to_vector<float>() == Floats{-2, -0.f, 0, 2, 2});
  CHECK(floor(x).to_vector<float>() == Floats{-2, -1, 0, 1, 2});
  CHECK(ceil(x).to_vector<float>() == Floats{-1, 0, 1, 2, 3});
}

TEST_CASE("sign, abs and their gradients at 0") {
  const Tensor x = constant({-2.f, 0.f, 3.f});
  CHECK(sign(x).to_vector<float>() == Floats{-1, 0, 1});
  CHECK(abs(x).to_vector<float>() == Floats{2, 0, 3});
  CHECK(gradient_of(abs, x).to_vector<float>() == Floats{-1, 0, 1});
  CHECK(gradient_of(sign, x).to_vector<float>() == Floats{0, 0, 0});
  CHECK(abs(constant({-3, 4})).to_vector<int32_t>() == Ints{3, 4});
}

TEST_CASE("cast truncates toward zero, saturates, and knows truth") {
  CHECK(cast(constant({-1.7f, 1.7f, 3e10f, not_a_number}), int32).to_vector<int32_t>() ==
        Ints{-1, 1, std::numeric_limits<int32_t>::max(), 0});
  CHECK(cast(constant({0.f, 0.1f, -2.f}), boolean).to_vector<bool>() == std::vector<bool>{false, true, true});
  CHECK(cast(constant({-5.f, 300.f}), uint8).to_vector<uint8_t>() == std::vector<uint8_t>{0, 255});
  CHECK(cast(constant({true, false}), float64).to_vector<double>() == std::vector<double>{1, 0});
  const Tensor x = constant({1.f, 2.f});
  CHECK(cast(x, float32).id() == x.id());
}

TEST_CASE("gradients flow through casts between floating dtypes") {
  const Tensor x = constant({1.f, 2.f});
  GradientTape tape;
  tape.watch(x);
  const Tensor gradient = tape.gradient(square(cast(x, float64)), x);
  CHECK(gradient.to_vector<float>() == Floats{2, 4});
}

TEST_CASE("clip_by_value") {
  const Tensor x = constant({-2.f, -1.f, 0.5f, 1.f, 4.f});
  CHECK(clip_by_value(x, -1, 1).to_vector<float>() == Floats{-1, -1, 0.5, 1, 1});
  CHECK(clip_by_value(constant({-3, 0, 9}), 0, 5).to_vector<int32_t>() == Ints{0, 0, 5});
  CHECK(clip_by_value(constant({-3, 0, 9}), 0.5, 5).to_vector<float>() == Floats{0.5, 0.5, 5});
  CHECK(gradient_of([](const Tensor& t) { return clip_by_value(t, -1, 1); }, x).to_vector<float>() ==
        Floats{0, 1, 1, 1, 0});
  CHECK_THROWS_AS(clip_by_value(x, zeros({2, 5}), 1), ShapeError);
}

TEST_CASE("clip_by_norm and clip_by_global_norm") {
  const Tensor x = constant({3.f, 4.f});
  check_close(clip_by_norm(x, 1), {0.6, 0.8});
  check_close(clip_by_norm(x, 10), {3, 4});
  check_close(clip_by_norm(constant({{3.f, 4.f}, {0.f, 1.f}}), 1, {1}), {0.6, 0.8, 0, 1});
  CHECK(gradient_of([](const Tensor& t) { return clip_by_norm(t, 1); }, zeros({2})).to_vector<float>() == Floats{1, 1});
  const auto [clipped, norm] = clip_by_global_norm({constant({3.f}), Tensor(), constant({{4.f}})}, 2.5);
  CHECK(norm.item<float>() == 5);
  check_close(clipped[0], {1.5});
  CHECK_FALSE(clipped[1].defined());
  check_close(clipped[2], {2});
  CHECK(std::isnan(clip_by_global_norm({constant({infinity})}, 1).first[0].to_vector<float>()[0]));
  CHECK(global_norm({}).item<float>() == 0);
  CHECK_THROWS_AS(clip_by_norm(x, -1), ValueError);
  CHECK_THROWS_AS(clip_by_global_norm({x}, -1), ValueError);
}

TEST_CASE("stop_gradient and identity share the elements") {
  const Tensor x = constant({1.f, 2.f});
  CHECK(identity(x).raw_data() == x.raw_data());
  CHECK(gradient_of([](const Tensor& t) { return stop_gradient(t) * t; }, x).to_vector<float>() == Floats{1, 2});
}

TEST_CASE("errors of elementwise operations say what came") {
  CHECK_THROWS_WITH(add(zeros({2, 3}), zeros({4})), Contains("(2, 3)") && Contains("(4,)") && Contains("Add"));
  CHECK_THROWS_AS(add(zeros({2, 3}), zeros({4})), ShapeError);
  CHECK_THROWS_AS(negative(constant({true})), DTypeError);
  CHECK_THROWS_AS(subtract(constant({true}), constant({false})), DTypeError);
  CHECK_THROWS_AS(add(Tensor(), 1), StateError);
  CHECK_THROWS_AS(exp(Tensor()), StateError);
}

TEST_CASE("expm1 overflows where exp does") {
  CHECK(expm1(constant({88.5f})).item<float>() == Approx(std::expm1(88.5f)));
  CHECK(expm1(constant({709.5})).item<double>() == Approx(std::expm1(709.5)));
  CHECK(std::isinf(expm1(constant({89.f})).item<float>()));
}

TEST_CASE("integers are rounded already") {
  const Tensor rounded = round(constant({2147483647, 16777217}));
  CHECK(rounded.to_vector<int32_t>() == std::vector<int32_t>{2147483647, 16777217});
}
