#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/kernels/indexing.h>
#include <cornu/core/kernels/parallel.h>

using namespace cornu;
using kernels::all_in_range;
using kernels::Along;
using kernels::Indices;

namespace {

template <class T>
Indices of(const std::vector<T>& values) {
  return {dtype_of<T>, values.data()};
}

}  // namespace

TEMPLATE_TEST_CASE("gather takes rows along an axis", "[kernels][indexing]", int32_t, int64_t) {
  const std::vector<float> in{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const std::vector<TestType> indices{2, 0, 2};
  std::vector<float> rows(12);
  REQUIRE(kernels::gather(4, in.data(), Along(1, 3, 4), of(indices), 3, rows.data()) == all_in_range);
  CHECK(rows == std::vector<float>{8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11});
  std::vector<float> columns(12);
  REQUIRE(kernels::gather(4, in.data(), Along(4, 3, 1), of(indices), 3, columns.data()) == all_in_range);
  CHECK(columns == std::vector<float>{2, 0, 2, 5, 3, 5, 8, 6, 8, 11, 9, 11});
  std::vector<float> middle(12);
  REQUIRE(kernels::gather(4, in.data(), Along(2, 3, 2), of(indices), 3, middle.data()) == all_in_range);
  CHECK(middle == std::vector<float>{4, 5, 0, 1, 4, 5, 10, 11, 6, 7, 10, 11});
}

TEST_CASE("gather names the first index out of range and writes nothing", "[kernels][indexing]") {
  const std::vector<double> in{0, 1, 2};
  std::vector<double> out(4, -1);
  for (const auto& [indices, position] : std::vector<std::pair<std::vector<int32_t>, int64_t>>{
           {{0, 1, 3, 5}, 2}, {{-1, 0, 0, 0}, 0}, {{0, 0, 0, 2147483647}, 3}}) {
    CHECK(kernels::gather(8, in.data(), Along(1, 3, 1), of(indices), 4, out.data()) == position);
    CHECK(out == std::vector<double>(4, -1));
  }
  const std::vector<int64_t> none;
  CHECK(kernels::gather(8, nullptr, Along(1, 0, 1), of(none), 0, nullptr) == all_in_range);
  CHECK(kernels::find_out_of_range(of(std::vector<int64_t>{0}), 1, 0) == 0);
}

TEST_CASE("scatter_add adds rows, equal indices too", "[kernels][indexing]") {
  const std::vector<int32_t> indices{1, 1, 0};
  const std::vector<float> updates{1, 2, 10, 20, 100, 200};
  std::vector<float> out(6, 0);
  REQUIRE(kernels::scatter_add(float32, of(indices), 3, updates.data(), Along(1, 3, 2), out.data()) == all_in_range);
  CHECK(out == std::vector<float>{100, 200, 11, 22, 0, 0});
  std::vector<float> columns(4, 0);
  REQUIRE(kernels::scatter_add(float32, of(indices), 3, updates.data(), Along(2, 2, 1), columns.data()) ==
          all_in_range);
  CHECK(columns == std::vector<float>{10, 3, 200, 120});
  const std::vector<int32_t> bad{0, 3, 1};
  CHECK(kernels::scatter_add(float32, of(bad), 3, updates.data(), Along(1, 3, 2), out.data()) == 1);
  CHECK(out == std::vector<float>{100, 200, 11, 22, 0, 0});
}

TEST_CASE("scatter_add sums in the order of the indices, however many threads", "[kernels][indexing]") {
  std::mt19937 generator(3);
  for (const auto& [count, extent, inner] : std::vector<std::array<int64_t, 3>>{{3000, 100, 40}, {2000, 7, 300}}) {
    std::vector<int64_t> indices(static_cast<size_t>(count));
    for (int64_t& index : indices) index = static_cast<int64_t>(generator() % static_cast<uint32_t>(extent));
    std::vector<float> updates(static_cast<size_t>(count * inner));
    for (float& update : updates) update = static_cast<float>(generator()) / 1e9f - 2;
    std::vector<float> expected(static_cast<size_t>(extent * inner), 0);
    for (size_t i = 0; i < indices.size(); ++i)
      for (size_t j = 0; j < static_cast<size_t>(inner); ++j)
        expected[static_cast<size_t>(indices[i] * inner) + j] += updates[i * static_cast<size_t>(inner) + j];
    const int before = kernels::num_threads();
    for (int threads : {1, 2, 5}) {
      kernels::set_num_threads(threads);
      std::vector<float> out(expected.size(), 0);
      kernels::scatter_add(float32, of(indices), count, updates.data(), Along(1, extent, inner), out.data());
      CHECK(out == expected);
    }
    kernels::set_num_threads(before);
  }
}

TEST_CASE("gather_nd and scatter_nd over buffers", "[kernels][indexing]") {
  const std::vector<int32_t> in{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};  // [2, 3, 2]
  const std::vector<int64_t> indices{1, 2, 0, 1, 1, 2};                 // [3, 2]
  const std::vector<int64_t> extents{2, 3};
  const kernels::IndexRows rows{of(indices), 3, extents, 2};
  std::vector<int32_t> out(6);
  REQUIRE(kernels::gather_nd(4, in.data(), rows, out.data()) == all_in_range);
  CHECK(out == std::vector<int32_t>{10, 11, 2, 3, 10, 11});

  const std::vector<int32_t> updates{1, 2, 3, 4, 5, 6};
  std::vector<int32_t> sums(12, 0);
  REQUIRE(kernels::scatter_nd_add(int32, rows, updates.data(), sums.data()) == all_in_range);
  CHECK(sums == std::vector<int32_t>{0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 6, 8});
  std::vector<int32_t> updated = in;
  REQUIRE(kernels::scatter_nd_update(4, rows, updates.data(), updated.data()) == all_in_range);
  CHECK(updated == std::vector<int32_t>{0, 1, 3, 4, 4, 5, 6, 7, 8, 9, 5, 6});

  const std::vector<int64_t> bad{1, 2, 2, 0, 0, 3};
  const kernels::IndexRows outside{of(bad), 3, extents, 2};
  CHECK(kernels::gather_nd(4, in.data(), outside, out.data()) == 2);
  CHECK(kernels::scatter_nd_add(int32, outside, updates.data(), sums.data()) == 2);
  CHECK(kernels::scatter_nd_update(4, outside, updates.data(), updated.data()) == 2);
  CHECK(sums == std::vector<int32_t>{0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 6, 8});
}

TEST_CASE("gather_along and scatter_add_along", "[kernels][indexing]") {
  const std::vector<float> in{0, 1, 2, 3, 4, 5};   // [3, 2] along axis 0
  const std::vector<int32_t> indices{2, 0, 2, 1};  // [2, 2]
  std::vector<float> out(4);
  REQUIRE(kernels::gather_along(4, in.data(), Along(1, 3, 2), of(indices), 2, out.data()) == all_in_range);
  CHECK(out == std::vector<float>{4, 1, 4, 3});
  std::vector<float> sums(6, 0);
  const std::vector<float> updates{1, 2, 4, 8};
  REQUIRE(kernels::scatter_add_along(float32, of(indices), 2, updates.data(), Along(1, 3, 2), sums.data()) ==
          all_in_range);
  CHECK(sums == std::vector<float>{0, 2, 0, 8, 5, 0});
  const std::vector<int32_t> bad{2, 0, 3, 1};
  CHECK(kernels::gather_along(4, in.data(), Along(1, 3, 2), of(bad), 2, out.data()) == 2);
  CHECK(kernels::scatter_add_along(float32, of(bad), 2, updates.data(), Along(1, 3, 2), sums.data()) == 2);
}

TEST_CASE("one_hot over buffers", "[kernels][indexing]") {
  const std::vector<int64_t> indices{1, 3, -1, 0};
  std::vector<float> last(12, 7);
  kernels::one_hot(float32, of(indices), Along(4, 3, 1), last.data());
  CHECK(last == std::vector<float>{0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0});
  std::vector<uint8_t> first(12, 7);
  kernels::one_hot(uint8, of(indices), Along(1, 3, 4), first.data());
  CHECK(first == std::vector<uint8_t>{0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0});
}
