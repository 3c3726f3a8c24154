#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/kernels/triangle.h>

using namespace cornu;

namespace {

std::vector<int32_t> triangle_of(const std::vector<int32_t>& in, int64_t rows, int64_t columns, bool lower,
                                 int64_t diagonal) {
  std::vector<int32_t> out(in.size(), -1);
  const int64_t count = static_cast<int64_t>(in.size()) / (rows * columns);
  kernels::triangle(4, in.data(), count, rows, columns, lower, diagonal, out.data());
  return out;
}

}  // namespace

TEST_CASE("triangle keeps one side of a diagonal", "[kernels][triangle]") {
  using V = std::vector<int32_t>;
  const V in{1, 2, 3, 4, 5, 6};
  CHECK(triangle_of(in, 2, 3, true, 0) == V{1, 0, 0, 4, 5, 0});
  CHECK(triangle_of(in, 2, 3, true, 1) == V{1, 2, 0, 4, 5, 6});
  CHECK(triangle_of(in, 2, 3, true, -1) == V{0, 0, 0, 4, 0, 0});
  CHECK(triangle_of(in, 2, 3, true, -9) == V(6, 0));
  CHECK(triangle_of(in, 2, 3, true, 9) == in);
  CHECK(triangle_of(in, 2, 3, false, 0) == V{1, 2, 3, 0, 5, 6});
  CHECK(triangle_of(in, 2, 3, false, 1) == V{0, 2, 3, 0, 0, 6});
  CHECK(triangle_of(in, 2, 3, false, -1) == in);
  CHECK(triangle_of(in, 2, 3, false, 9) == V(6, 0));
  CHECK(triangle_of({1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, true, 0) == V{1, 0, 3, 4, 5, 0, 7, 8});
}

TEST_CASE("eye", "[kernels][triangle]") {
  std::vector<double> out(6, 9);
  kernels::eye(float64, 2, 3, out.data());
  CHECK(out == std::vector<double>{1, 0, 0, 0, 1, 0});
  std::vector<int32_t> tall(6, 9);
  kernels::eye(int32, 3, 2, tall.data());
  CHECK(tall == std::vector<int32_t>{1, 0, 0, 1, 0, 0});
}

TEST_CASE("sequence", "[kernels][triangle]") {
  std::vector<float> reals(4);
  kernels::sequence(float32, 1.0, -0.5, 4, reals.data());
  CHECK(reals == std::vector<float>{1, 0.5, 0, -0.5});
  std::vector<int64_t> integers(3);
  kernels::sequence(int64, int64_t{1} << 60, int64_t{1}, 3, integers.data());
  CHECK(integers == std::vector<int64_t>{1ll << 60, (1ll << 60) + 1, (1ll << 60) + 2});
  std::vector<uint8_t> bytes(3);
  kernels::sequence(uint8, int64_t{3}, int64_t{2}, 3, bytes.data());
  CHECK(bytes == std::vector<uint8_t>{3, 5, 7});
}
