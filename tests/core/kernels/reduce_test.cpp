#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/kernels/first_failure.h"
#include "core/kernels/for_each_isa.h"
#include <cornu/core/error.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/reduce.h>

using namespace cornu;
using namespace cornu::kernels;

namespace {

// Reduction by an index loop in long double.
template <class T>
std::vector<long double> naive(Reduction reduction, const std::vector<T>& in, const Shape& shape, uint32_t mask) {
  int64_t kept = 1;
  for (int axis = 0; axis < shape.rank(); ++axis) kept *= mask >> axis & 1 ? 1 : shape[axis];
  const long double start[] = {
      0, 1, -std::numeric_limits<long double>::infinity(), std::numeric_limits<long double>::infinity(), 1, 0};
  std::vector<long double> out(kept, start[static_cast<int>(reduction)]);
  for (int64_t i = 0; i < shape.size(); ++i) {
    int64_t rest = i, at = 0, scale = 1;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      if (!(mask >> axis & 1)) {
        at += rest % shape[axis] * scale;
        scale *= shape[axis];
      }
      rest /= shape[axis];
    }
    const long double value = in[i];
    if (reduction == Reduction::sum) out[at] += value;
    if (reduction == Reduction::prod) out[at] *= value;
    if (reduction == Reduction::max || reduction == Reduction::any) out[at] = std::max(out[at], value);
    if (reduction == Reduction::min || reduction == Reduction::all) out[at] = std::min(out[at], value);
  }
  return out;
}

template <class T>
std::vector<T> run(Reduction reduction, const std::vector<T>& in, const Shape& shape, uint32_t mask) {
  int64_t kept = 1;
  for (int axis = 0; axis < shape.rank(); ++axis) kept *= mask >> axis & 1 ? 1 : shape[axis];
  std::vector<T> out(kept, T(77));
  reduce(reduction, dtype_of<T>, in.data(), shape, mask, out.data());
  return out;
}

template <class T>
void check(Reduction reduction, const Shape& shape, uint32_t mask) {
  std::vector<T> in(shape.size());
  uint32_t state = 12345;
  for (T& value : in) {
    state = state * 1664525u + 1013904223u;
    const int draw = static_cast<int>(state >> 16) % 9;
    if (std::is_integral_v<T>) {
      value = reduction == Reduction::prod ? static_cast<T>(draw == 0 ? 2 : 1) : static_cast<T>(draw);
    } else {
      value = static_cast<T>(reduction == Reduction::prod ? std::exp2((draw - 4) / 8.0) : 0.37 * draw - 1);
    }
  }
  const std::vector<T> out = run(reduction, in, shape, mask);
  const std::vector<long double> expected = naive(reduction, in, shape, mask);
  INFO("reduction " << static_cast<int>(reduction) << " of " << dtype_of<T> << shape << ", mask " << mask);
  REQUIRE(out.size() == expected.size());
  const int64_t count = out.empty() ? 0 : shape.size() / static_cast<int64_t>(out.size());
  const size_t at = first_failure(out.size(), [&](size_t i) {
    if constexpr (std::is_integral_v<T>) {
      if (std::fabs(expected[i]) >= 1e18L) return true;
      return out[i] == static_cast<T>(static_cast<uint64_t>(static_cast<int64_t>(expected[i])));
    } else if (reduction == Reduction::sum || reduction == Reduction::prod) {
      const long double n = static_cast<long double>(count), size = std::fabs(expected[i]);
      const long double units = reduction == Reduction::sum ? 32 + 8 * std::sqrt(n) + 16 * size : (n + 8) * size;
      const long double tolerance = std::numeric_limits<T>::epsilon() * units;
      return std::fabs(out[i] - expected[i]) <= tolerance;
    } else {
      return out[i] == static_cast<T>(expected[i]);
    }
  });
  if (at < out.size()) FAIL("element " << at << ": " << out[at] << ", expected " << expected[at]);
}

}  // namespace

TEST_CASE("reductions over any axes agree with an index loop") {
  const std::vector<Shape> shapes = {{},          {1},       {7},          {100},           {3, 5},
                                     {50, 100},   {100, 50}, {1000, 3},    {3, 1000},       {4, 5, 6},
                                     {2, 70, 33}, {5, 1, 9}, {2, 3, 4, 5}, {3, 2, 4, 3, 2}, {2, 2, 3, 2, 2, 3}};
  for_each_isa([&] {
    for (const Shape& shape : shapes) {
      for (uint32_t mask = 0; mask < (1u << shape.rank()); ++mask) {
        for (const Reduction reduction : {Reduction::sum, Reduction::prod, Reduction::max, Reduction::min}) {
          check<float>(reduction, shape, mask);
          check<double>(reduction, shape, mask);
          check<int32_t>(reduction, shape, mask);
        }
        check<uint8_t>(Reduction::max, shape, mask);
        check<uint8_t>(Reduction::sum, shape, mask);
        check<int64_t>(Reduction::sum, shape, mask);
      }
    }
  });
}

TEST_CASE("large reductions agree with an index loop and do not depend on the number of threads") {
  const int threads = num_threads();
  for_each_isa([&] {
    for (const auto& [shape, mask] : std::vector<std::pair<Shape, uint32_t>>{{{300001}, 1},
                                                                             {{3, 200001}, 2},
                                                                             {{200001, 3}, 1},
                                                                             {{500, 1100}, 1},
                                                                             {{500, 1100}, 2},
                                                                             {{40, 80, 120}, 2},
                                                                             {{40, 80, 120}, 5},
                                                                             {{40, 80, 120}, 3}}) {
      check<float>(Reduction::sum, shape, mask);
      check<double>(Reduction::sum, shape, mask);
      check<float>(Reduction::max, shape, mask);
      check<int32_t>(Reduction::min, shape, mask);
      std::vector<float> in(shape.size());
      for (size_t i = 0; i < in.size(); ++i) in[i] = std::sin(static_cast<float>(i));
      set_num_threads(1);
      const std::vector<float> one = run(Reduction::sum, in, shape, mask);
      set_num_threads(3);
      CHECK(run(Reduction::sum, in, shape, mask) == one);
      set_num_threads(threads);
    }
  });
}

