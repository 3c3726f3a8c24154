#include <vector>

#include <catch2/catch.hpp>

#include "core/kernels/first_failure.h"
#include "core/kernels/for_each_isa.h"
#include <cornu/core/kernels/select.h>

using namespace cornu;
using namespace cornu::kernels;

namespace {

int64_t offset(const Shape& shape, const Shape& out, int64_t element) {
  int64_t result = 0, scale = 1;
  for (int back = 1; back <= out.rank(); ++back) {
    const int64_t extent = out[out.rank() - back];
    if (back <= shape.rank()) {
      const int64_t own = shape[shape.rank() - back];
      result += (own == 1 ? 0 : element % extent) * scale;
      scale *= own;
    }
    element /= extent;
  }
  return result;
}

template <class T>
void check(const Shape& condition_shape, const Shape& a_shape, const Shape& b_shape) {
  const Shape out_shape = broadcast_shapes(condition_shape, broadcast_shapes(a_shape, b_shape, "test"), "test");
  std::vector<uint8_t> condition(condition_shape.size());
  std::vector<T> a(a_shape.size()), b(b_shape.size()), out(out_shape.size());
  for (size_t i = 0; i < condition.size(); ++i) condition[i] = i * 7 % 3 == 1;
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<T>(i % 100 + 1);
  for (size_t i = 0; i < b.size(); ++i) b[i] = static_cast<T>(i % 100 + 120);
  kernels::select(dtype_of<T>, reinterpret_cast<const bool*>(condition.data()), condition_shape, a.data(), a_shape,
                  b.data(), b_shape, out.data(), out_shape);
  INFO(dtype_of<T> << " " << condition_shape << a_shape << b_shape);
  const size_t at = first_failure(out.size(), [&](size_t i) {
    const T expected = condition[offset(condition_shape, out_shape, i)] ? a[offset(a_shape, out_shape, i)]
                                                                        : b[offset(b_shape, out_shape, i)];
    return out[i] == expected;
  });
  CHECK(at == out.size());
}

}  // namespace

TEST_CASE("select takes elements of either side, with broadcasting") {
  const std::vector<std::vector<Shape>> cases = {
      {{}, {}, {}},
      {{5}, {5}, {5}},
      {{37}, {}, {37}},
      {{37}, {37}, {}},
      {{37}, {}, {}},
      {{}, {37}, {37}},
      {{3, 1}, {1, 4}, {}},
      {{4}, {3, 4}, {3, 1}},
      {{2, 1, 3}, {5, 1}, {2, 5, 3}},
      {{0, 3}, {3}, {1}},
      {{300, 500}, {500}, {300, 1}},
      {{200000}, {200000}, {1}},
  };
  for_each_isa([&] {
    for (const auto& shapes : cases) {
      check<uint8_t>(shapes[0], shapes[1], shapes[2]);
      check<int32_t>(shapes[0], shapes[1], shapes[2]);
      check<int64_t>(shapes[0], shapes[1], shapes[2]);
      check<float>(shapes[0], shapes[1], shapes[2]);
      check<double>(shapes[0], shapes[1], shapes[2]);
    }
  });
}
