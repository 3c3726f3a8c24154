#include <limits>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "core/kernels/threads.h"
#include <cornu/core/error.h>
#include <cornu/core/kernels/gemm.h>

using namespace cornu;
using kernels::Activation;
using kernels::Epilogue;

namespace {

template <class T>
std::vector<T> random_values(int64_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::uniform_int_distribution<int> values(-8, 8);
  std::vector<T> result(static_cast<size_t>(count));
  for (T& value : result) value = static_cast<T>(values(generator)) / static_cast<T>(std::is_integral_v<T> ? 1 : 4);
  return result;
}

/// The definition. Values are multiples of 1/4, so that sums are exact in any order.
template <class T>
std::vector<T> naive(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const T* a, const T* b) {
  std::vector<T> c(static_cast<size_t>(m * n));
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      T sum = 0;
      for (int64_t s = 0; s < k; ++s)
        sum += (transpose_a ? a[s * m + i] : a[i * k + s]) * (transpose_b ? b[j * k + s] : b[s * n + j]);
      c[static_cast<size_t>(i * n + j)] = sum;
    }
  return c;
}

}  // namespace

TEMPLATE_TEST_CASE("gemm is the definition for every shape, transposition and dtype", "[kernels][gemm]", float, double,
                   int32_t, int64_t) {
  const int64_t shapes[][3] = {{1, 1, 1},    {1, 7, 5},      {7, 1, 5},    {2, 3, 4},   {1, 100, 784},  {50, 10, 100},
                               {33, 65, 17}, {130, 70, 301}, {48, 8, 256}, {300, 5, 2}, {130, 70, 600}, {17, 33, 513}};
  for (const auto& [m, n, k] : shapes)
    for (bool transpose_a : {false, true})
      for (bool transpose_b : {false, true}) {
        CAPTURE(m, n, k, transpose_a, transpose_b);
        const auto a = random_values<TestType>(m * k, 1), b = random_values<TestType>(k * n, 2);
        std::vector<TestType> c(static_cast<size_t>(m * n), 99);
        kernels::gemm(dtype_of<TestType>, transpose_a, transpose_b, m, n, k, a.data(), b.data(), c.data());
        const auto expected = naive(transpose_a, transpose_b, m, n, k, a.data(), b.data());
        REQUIRE(c == expected);
        kernels::gemm(dtype_of<TestType>, transpose_a, transpose_b, m, n, k, a.data(), b.data(), c.data(), nullptr,
                      true);
        for (size_t i = 0; i < c.size(); ++i) REQUIRE(c[i] == 2 * expected[i]);
      }
}

TEST_CASE("gemm: [[1, 2], [3, 4]] x [[5, 6], [7, 8]]", "[kernels][gemm]") {
  const std::vector<float> a{1, 2, 3, 4}, b{5, 6, 7, 8};
  std::vector<float> c(4);
  kernels::gemm(float32, false, false, 2, 2, 2, a.data(), b.data(), c.data());
  CHECK(c == std::vector<float>{19, 22, 43, 50});
  kernels::gemm(float32, true, false, 2, 2, 2, a.data(), b.data(), c.data());
  CHECK(c == std::vector<float>{26, 30, 38, 44});
  kernels::gemm(float32, false, true, 2, 2, 2, a.data(), b.data(), c.data());
  CHECK(c == std::vector<float>{17, 23, 39, 53});
}

TEMPLATE_TEST_CASE("gemm's epilogue adds the bias, then activates", "[kernels][gemm]", float, double) {
  const std::vector<TestType> a{1, 2, 3, 4}, b{5, 6, 7, 8}, bias{-20, 1};
  std::vector<TestType> c(4);
  const Epilogue with_bias{.bias = bias.data()};
  kernels::gemm(dtype_of<TestType>, false, false, 2, 2, 2, a.data(), b.data(), c.data(), &with_bias);
  CHECK(c == std::vector<TestType>{-1, 23, 23, 51});
  const Epilogue both{.bias = bias.data(), .activation = Activation::relu};
  kernels::gemm(dtype_of<TestType>, false, false, 2, 2, 2, a.data(), b.data(), c.data(), &both);
  CHECK(c == std::vector<TestType>{0, 23, 23, 51});
  const std::vector<TestType> minus_a{-1, -2, 3, 4};
  const Epilogue relu{.activation = Activation::relu};
  kernels::gemm(dtype_of<TestType>, false, false, 2, 2, 2, minus_a.data(), b.data(), c.data(), &relu);
  CHECK(c == std::vector<TestType>{0, 0, 43, 50});
  const std::vector<TestType> not_a_number{std::numeric_limits<TestType>::quiet_NaN(), 2, 3, 4};
  kernels::gemm(dtype_of<TestType>, false, false, 2, 2, 2, not_a_number.data(), b.data(), c.data(), &both);
  CHECK(c[0] != c[0]);
}

TEST_CASE("gemm over nothing gives zeros, of no rows or columns nothing", "[kernels][gemm]") {
  std::vector<float> c(6, 9);
  const std::vector<float> bias{1, 2, 3};
  kernels::gemm(float32, false, false, 2, 3, 0, nullptr, nullptr, c.data());
  CHECK(c == std::vector<float>(6, 0));
  const Epilogue epilogue{.bias = bias.data()};
  kernels::gemm(float32, false, false, 2, 3, 0, nullptr, nullptr, c.data(), &epilogue);
  CHECK(c == std::vector<float>{1, 2, 3, 1, 2, 3});
  kernels::gemm(float32, false, false, 2, 3, 0, nullptr, nullptr, c.data(), nullptr, true);
  CHECK(c == std::vector<float>{1, 2, 3, 1, 2, 3});
  kernels::gemm(float32, false, false, 0, 3, 4, nullptr, nullptr, nullptr);
  kernels::gemm(float64, false, false, 3, 0, 4, nullptr, nullptr, nullptr);
}

