#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/kernels/sort.h>

using namespace cornu;
using kernels::Along;

namespace {

template <class T>
std::vector<int32_t> order(const std::vector<T>& in, const Along& along, bool descending = false) {
  std::vector<int32_t> out(in.size());
  kernels::argsort(dtype_of<T>, in.data(), along, descending, out.data());
  return out;
}

const float nan_value = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEMPLATE_TEST_CASE("argsort of every dtype", "[kernels][sort]", uint8_t, int32_t, int64_t, float, double) {
  const std::vector<TestType> in{3, 1, 2, 3, 0, 1};
  const Along row(1, 6, 1);
  CHECK(order(in, row) == std::vector<int32_t>{4, 1, 5, 2, 0, 3});
  CHECK(order(in, row, true) == std::vector<int32_t>{0, 3, 2, 1, 5, 4});
}

TEST_CASE("argsort of booleans", "[kernels][sort]") {
  const bool in[] = {true, false, true, false};
  std::vector<int32_t> out(4);
  kernels::argsort(boolean, in, Along(1, 4, 1), false, out.data());
  CHECK(out == std::vector<int32_t>{1, 3, 0, 2});
}

TEST_CASE("NaN comes last in either direction", "[kernels][sort]") {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> in{nan_value, 1, -infinity, nan_value, infinity};
  const Along row(1, 5, 1);
  CHECK(order(in, row) == std::vector<int32_t>{2, 1, 4, 0, 3});
  CHECK(order(in, row, true) == std::vector<int32_t>{4, 1, 2, 0, 3});
}

TEST_CASE("argsort along inner axes", "[kernels][sort]") {
  const std::vector<int32_t> in{5, 1, 3, 2, 4, 0};
  CHECK(order(in, Along(1, 3, 2)) == std::vector<int32_t>{1, 2, 2, 0, 0, 1});
  CHECK(order(in, Along(2, 3, 1)) == std::vector<int32_t>{1, 2, 0, 2, 0, 1});
  CHECK(order(std::vector<int32_t>{}, Along(3, 0, 1)).empty());
}

TEST_CASE("a long sort agrees with a stable sort", "[kernels][sort]") {
  std::mt19937 generator(11);
  std::vector<float> in(3 * 5000);
  for (float& value : in) value = static_cast<float>(generator() % 300);
  const auto out = order(in, Along(3, 5000, 1));
  for (int row = 0; row < 3; ++row) {
    std::vector<int32_t> expected(5000);
    std::iota(expected.begin(), expected.end(), 0);
    std::stable_sort(expected.begin(), expected.end(),
                     [&](int32_t a, int32_t b) { return in[row * 5000 + a] < in[row * 5000 + b]; });
    CHECK(std::equal(expected.begin(), expected.end(), out.begin() + row * 5000));
  }
}

TEST_CASE("top_k over buffers", "[kernels][sort]") {
  const std::vector<float> in{1, 5, 5, 2, nan_value, 3, 0, 3};
  std::vector<float> values(6);
  std::vector<int32_t> indices(6);
  kernels::top_k(float32, in.data(), 2, 4, 3, values.data(), indices.data());
  CHECK(values == std::vector<float>{5, 5, 2, 3, 3, 0});
  CHECK(indices == std::vector<int32_t>{1, 2, 3, 1, 3, 2});
  kernels::top_k(float32, in.data(), 2, 4, 0, nullptr, nullptr);
}
