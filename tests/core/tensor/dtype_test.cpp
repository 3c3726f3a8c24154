#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/tensor/dtype.h>

using namespace cornu;

namespace {
constexpr DType kAll[] = {boolean, uint8, int32, int64, float32, float64};
}

TEST_CASE("dtypes have NumPy's names and sizes") {
  CHECK(name(boolean) == "bool");
  CHECK(name(uint8) == "uint8");
  CHECK(name(int32) == "int32");
  CHECK(name(int64) == "int64");
  CHECK(name(float32) == "float32");
  CHECK(name(float64) == "float64");
  const size_t sizes[] = {1, 1, 4, 8, 4, 8};
  for (int i = 0; i < dtype_count; ++i) CHECK(size_of(kAll[i]) == sizes[i]);
  std::ostringstream out;
  out << float32 << ' ' << boolean;
  CHECK(out.str() == "float32 bool");
}

TEST_CASE("a dtype is found by its name") {
  for (const DType dtype : kAll) CHECK(dtype_from_name(name(dtype)) == dtype);
  for (const char* unknown : {"", "float", "Float32", "float16", "float32 ", "boolean"})
    CHECK_THROWS_AS(dtype_from_name(unknown), ValueError);
  CHECK_THROWS_WITH(dtype_from_name("half"),
                    Catch::Contains("'half'") && Catch::Contains("bool, uint8, int32, int64, float32, float64"));
}

TEST_CASE("kinds") {
  CHECK_FALSE(is_floating(boolean));
  CHECK_FALSE(is_integer(boolean));
  for (const DType dtype : {uint8, int32, int64}) {
    CHECK(is_integer(dtype));
    CHECK_FALSE(is_floating(dtype));
  }
  for (const DType dtype : {float32, float64}) {
    CHECK(is_floating(dtype));
    CHECK_FALSE(is_integer(dtype));
  }
}

TEST_CASE("promotion is Keras 3's") {
  // keras.backend.result_type of both, by row and column of bool, uint8, int32, int64, float32, float64
  const DType expected[6][6] = {
      {boolean, uint8, int32, int64, float32, float64},       {uint8, uint8, int32, int64, float32, float64},
      {int32, int32, int32, int64, float32, float64},         {int64, int64, int64, int64, float32, float64},
      {float32, float32, float32, float32, float32, float64}, {float64, float64, float64, float64, float64, float64}};
  for (int a = 0; a < 6; ++a)
    for (int b = 0; b < 6; ++b) {
      INFO(kAll[a] << " with " << kAll[b]);
      CHECK(promote(kAll[a], kAll[b]) == expected[a][b]);
    }
}

TEST_CASE("C++ types and dtypes correspond") {
  CHECK(dtype_of<bool> == boolean);
  CHECK(dtype_of<uint8_t> == uint8);
  CHECK(dtype_of<int32_t> == int32);
  CHECK(dtype_of<int64_t> == int64);
  CHECK(dtype_of<float> == float32);
  CHECK(dtype_of<double> == float64);
  STATIC_REQUIRE_FALSE(Element<char>);
  STATIC_REQUIRE_FALSE(Element<uint32_t>);
  STATIC_REQUIRE_FALSE(Element<const float>);
  for (const DType dtype : kAll) {
    CHECK(visit_dtype(dtype, []<class T>() { return dtype_of<T>; }) == dtype);
    CHECK(visit_dtype(dtype, []<class T>() { return sizeof(T); }) == size_of(dtype));
  }
}
