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
