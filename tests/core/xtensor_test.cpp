#include <cstdint>
#include <type_traits>
#include <vector>

#include <catch2/catch.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <cornu/core/error.h>
#include <cornu/xtensor.h>

using namespace cornu;

TEST_CASE("from_xarray takes arrays of every dtype") {
  const xt::xarray<float> floats = {{1.f, 2.f, 3.f}, {4.f, 5.f, 6.f}};
  const Tensor tensor = from_xarray(floats);
  CHECK(tensor.shape() == Shape({2, 3}));
  CHECK(tensor.to_vector<float>() == std::vector<float>({1, 2, 3, 4, 5, 6}));

  CHECK(from_xarray(xt::xarray<double>{1.5, -2}).to_vector<double>() == std::vector<double>({1.5, -2}));
  CHECK(from_xarray(xt::xarray<int32_t>{1, -2}).to_vector<int32_t>() == std::vector<int32_t>({1, -2}));
  CHECK(from_xarray(xt::xarray<int64_t>{int64_t{1} << 40}).to_vector<int64_t>()[0] == int64_t{1} << 40);
  CHECK(from_xarray(xt::xarray<uint8_t>{0, 255}).to_vector<uint8_t>() == std::vector<uint8_t>({0, 255}));
  CHECK(from_xarray(xt::xarray<bool>{true, false}).to_vector<bool>() == std::vector<bool>({true, false}));
  CHECK(from_xarray(xt::xarray<long long>{7}).to_vector<int64_t>()[0] == 7);
  CHECK(from_xarray(xt::xarray<long>{7}).to_vector<int64_t>()[0] == 7);
}

TEST_CASE("from_xarray evaluates expressions") {
  const xt::xarray<float> x = {{1.f, 2.f}, {3.f, 4.f}};
  CHECK(from_xarray(x * 2.f + 1.f).to_vector<float>() == std::vector<float>({3, 5, 7, 9}));
  CHECK(from_xarray(xt::transpose(x)).to_vector<float>() == std::vector<float>({1, 3, 2, 4}));
  CHECK(from_xarray(xt::view(x, xt::all(), 1)).to_vector<float>() == std::vector<float>({2, 4}));
  CHECK(from_xarray(x + xt::xarray<float>{10.f, 20.f}).to_vector<float>() == std::vector<float>({11, 22, 13, 24}));
  CHECK(from_xarray(x > 2.f).to_vector<bool>() == std::vector<bool>({false, false, true, true}));
  CHECK(from_xarray(xt::zeros<double>({2, 3})).shape() == Shape({2, 3}));
  const Tensor sum = from_xarray(xt::sum(xt::xarray<int32_t>{1, 2, 3}));
  CHECK(sum.shape() == Shape({}));
  CHECK(sum.item<int32_t>() == 6);
  CHECK(from_xarray(xt::sum<long long>(xt::xarray<int32_t>{1, 2, 3})).item<int64_t>() == 6);
}

TEST_CASE("from_xarray takes other containers and layouts") {
  const xt::xtensor<float, 2> fixed_rank = {{1.f, 2.f}, {3.f, 4.f}};
  CHECK(from_xarray(fixed_rank).to_vector<float>() == std::vector<float>({1, 2, 3, 4}));
  const xt::xtensor_fixed<double, xt::xshape<2, 2>> fixed_shape = {{1., 2.}, {3., 4.}};
  CHECK(from_xarray(fixed_shape).shape() == Shape({2, 2}));
  const xt::xarray<float, xt::layout_type::column_major> columns = {{1.f, 2.f, 3.f}, {4.f, 5.f, 6.f}};
  CHECK(from_xarray(columns).to_vector<float>() == std::vector<float>({1, 2, 3, 4, 5, 6}));
}

TEST_CASE("from_xarray of scalars, empty arrays, and too many axes") {
  CHECK(from_xarray(xt::xarray<float>(3.f)).item<float>() == 3.f);
  const Tensor empty = from_xarray(xt::xarray<float>::from_shape({2, 0, 3}));
  CHECK(empty.shape() == Shape({2, 0, 3}));
  CHECK(empty.size() == 0);
  const auto deep = xt::xarray<float>::from_shape({1, 1, 1, 1, 1, 1, 1, 1, 1});
  CHECK_THROWS_AS(from_xarray(deep), ShapeError);
}

TEST_CASE("to_xarray copies") {
  const std::vector<float> elements{1, 2, 3, 4, 5, 6};
  const Tensor tensor = Tensor::from_span<float>(elements, {2, 3});
  xt::xarray<float> copy = to_xarray<float>(tensor);
  CHECK(copy.dimension() == 2);
  CHECK(copy.shape(0) == 2);
  CHECK(copy.shape(1) == 3);
  CHECK(copy(1, 0) == 4.f);
  copy(1, 0) = 40.f;
  CHECK(tensor.to_vector<float>() == elements);
  CHECK(from_xarray(to_xarray<float>(tensor)).to_vector<float>() == elements);
  CHECK(to_xarray<float>(Tensor::from_span<float>(std::vector<float>{5}, {}))() == 5.f);
  CHECK(to_xarray<float>(Tensor::allocate({0, 4}, float32)).size() == 0);
}

TEST_CASE("view shares the elements and keeps them alive") {
  std::vector<float> elements(100);
  for (size_t i = 0; i < elements.size(); ++i) elements[i] = static_cast<float>(i);
  Tensor tensor = Tensor::from_span<float>(elements, {10, 10});
  const auto seen = view<float>(tensor);
  CHECK(seen.data() == tensor.data<float>().data());
  CHECK_FALSE(tensor.is_unique());
  const auto copy = seen;
  tensor = Tensor();
  for (int i = 0; i < 10; ++i) Tensor::from_span<float>(std::vector<float>(100, -1.f), {10, 10});
  CHECK(seen(9, 9) == 99.f);
  CHECK(copy(0, 1) == 1.f);
  CHECK(xt::sum(seen)() == 4950.f);
}

TEST_CASE("view is read-only") {
  const Tensor tensor = Tensor::from_span<float>(std::vector<float>{1, 2}, {2});
  auto seen = view<float>(tensor);
  STATIC_REQUIRE(std::is_const_v<std::remove_reference_t<decltype(seen(0))>>);
  STATIC_REQUIRE(std::is_const_v<std::remove_pointer_t<decltype(seen.data())>>);
  CHECK(from_xarray(view<float>(tensor) * 3.f).to_vector<float>() == std::vector<float>({3, 6}));
}

TEST_CASE("view of a view sees its own part") {
  const Tensor base = Tensor::from_span<int32_t>(std::vector<int32_t>{1, 2, 3, 4, 5, 6}, {3, 2});
  const auto row = view<int32_t>(Tensor::view(base, {2}, 2));
  CHECK(row.dimension() == 1);
  CHECK(row(0) == 3);
  CHECK(row(1) == 4);
}

TEST_CASE("another dtype, and no values, are errors") {
  const Tensor tensor = Tensor::from_span<float>(std::vector<float>{1, 2}, {2});
  CHECK_THROWS_AS(view<double>(tensor), DTypeError);
  CHECK_THROWS_WITH(to_xarray<int32_t>(tensor), Catch::Contains("float32") && Catch::Contains("int32"));
  CHECK_THROWS_AS(view<float>(Tensor()), StateError);
  CHECK_THROWS_AS(to_xarray<float>(Tensor::symbolic({{2}, float32})), StateError);
}
