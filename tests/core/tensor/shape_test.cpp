#include <limits>
#include <sstream>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/tensor/shape.h>

using namespace cornu;

TEST_CASE("a shape knows its extents") {
  const Shape shape({2, 3, 4});
  CHECK(shape.rank() == 3);
  CHECK(shape.size() == 24);
  CHECK(shape[1] == 3);
  CHECK(shape.front() == 2);
  CHECK(shape.back() == 4);
  CHECK(shape.to_vector() == std::vector<int64_t>({2, 3, 4}));
  CHECK(shape.extents().size() == 3);
  CHECK_FALSE(shape.empty());
  CHECK(shape.size_between(1, 3) == 12);
  CHECK(shape.size_between(2, 2) == 1);
  CHECK(shape.slice(1, 3) == Shape({3, 4}));
  CHECK(shape.slice(1, 1) == Shape({}));
}

TEST_CASE("scalars, empty and unknown extents") {
  CHECK(Shape().rank() == 0);
  CHECK(Shape().size() == 1);
  CHECK(Shape().empty());
  CHECK(Shape({3, 0, 2}).size() == 0);
  CHECK(Shape({3, 0, 2}).is_known());
  CHECK(Shape({-1, 3}).size() == -1);
  CHECK_FALSE(Shape({-1, 3}).is_known());
  CHECK(Shape({0, -1}).size() == -1);
}

TEST_CASE("shapes print as Python's tuples") {
  CHECK(Shape().to_string() == "()");
  CHECK(Shape({3}).to_string() == "(3,)");
  CHECK(Shape({2, 3}).to_string() == "(2, 3)");
  CHECK(Shape({-1, 0}).to_string() == "(None, 0)");
  std::ostringstream out;
  out << Shape({-1});
  CHECK(out.str() == "(None,)");
}

TEST_CASE("shapes compare by rank and extents") {
  CHECK(Shape({2, 3}) == Shape(std::vector<int64_t>{2, 3}));
  CHECK(Shape({2, 3}) != Shape({3, 2}));
  CHECK(Shape({2}) != Shape({2, 1}));
  CHECK(Shape() == Shape(std::vector<int64_t>{}));
}

TEST_CASE("axes are added and taken away") {
  Shape shape({2, 3});
  shape.push_back(4);
  CHECK(shape == Shape({2, 3, 4}));
  shape.insert(0, 1);
  CHECK(shape == Shape({1, 2, 3, 4}));
  shape.insert(4, 5);
  CHECK(shape == Shape({1, 2, 3, 4, 5}));
  shape.erase(0);
  shape.erase(3);
  CHECK(shape == Shape({2, 3, 4}));
  shape[0] = 7;
  CHECK(shape == Shape({7, 3, 4}));
}

TEST_CASE("bad shapes are refused and change nothing") {
  CHECK_THROWS_AS(Shape({1, 1, 1, 1, 1, 1, 1, 1, 1}), ShapeError);
  CHECK_THROWS_WITH(Shape({1, 1, 1, 1, 1, 1, 1, 1, 1}), Catch::Contains("8") && Catch::Contains("9"));
  CHECK_THROWS_AS(Shape({2, -2}), ShapeError);
  CHECK_THROWS_WITH(Shape({2, -7}), Catch::Contains("-7"));
  Shape full({1, 2, 3, 4, 5, 6, 7, 8});
  CHECK_THROWS_AS(full.push_back(1), ShapeError);
  CHECK_THROWS_AS(full.insert(0, 1), ShapeError);
  CHECK(full == Shape({1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_CASE("sizes that no memory holds are refused") {
  const int64_t most = std::numeric_limits<int64_t>::max();
  for (const Shape& shape : {Shape({most}), Shape({most, most}), Shape({int64_t{1} << 32, int64_t{1} << 32}),
                             Shape({int64_t{1} << 31, int64_t{1} << 31, 4}), Shape({0, most, most})}) {
    INFO(shape);
    CHECK_THROWS_AS(shape.size(), ShapeError);
    CHECK_THROWS_WITH(shape.size(), Catch::Contains(shape.to_string()));
  }
  CHECK(Shape({Shape::max_size}).size() == Shape::max_size);
}

TEST_CASE("broadcasting follows NumPy's rules") {
  auto broadcast = [](const Shape& a, const Shape& b) {
    CHECK(broadcast_shapes(a, b, "Test") == broadcast_shapes(b, a, "Test"));
    return broadcast_shapes(a, b, "Test");
  };
  CHECK(broadcast({2, 3}, {2, 3}) == Shape({2, 3}));
  CHECK(broadcast({2, 3}, {}) == Shape({2, 3}));
  CHECK(broadcast({2, 3}, {3}) == Shape({2, 3}));
  CHECK(broadcast({2, 1}, {1, 3}) == Shape({2, 3}));
  // The examples of NumPy's documentation.
  CHECK(broadcast({256, 256, 3}, {3}) == Shape({256, 256, 3}));
  CHECK(broadcast({8, 1, 6, 1}, {7, 1, 5}) == Shape({8, 7, 6, 5}));
  CHECK(broadcast({15, 3, 5}, {3, 1}) == Shape({15, 3, 5}));
  CHECK(broadcast({0}, {1}) == Shape({0}));
  CHECK(broadcast({3, 0}, {1}) == Shape({3, 0}));
  // An unknown extent is whatever the other side knows, and stays unknown beside 1.
  CHECK(broadcast({-1, 3}, {4, 3}) == Shape({4, 3}));
  CHECK(broadcast({-1, 3}, {1, 3}) == Shape({-1, 3}));
  CHECK(broadcast({-1, 3}, {-1, 1}) == Shape({-1, 3}));
}

TEST_CASE("shapes that do not broadcast are both named") {
  CHECK_THROWS_AS(broadcast_shapes({2, 3}, {4}, "Test"), ShapeError);
  CHECK_THROWS_AS(broadcast_shapes({3}, {4}, "Test"), ShapeError);
  CHECK_THROWS_AS(broadcast_shapes({2, 1}, {8, 4, 3}, "Test"), ShapeError);
  CHECK_THROWS_AS(broadcast_shapes({0}, {2}, "Test"), ShapeError);
  CHECK_THROWS_WITH(broadcast_shapes({2, 3}, {4}, "Test"),
                    Catch::Contains("Test") && Catch::Contains("(2, 3)") && Catch::Contains("(4,)"));
}

TEST_CASE("axes count from both ends") {
  CHECK(normalize_axis(0, 3, "Test") == 0);
  CHECK(normalize_axis(2, 3, "Test") == 2);
  CHECK(normalize_axis(-1, 3, "Test") == 2);
  CHECK(normalize_axis(-3, 3, "Test") == 0);
  for (const int64_t axis : {int64_t{3}, int64_t{-4}, std::numeric_limits<int64_t>::max(), int64_t{1} << 32})
    CHECK_THROWS_AS(normalize_axis(axis, 3, "Test"), ValueError);
  CHECK_THROWS_AS(normalize_axis(0, 0, "Test"), ValueError);
  CHECK_THROWS_WITH(normalize_axis(5, 2, "Test"),
                    Catch::Contains("Test") && Catch::Contains("axis 5") && Catch::Contains("rank 2"));
}