TEST_CASE("a long sum keeps its digits") {
  for_each_isa([] {
    const std::vector<float> tenths(10000000, 0.1f);
    const double exact = 0.1f * 1e7;
    CHECK(run(Reduction::sum, tenths, {10000000}, 1)[0] == Approx(exact).epsilon(5e-7));
    CHECK(run(Reduction::sum, tenths, {5000000, 2}, 1)[0] == Approx(exact / 2).epsilon(2e-5));
    const std::vector<double> fine(1000000, 0.1);
    CHECK(run(Reduction::sum, fine, {1000000}, 1)[0] == Approx(1e5).epsilon(1e-14));
  });
}

TEST_CASE("maximum and minimum are NaN where an element is, wherever it stands") {
  for_each_isa([] {
    for (int64_t n : {1, 5, 16, 37, 300}) {
      for (int64_t at = 0; at < n; ++at) {
        std::vector<float> in(n, 1.0f);
        in[at] = std::numeric_limits<float>::quiet_NaN();
        CHECK(std::isnan(run(Reduction::max, in, {n}, 1)[0]));
        CHECK(std::isnan(run(Reduction::min, in, {n}, 1)[0]));
        CHECK(std::isnan(run(Reduction::sum, in, {n}, 1)[0]));
        CHECK(std::isnan(run(Reduction::max, in, {n, 1}, 1)[0]));
      }
    }
    const float inf = std::numeric_limits<float>::infinity();
    CHECK(run<float>(Reduction::max, {-inf, -inf}, {2}, 1)[0] == -inf);
    CHECK(run<float>(Reduction::sum, std::vector<float>(9000, inf), {9000}, 1)[0] == inf);
    CHECK(run<double>(Reduction::sum, std::vector<double>(9000, inf), {9000}, 1)[0] == inf);
  });
}

TEST_CASE("over no elements the result is the neutral element") {
  const float inf = std::numeric_limits<float>::infinity();
  CHECK(run<float>(Reduction::sum, {}, {0, 2}, 1) == std::vector<float>{0, 0});
  CHECK(run<float>(Reduction::prod, {}, {2, 0}, 2) == std::vector<float>{1, 1});
  CHECK(run<float>(Reduction::max, {}, {0}, 1) == std::vector<float>{-inf});
  CHECK(run<float>(Reduction::min, {}, {0}, 1) == std::vector<float>{inf});
  CHECK(run<float>(Reduction::sum, {}, {0, 2}, 2).empty());
  CHECK(run<int32_t>(Reduction::max, {}, {0}, 1)[0] == std::numeric_limits<int32_t>::lowest());
}

TEST_CASE("all and any of booleans; unsupported dtypes are refused") {
  const uint8_t in[] = {1, 1, 0, 1, 0, 0};
  for_each_isa([&] {
    uint8_t out[3];
    reduce(Reduction::all, boolean, in, {3, 2}, 2, out);
    CHECK(std::vector<uint8_t>(out, out + 3) == std::vector<uint8_t>{1, 0, 0});
    reduce(Reduction::any, boolean, in, {3, 2}, 2, out);
    CHECK(std::vector<uint8_t>(out, out + 3) == std::vector<uint8_t>{1, 1, 0});
    reduce(Reduction::any, boolean, in, {2, 3}, 1, out);
    CHECK(std::vector<uint8_t>(out, out + 3) == std::vector<uint8_t>{1, 1, 0});
    reduce(Reduction::all, boolean, in, {0}, 1, out);
    CHECK(out[0] == 1);
    reduce(Reduction::any, boolean, in, {0}, 1, out);
    CHECK(out[0] == 0);
    CHECK_THROWS_AS(reduce(Reduction::sum, boolean, in, {6}, 1, out), DTypeError);
    CHECK_THROWS_AS(reduce(Reduction::all, uint8, in, {6}, 1, out), DTypeError);
  });
  CHECK(supports(Reduction::sum, int64));
  CHECK_FALSE(supports(Reduction::prod, boolean));
}

TEST_CASE("arg_reduce gives the first extreme, and NaN is one") {
  for_each_isa([] {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> in = {1, 5, 5, 2, nan, 9, nan, 0, -1, -1, -2, -2};
    int64_t out[4];
    arg_reduce(true, float32, in.data(), 3, 4, 1, out);
    CHECK(std::vector<int64_t>(out, out + 3) == std::vector<int64_t>{1, 0, 0});
    arg_reduce(false, float32, in.data(), 3, 4, 1, out);
    CHECK(std::vector<int64_t>(out, out + 3) == std::vector<int64_t>{0, 0, 2});
    arg_reduce(true, float32, in.data(), 1, 3, 4, out);
    CHECK(std::vector<int64_t>(out, out + 4) == std::vector<int64_t>{1, 1, 1, 3 - 3});
    arg_reduce(false, float32, in.data(), 1, 3, 4, out);
    CHECK(std::vector<int64_t>(out, out + 4) == std::vector<int64_t>{1, 2, 1, 2});
    const std::vector<int64_t> numbers = {3, 1, 4, 1, 5, 9};
    arg_reduce(true, int64, numbers.data(), 1, 6, 1, out);
    CHECK(out[0] == 5);
    arg_reduce(false, int64, numbers.data(), 1, 6, 1, out);
    CHECK(out[0] == 1);
  });
}
