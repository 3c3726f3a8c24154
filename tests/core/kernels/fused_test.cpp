#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include <catch2/catch.hpp>

#include "core/kernels/for_each_isa.h"
#include <cornu/core/kernels/fused.h>
#include <cornu/core/kernels/parallel.h>

using namespace cornu;
using namespace cornu::kernels;

namespace {

std::vector<float> numbers(int64_t count, uint32_t seed) {
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    values.push_back(static_cast<float>(seed >> 8) / (1 << 22) - 2.f);
  }
  return values;
}

/// tanh(a * b + c) where a < b, else c, one step after the other over all elements.
std::vector<float> step_by_step(const std::vector<float>& a, const Shape& a_shape, const std::vector<float>& b,
                                const Shape& b_shape, const std::vector<float>& c, const Shape& c_shape,
                                const Shape& shape) {
  const auto n = static_cast<size_t>(shape.size());
  std::vector<float> product(n), sum(n), curve(n), result(n);
  std::vector<uint8_t> less(n);
  const auto binary = [&](const char* name, const void* x, const Shape& x_shape, const void* y, const Shape& y_shape,
                          void* out) {
    REQUIRE(run_binary(*find_binary(name), DType::float32, x, x_shape, y, y_shape, out, shape) == Fault::none);
  };
  binary("Mul", a.data(), a_shape, b.data(), b_shape, product.data());
  binary("Add", product.data(), shape, c.data(), c_shape, sum.data());
  run_unary(*find_unary("Tanh"), DType::float32, sum.data(), curve.data(), shape.size());
  binary("Less", a.data(), a_shape, b.data(), b_shape, less.data());
  select(DType::float32, reinterpret_cast<const bool*>(less.data()), shape, curve.data(), shape, c.data(), c_shape,
         result.data(), shape);
  return result;
}

FusedProgram make_program() {
  FusedProgram program({DType::float32, DType::float32, DType::float32});
  const int32_t product = program.add(*find_binary("Mul"), 0, 1);
  const int32_t curve = program.add(*find_unary("Tanh"), program.add(*find_binary("Add"), product, 2));
  program.add_select(program.add(*find_binary("Less"), 0, 1), curve, 2);
  REQUIRE(program.finish());
  return program;
}

bool is_identical(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

struct Shapes {
  Shape a, b, c, out;
};

const std::vector<Shapes> cases = {
    {{7}, {7}, {7}, {7}},
    {{}, {}, {}, {}},
    {{1, 1}, {1}, {}, {1, 1}},
    {{5000}, {1}, {5000}, {5000}},
    {{300, 7}, {7}, {300, 1}, {300, 7}},
    {{7}, {300, 7}, {}, {300, 7}},
    {{3, 5000}, {5000}, {3, 1}, {3, 5000}},
    {{4, 5, 6}, {5, 1}, {4, 1, 6}, {4, 5, 6}},
    {{40, 1, 90}, {50, 1}, {90}, {40, 50, 90}},
    {{200, 700}, {200, 700}, {700}, {200, 700}},
    {{0, 3}, {3}, {1}, {0, 3}},
    {{1200001}, {1}, {1200001}, {1200001}},  // more than caches hold
    {{18000, 70}, {70}, {18000, 1}, {18000, 70}},
};

}  // namespace

TEST_CASE("a program gives the bits of its steps, however the inputs are broadcast") {
  for_each_isa([] {
    const FusedProgram program = make_program();
    for (const Shapes& shapes : cases) {
      INFO(shapes.a << " " << shapes.b << " " << shapes.c);
      const std::vector<float> a = numbers(shapes.a.size(), 1), b = numbers(shapes.b.size(), 2),
                               c = numbers(shapes.c.size(), 3);
      const FusedProgram::Input inputs[] = {{a.data(), &shapes.a}, {b.data(), &shapes.b}, {c.data(), &shapes.c}};
      std::vector<float> out(static_cast<size_t>(shapes.out.size()));
      program.run(inputs, shapes.out, out.data());
      CHECK(is_identical(out, step_by_step(a, shapes.a, b, shapes.b, c, shapes.c, shapes.out)));
    }
  });
}

TEST_CASE("steps on one input take what is broadcast") {
  for_each_isa([] {
    FusedProgram program({DType::float32, DType::float32, DType::float32});
    const int32_t curves[] = {program.add(*find_unary("Tanh"), 0), program.add(*find_unary("Neg"), 1),
                              program.add_cast(program.add_cast(2, DType::int32), DType::float32)};
    program.add(*find_binary("Add"), program.add(*find_binary("Mul"), curves[0], curves[1]), curves[2]);
    REQUIRE(program.finish());
    for (const Shapes& shapes : cases) {
      INFO(shapes.a << " " << shapes.b << " " << shapes.c);
      const std::vector<float> a = numbers(shapes.a.size(), 1), b = numbers(shapes.b.size(), 2),
                               c = numbers(shapes.c.size(), 3);
      const FusedProgram::Input inputs[] = {{a.data(), &shapes.a}, {b.data(), &shapes.b}, {c.data(), &shapes.c}};
      std::vector<float> out(static_cast<size_t>(shapes.out.size())), expected(out.size());
      program.run(inputs, shapes.out, out.data());
      std::vector<float> curve(a.size()), negative(b.size()), whole(c.size()), product(out.size());
      run_unary(*find_unary("Tanh"), DType::float32, a.data(), curve.data(), shapes.a.size());
      std::transform(b.begin(), b.end(), negative.begin(), [](float x) { return -x; });
      std::transform(c.begin(), c.end(), whole.begin(), [](float x) { return std::trunc(x); });
      REQUIRE(run_binary(*find_binary("Mul"), DType::float32, curve.data(), shapes.a, negative.data(), shapes.b,
                         product.data(), shapes.out) == Fault::none);
      REQUIRE(run_binary(*find_binary("Add"), DType::float32, product.data(), shapes.out, whole.data(), shapes.c,
                         expected.data(), shapes.out) == Fault::none);
      CHECK(out == expected);
    }
  });
}

