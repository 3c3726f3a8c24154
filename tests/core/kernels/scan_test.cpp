#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/kernels/scan.h>

using namespace cornu;
using kernels::Along;
using kernels::Scan;

namespace {

using Kernel = void (*)(DType, const void*, const Along&, const Scan&, void*);

template <class T>
std::vector<T> run(Kernel kernel, const std::vector<T>& in, const Along& along, const Scan& scan) {
  std::vector<T> out(in.size(), T(77));
  kernel(dtype_of<T>, in.data(), along, scan, out.data());
  return out;
}

}  // namespace

TEMPLATE_TEST_CASE("cumsum and cumprod of a row", "[kernels][scan]", uint8_t, int32_t, int64_t, float, double) {
  using V = std::vector<TestType>;
  const V in{1, 2, 3, 4};
  const Along row(1, 4, 1);
  CHECK(run(kernels::cumsum, in, row, {}) == V{1, 3, 6, 10});
  CHECK(run(kernels::cumsum, in, row, {.exclusive = true}) == V{0, 1, 3, 6});
  CHECK(run(kernels::cumsum, in, row, {.reverse = true}) == V{10, 9, 7, 4});
  CHECK(run(kernels::cumsum, in, row, {.exclusive = true, .reverse = true}) == V{9, 7, 4, 0});
  CHECK(run(kernels::cumprod, in, row, {}) == V{1, 2, 6, 24});
  CHECK(run(kernels::cumprod, in, row, {.exclusive = true}) == V{1, 1, 2, 6});
  CHECK(run(kernels::cumprod, in, row, {.reverse = true}) == V{24, 24, 12, 4});
  CHECK(run(kernels::cumprod, in, row, {.exclusive = true, .reverse = true}) == V{24, 12, 4, 1});
}

TEST_CASE("cumsum along inner and outer axes", "[kernels][scan]") {
  const std::vector<float> in{1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(run(kernels::cumsum, in, Along(1, 4, 2), {}) == std::vector<float>{1, 2, 4, 6, 9, 12, 16, 20});
  CHECK(run(kernels::cumsum, in, Along(2, 2, 2), {.reverse = true}) == std::vector<float>{4, 6, 3, 4, 12, 14, 7, 8});
  CHECK(run(kernels::cumsum, in, Along(8, 1, 1), {}) == in);
}

TEST_CASE("cumsum: integers wrap around, nothing is left alone, booleans are refused", "[kernels][scan]") {
  CHECK(run(kernels::cumsum, std::vector<int32_t>{2147483647, 1}, Along(1, 2, 1), {}) ==
        std::vector<int32_t>{2147483647, -2147483647 - 1});
  kernels::cumsum(float32, nullptr, Along(3, 0, 2), {}, nullptr);
  bool truth = true;
  CHECK_THROWS_AS(kernels::cumsum(boolean, &truth, Along(1, 1, 1), {}, &truth), DTypeError);
}

TEMPLATE_TEST_CASE("linear_scan", "[kernels][scan]", float, double) {
  using V = std::vector<TestType>;
  const V values{1, 2, 3, 4}, factors{9, 2, 0, -1};
  V out(4);
  kernels::linear_scan(dtype_of<TestType>, values.data(), factors.data(), Along(1, 4, 1), false, out.data());
  CHECK(out == V{1, 4, 3, 1});
  kernels::linear_scan(dtype_of<TestType>, values.data(), factors.data(), Along(1, 4, 1), true, out.data());
  CHECK(out == V{73, 8, 3, 4});
  kernels::linear_scan(dtype_of<TestType>, values.data(), factors.data(), Along(1, 2, 2), false, out.data());
  CHECK(out == V{1, 2, 3, 2});
  int32_t integer = 1;
  CHECK_THROWS_AS(kernels::linear_scan(int32, &integer, &integer, Along(1, 1, 1), false, &integer), DTypeError);
}