TEST_CASE("gemm of integers wraps around", "[kernels][gemm]") {
  const int32_t a = std::numeric_limits<int32_t>::max(), b = 2;
  int32_t c = 0;
  kernels::gemm(int32, false, false, 1, 1, 1, &a, &b, &c);
  CHECK(c == -2);
}

TEST_CASE("gemm takes no booleans or bytes", "[kernels][gemm]") {
  float x = 0;
  CHECK_THROWS_AS(kernels::gemm(boolean, false, false, 1, 1, 1, &x, &x, &x), DTypeError);
  CHECK_THROWS_WITH(kernels::gemm(uint8, false, false, 1, 1, 1, &x, &x, &x), Catch::Contains("uint8"));
}

TEMPLATE_TEST_CASE("gemm's bits do not depend on the number of threads", "[kernels][gemm]", float, double) {
  const int64_t shapes[][3] = {{512, 300, 200}, {64, 1024, 512}, {5000, 32, 90}, {257, 513, 129}, {20, 40, 30000}};
  std::mt19937 generator(5);
  std::normal_distribution<TestType> normal;
  for (const auto& shape : shapes) {
    const int64_t m = shape[0], n = shape[1], k = shape[2];  // clang 14 lets no lambda capture a structured binding
    std::vector<TestType> a(static_cast<size_t>(m * k)), b(static_cast<size_t>(k * n)), bias(static_cast<size_t>(n));
    for (auto* values : {&a, &b, &bias})
      for (TestType& value : *values) value = normal(generator);
    const Epilogue epilogue{.bias = bias.data(), .activation = Activation::relu};
    std::vector<TestType> one(static_cast<size_t>(m * n)), several(one);
    const auto multiply = [&](std::vector<TestType>& c) {
      kernels::gemm(dtype_of<TestType>, false, false, m, n, k, a.data(), b.data(), c.data(), &epilogue);
    };
    {
      const Threads threads(1);
      multiply(one);
    }
    for (int count : {2, 3, 8}) {
      const Threads threads(count);
      multiply(several);
      CHECK(one == several);
    }
    double largest_error = 0;
    for (int64_t i = 0; i < m; i += 17)
      for (int64_t j = 0; j < n; ++j) {
        double sum = bias[static_cast<size_t>(j)];
        for (int64_t s = 0; s < k; ++s)
          sum += static_cast<double>(a[static_cast<size_t>(i * k + s)]) * b[static_cast<size_t>(s * n + j)];
        const double error = std::abs(std::max(sum, 0.0) - static_cast<double>(one[static_cast<size_t>(i * n + j)]));
        largest_error = std::max(largest_error, error);
      }
    CHECK(largest_error < 4 * static_cast<double>(k) * std::numeric_limits<TestType>::epsilon());
  }
}

TEST_CASE("gemm_batched walks over batches and broadcasts them", "[kernels][gemm]") {
  const int64_t m = 3, n = 4, k = 5;
  const Shape batch{2, 3};
  const auto a = random_values<float>(6 * m * k, 3), b = random_values<float>(6 * k * n, 4);
  struct Case {
    int64_t a_strides[2], b_strides[2];
  };
  const int64_t x = m * k, y = k * n;
  for (const Case& example : {Case{{3 * x, x}, {3 * y, y}}, Case{{3 * x, x}, {0, 0}}, Case{{0, 0}, {3 * y, y}},
                              Case{{0, x}, {y, 0}}, Case{{x, 0}, {0, y}}})
    for (bool transpose_a : {false, true})
      for (bool transpose_b : {false, true}) {
        std::vector<float> c(static_cast<size_t>(6 * m * n));
        kernels::gemm_batched(float32, transpose_a, transpose_b, m, n, k, batch, a.data(), example.a_strides, b.data(),
                              example.b_strides, c.data());
        for (int64_t i = 0; i < 2; ++i)
          for (int64_t j = 0; j < 3; ++j) {
            const auto expected =
                naive(transpose_a, transpose_b, m, n, k, a.data() + i * example.a_strides[0] + j * example.a_strides[1],
                      b.data() + i * example.b_strides[0] + j * example.b_strides[1]);
            const auto first = c.begin() + (i * 3 + j) * m * n;
            CHECK(std::vector<float>(first, first + m * n) == expected);
          }
      }
}

TEST_CASE("gemm_batched takes an epilogue, accumulates, and does nothing for an empty batch", "[kernels][gemm]") {
  const std::vector<double> a{1, 2, 3, 4}, b{10, 20}, bias{1, -100};
  std::vector<double> c(8);
  const int64_t a_strides[] = {2}, b_strides[] = {0};
  const Epilogue epilogue{.bias = bias.data(), .activation = Activation::relu};
  kernels::gemm_batched(float64, true, false, 2, 2, 1, {2}, a.data(), a_strides, b.data(), b_strides, c.data(),
                        &epilogue);
  CHECK(c == std::vector<double>{11, 0, 21, 0, 31, 0, 41, 0});
  std::vector<double> wide(8, 1);
  kernels::gemm_batched(float64, true, false, 2, 2, 1, {2}, a.data(), a_strides, b.data(), b_strides, wide.data(),
                        nullptr, true);
  CHECK(wide == std::vector<double>{11, 21, 21, 41, 31, 61, 41, 81});
  kernels::gemm_batched(float64, false, false, 2, 2, 1, {0}, nullptr, a_strides, nullptr, b_strides, nullptr);
}