TEST_CASE("the result may be where an input of its shape is") {
  const FusedProgram program = make_program();
  const Shape shape = {300, 70}, row = {70};
  std::vector<float> a = numbers(shape.size(), 1);
  const std::vector<float> b = numbers(70, 2), c = numbers(shape.size(), 3);
  const std::vector<float> expected = step_by_step(a, shape, b, row, c, shape, shape);
  const FusedProgram::Input inputs[] = {{a.data(), &shape}, {b.data(), &row}, {c.data(), &shape}};
  program.run(inputs, shape, a.data());
  CHECK(is_identical(a, expected));
}

TEST_CASE("a reduction behind the steps has the bits of one over all elements, for any number of threads") {
  const int threads = num_threads();
  for_each_isa([] {
    const FusedProgram program = make_program();
    for (const Shapes& shapes : cases) {
      const std::vector<float> a = numbers(shapes.a.size(), 1), b = numbers(shapes.b.size(), 2),
                               c = numbers(shapes.c.size(), 3);
      const FusedProgram::Input inputs[] = {{a.data(), &shapes.a}, {b.data(), &shapes.b}, {c.data(), &shapes.c}};
      const std::vector<float> whole = step_by_step(a, shapes.a, b, shapes.b, c, shapes.c, shapes.out);
      for (int axes = 1; axes <= shapes.out.rank(); ++axes) {
        INFO(shapes.a << " " << shapes.b << " " << shapes.c << ", the last " << axes << " axes");
        const int kept = shapes.out.rank() - axes;
        const auto size = static_cast<size_t>(shapes.out.size_between(0, kept));
        std::vector<float> expected(size), received(size);
        reduce(Reduction::sum, DType::float32, whole.data(), shapes.out, ((1u << axes) - 1) << kept, expected.data());
        for (const int count : {1, 2, 3}) {
          set_num_threads(count);
          program.run(inputs, shapes.out, Reduction::sum, axes, received.data());
          CHECK(is_identical(received, expected));
        }
      }
    }
  });
  set_num_threads(threads);
}

TEST_CASE("long reductions are cut where reduce() cuts them") {
  FusedProgram program({DType::float64});
  program.add(*find_binary("Mul"), program.add(*find_unary("Square"), 0), 0);
  REQUIRE(program.finish());
  for (const Shape& shape : {Shape{1000003}, Shape{3, 200001}, Shape{20, 140000}}) {
    INFO(shape);
    std::vector<double> x, cube;
    for (const float value : numbers(shape.size(), 5)) x.push_back(static_cast<double>(value) / 3);
    for (const double value : x) cube.push_back(value * value * value);
    const FusedProgram::Input input[] = {{x.data(), &shape}};
    const auto rows = static_cast<size_t>(shape.size_between(0, shape.rank() - 1));
    std::vector<double> expected(rows), received(rows);
    reduce(Reduction::sum, DType::float64, cube.data(), shape, 1u << (shape.rank() - 1), expected.data());
    program.run(input, shape, Reduction::sum, 1, received.data());
    CHECK(received == expected);
  }
}

TEST_CASE("dtypes change along the way") {
  FusedProgram program({DType::int64, DType::uint8});
  const int32_t wide = program.add_cast(1, DType::float64);
  const int32_t product = program.add(*find_binary("Mul"), program.add_cast(0, DType::float64), wide);
  program.add_cast(program.add(*find_unary("Neg"), product), DType::int32);
  REQUIRE(program.finish());
  CHECK(program.result() == DType::int32);
  const Shape shape = {5};
  const std::array<int64_t, 5> a = {1, -2, 3, -4, 5};
  const std::array<uint8_t, 5> b = {1, 2, 3, 4, 250};
  const FusedProgram::Input inputs[] = {{a.data(), &shape}, {b.data(), &shape}};
  std::array<int32_t, 5> out;
  program.run(inputs, shape, out.data());
  CHECK(out == std::array<int32_t, 5>{-1, 4, -9, 16, -1250});
}

TEST_CASE("a value is kept until its last use; too many at once are refused") {
  const Shape shape = {100};
  const std::vector<float> x = numbers(100, 1);
  const FusedProgram::Input input[] = {{x.data(), &shape}};
  for (const int values : {3, FusedProgram::max_slots, FusedProgram::max_slots + 1}) {
    FusedProgram program({DType::float32});
    std::vector<int32_t> kept;
    for (int i = 0; i < values; ++i) kept.push_back(program.add(*find_binary("Add"), i == 0 ? 0 : kept.back(), 0));
    int32_t sum = kept[0];
    for (int i = 1; i < values; ++i) sum = program.add(*find_binary("Add"), sum, kept[static_cast<size_t>(i)]);
    REQUIRE(program.finish() == (values <= FusedProgram::max_slots));
    if (values > FusedProgram::max_slots) continue;
    std::vector<float> out(100);
    program.run(input, shape, out.data());  // 2 x + 3 x + ... + (values + 1) x
    const float factor = static_cast<float>(values * (values + 3)) / 2;
    for (size_t i = 0; i < out.size(); ++i) CHECK(out[i] == Approx(factor * x[i]));
  }
}
