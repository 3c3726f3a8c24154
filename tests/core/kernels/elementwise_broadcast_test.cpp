#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "core/kernels/for_each_isa.h"
#include <cornu/core/kernels/elementwise.h>

using namespace cornu;
using namespace cornu::kernels;

namespace {

// Where the element at a place of a broadcast result lies in an operand.
int64_t offset(const Shape& shape, const Shape& out_shape, int64_t place) {
  int64_t result = 0, stride = 1;
  for (int axis = shape.rank() - 1, out_axis = out_shape.rank() - 1; axis >= 0; --axis, --out_axis) {
    if (shape[axis] != 1) result += place % out_shape[out_axis] * stride;
    place /= out_shape[out_axis];
    stride *= shape[axis];
  }
  return result;
}

// The index loop that broadcasting means.
template <class R, class T, class F>
std::vector<R> naive(const F& f, const std::vector<T>& a, const Shape& a_shape, const std::vector<T>& b,
                     const Shape& b_shape, const Shape& out_shape) {
  std::vector<R> out(out_shape.size());
  for (size_t i = 0; i < out.size(); ++i) {
    const auto place = static_cast<int64_t>(i);
    out[i] = f(a[offset(a_shape, out_shape, place)], b[offset(b_shape, out_shape, place)]);
  }
  return out;
}

template <class T>
std::vector<T> numbers(int64_t n, int from) {
  std::vector<T> values(n);
  for (int64_t i = 0; i < n; ++i) values[i] = static_cast<T>((i * 7 + from) % 23 + 1);
  return values;
}

template <class T>
void check_broadcast(const Shape& a_shape, const Shape& b_shape) {
  const Shape out_shape = broadcast_shapes(a_shape, b_shape, "test");
  const std::vector<T> a = numbers<T>(a_shape.size(), 3), b = numbers<T>(b_shape.size(), 11);
  INFO(a_shape << " with " << b_shape << " of " << dtype_of<T>);
  std::vector<T> out(out_shape.size());
  REQUIRE(run_binary(*find_binary("Sub"), dtype_of<T>, a.data(), a_shape, b.data(), b_shape, out.data(), out_shape) ==
          Fault::none);
  CHECK(out == naive<T>([](T x, T y) { return static_cast<T>(x - y); }, a, a_shape, b, b_shape, out_shape));
  std::vector<uint8_t> less(out_shape.size());
  REQUIRE(run_binary(*find_binary("Less"), dtype_of<T>, a.data(), a_shape, b.data(), b_shape, less.data(), out_shape) ==
          Fault::none);
  CHECK(less == naive<uint8_t>([](T x, T y) { return x < y; }, a, a_shape, b, b_shape, out_shape));
}

}  // namespace

TEST_CASE("binary operations broadcast as NumPy does") {
  const std::vector<std::pair<Shape, Shape>> shapes = {
      {{}, {}},
      {{5}, {}},
      {{}, {7}},
      {{1}, {1, 1, 1}},
      {{3}, {1, 3}},
      {{37}, {37}},
      {{4, 5}, {5}},
      {{4, 5}, {4, 1}},
      {{4, 1}, {1, 5}},
      {{3, 100}, {100}},
      {{3, 100}, {3, 1}},
      {{3, 1}, {1, 100}},
      {{2, 3, 4}, {3, 1}},
      {{2, 3, 4}, {2, 1, 4}},
      {{2, 3, 4}, {2, 1, 1}},
      {{2, 1, 4, 1}, {3, 1, 5}},
      {{700, 3}, {3}},
      {{700, 3}, {700, 1}},
      {{1, 700, 3}, {50, 1, 3}},
      {{0, 3}, {3}},
      {{3, 0}, {1}},
      {{2, 3, 1, 5, 1, 2}, {1, 4, 1, 3, 2}},
      {{300, 1, 2}, {1, 400, 1}},
      {{2, 64, 3, 65}, {64, 1, 65}},
      {{200000}, {200000}},
      {{200000}, {1}},
      {{400, 500}, {500}},
      {{400, 500}, {400, 1}},
  };
  for_each_isa([&] {
    for (const auto& [a, b] : shapes) {
      check_broadcast<uint8_t>(a, b);
      check_broadcast<int32_t>(a, b);
      check_broadcast<int64_t>(b, a);
      check_broadcast<float>(a, b);
      check_broadcast<double>(b, a);
    }
  });
}
