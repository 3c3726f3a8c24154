#include <algorithm>
#include <numeric>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/kernels/movement.h>

using namespace cornu;
using kernels::Along;

namespace {

template <class T>
std::vector<T> counting(int64_t count) {
  std::vector<T> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i * 7 + 1);
  return values;
}

/// The definition, index by index.
template <class T>
std::vector<T> naive(const T* in, const std::vector<int64_t>& strides, const std::vector<int64_t>& extents) {
  std::vector<T> out;
  const int64_t size = std::accumulate(extents.begin(), extents.end(), int64_t{1}, std::multiplies<>());
  for (int64_t i = 0; i < size; ++i) {
    int64_t rest = i, offset = 0;
    for (size_t axis = extents.size(); axis-- > 0;) {
      offset += rest % extents[axis] * strides[axis];
      rest /= extents[axis];
    }
    out.push_back(in[offset]);
  }
  return out;
}

template <class T>
void check(const std::vector<T>& in, int64_t first, const std::vector<int64_t>& strides,
           const std::vector<int64_t>& extents) {
  const auto expected = naive(in.data() + first, strides, extents);
  std::vector<T> out(expected.size(), T(0));
  kernels::copy_strided(sizeof(T), in.data() + first, strides.data(), extents, out.data());
  CHECK(out == expected);
}

}  // namespace

TEMPLATE_TEST_CASE("copy_strided is the definition", "[kernels][movement]", uint8_t, uint16_t, uint32_t, uint64_t) {
  const auto in = counting<TestType>(4 * 40 * 50 * 3);
  SECTION("transposes") {
    check(in, 0, {1, 50}, {50, 40});
    check(in, 0, {1, 3}, {3, 4});
    check(in, 0, {1, 160}, {160, 150});
    check(in, 0, {1, 7}, {7, 3000});
    check(in, 0, {2000, 1, 50}, {4, 50, 40});
    check(in, 0, {1, 50, 2000}, {50, 40, 4});
    check(in, 0, {50, 2000, 1}, {40, 4, 50});
    check(in, 0, {3, 150, 1, 6000}, {50, 40, 3, 4});
    check(in, 0, {3, 1, 6000, 150}, {50, 3, 4, 40});
  }
  SECTION("steps and negative strides") {
    check(in, 0, {100, 2}, {20, 25});
    check(in, 1, {150, 3}, {20, 16});
    check(in, 49, {50, -1}, {40, 50});
    check(in, 39 * 50 + 49, {-50, -1}, {40, 50});
    check(in, 49, {-1, 50}, {50, 40});
    check(in, 23999, {-1}, {24000});
  }
  SECTION("broadcast axes") {
    check(in, 0, {0, 1}, {7, 50});
    check(in, 0, {1, 0}, {50, 9});
    check(in, 5, {0, 0}, {4, 5});
    check(in, 0, {0, 1, 0, 50}, {2, 50, 3, 6});
  }
  SECTION("contiguous, single and empty") {
    check(in, 0, {6000, 150, 3, 1}, {4, 40, 50, 3});
    check(in, 7, {}, {});
    check(in, 7, {5, 9}, {1, 1});
    check(in, 0, {1, 50}, {0, 40});
  }
}

TEST_CASE("copy_strided of more than a thread's share", "[kernels][movement]") {
  const auto in = counting<uint32_t>(1030 * 1100);
  check(in, 0, {1, 1100}, {1100, 1030});
  check(in, 0, {1100, 1}, {1030, 1100});
  check(in, 0, {2200, 2}, {515, 550});
  check(in, 1030 * 1100 - 1, {-1}, {1030 * 1100});
  check(in, 0, {0, 1}, {300, 1100});
}

TEST_CASE("write_strided puts a block into a larger array", "[kernels][movement]") {
  const std::vector<float> block{1, 2, 3, 4, 5, 6};
  std::vector<float> out(20, 0);
  const int64_t extents[] = {2, 3}, strides[] = {5, 1};
  kernels::write_strided(4, block.data(), extents, out.data() + 6, strides);
  CHECK(out == std::vector<float>{0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0});
  std::vector<float> spread(12, 0);
  const int64_t steps[] = {6, 2};
  kernels::write_strided(4, block.data(), extents, spread.data(), steps);
  CHECK(spread == std::vector<float>{1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0});
  const int64_t backwards[] = {-3, -1};
  std::vector<float> reversed(6, 0);
  kernels::write_strided(4, block.data(), extents, reversed.data() + 5, backwards);
  CHECK(reversed == std::vector<float>{6, 5, 4, 3, 2, 1});
}

TEMPLATE_TEST_CASE("write_strided transposes into a larger array", "[kernels][movement]", uint8_t, float, double) {
  const int64_t batches = 2, rows = 37, columns = 50, offset = 3, width = 45;
  std::vector<TestType> in(static_cast<size_t>(batches * rows * columns));
  for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<TestType>(i % 251);
  const auto size = static_cast<size_t>(batches * columns * width);
  std::vector<TestType> out(size, 7), expected(size, 7);
  for (int64_t b = 0; b < batches; ++b)
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < columns; ++c)
        expected[static_cast<size_t>((b * columns + c) * width + r + offset)] =
            in[static_cast<size_t>((b * rows + r) * columns + c)];
  const int64_t extents[] = {batches, rows, columns}, strides[] = {columns * width, 1, width};
  kernels::write_strided(sizeof(TestType), in.data(), extents, out.data() + offset, strides);
  CHECK(out == expected);
}

TEST_CASE("fill", "[kernels][movement]") {
  std::vector<double> out(5, 1);
  const double value = 2.5;
  kernels::fill(8, &value, out.data(), 4);
  CHECK(out == std::vector<double>{2.5, 2.5, 2.5, 2.5, 1});
  kernels::fill(8, &value, out.data() + 4, 1);
  CHECK(out.back() == 2.5);
  kernels::fill(8, &value, nullptr, 0);
}

TEST_CASE("tile", "[kernels][movement]") {
  const std::vector<int32_t> in{1, 2, 3, 4};
  const int64_t extents[] = {2, 2}, multiples[] = {2, 3};
  std::vector<int32_t> out(24);
  kernels::tile(4, in.data(), extents, multiples, out.data());
  CHECK(out == std::vector<int32_t>{1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4, 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4});
  const int64_t eight[] = {1, 1, 2, 1, 1, 1, 2, 1}, twice[] = {1, 2, 1, 2, 1, 2, 1, 2};
  std::vector<int32_t> wide(4 * 16);
  kernels::tile(4, in.data(), eight, twice, wide.data());
  CHECK(std::count(wide.begin(), wide.end(), 3) == 16);
}

TEST_CASE("roll", "[kernels][movement]") {
  const std::vector<int32_t> in{1, 2, 3, 4, 5, 6};
  std::vector<int32_t> out(6);
  kernels::roll(4, in.data(), Along(1, 6, 1), 2, out.data());
  CHECK(out == std::vector<int32_t>{5, 6, 1, 2, 3, 4});
  kernels::roll(4, in.data(), Along(2, 3, 1), -1, out.data());
  CHECK(out == std::vector<int32_t>{2, 3, 1, 5, 6, 4});
  kernels::roll(4, in.data(), Along(1, 3, 2), 7, out.data());
  CHECK(out == std::vector<int32_t>{5, 6, 1, 2, 3, 4});
  kernels::roll(4, in.data(), Along(1, 3, 2), 0, out.data());
  CHECK(out == in);
  kernels::roll(4, nullptr, Along(1, 0, 2), 3, nullptr);
}
