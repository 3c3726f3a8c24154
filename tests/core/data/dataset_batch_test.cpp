#include <catch2/catch.hpp>

#include "dataset_checks.h"
#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

/// The same elements, but no rows any more: batches are put together element by element.
Dataset without_rows(const Dataset& dataset) {
  return dataset.map([](const TensorList& element) { return element; });
}

Tensor counted(const Shape& shape) {
  std::vector<float> values(static_cast<size_t>(shape.size()));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return Tensor::from_span<float>(values, shape);
}

void check_same(const Dataset& a, const Dataset& b) {
  const auto left = all_of(a), right = all_of(b);
  REQUIRE(left.size() == right.size());
  for (size_t i = 0; i < left.size(); ++i)
    for (size_t part = 0; part < left[i].size(); ++part) {
      CHECK(left[i][part].shape() == right[i][part].shape());
      CHECK(cast(left[i][part], float64).to_vector<double>() == cast(right[i][part], float64).to_vector<double>());
    }
}

}  // namespace

TEST_CASE("batch joins elements along a new axis") {
  const auto batches = all_of(Dataset::from_tensor_slices({counted({5, 2}), constant({0, 1, 2, 3, 4})}).batch(2));
  REQUIRE(batches.size() == 3);
  CHECK(batches[1][0].to_vector<float>() == std::vector<float>{4, 5, 6, 7});
  CHECK(batches[1][0].shape() == Shape({2, 2}));
  CHECK(batches[2][1].to_vector<int32_t>() == std::vector<int32_t>{4});
}

TEST_CASE("drop_remainder leaves a smaller last batch out") {
  const Dataset range = Dataset::range(5);
  for (const Dataset& dataset : {range, without_rows(range)}) {
    CHECK(numbers_of(dataset.batch(2, {.drop_remainder = true})) == Int64s{0, 1, 2, 3});
    CHECK(dataset.batch(2, {.drop_remainder = true}).cardinality() == 2);
    CHECK(dataset.batch(2).cardinality() == 3);
    CHECK(all_of(dataset.batch(INT64_MAX)).size() == 1);
    CHECK(numbers_of(dataset.batch(2).skip(2)) == Int64s{4});
    CHECK(numbers_of(dataset.batch(2, {.drop_remainder = true}).skip(2)).empty());
  }
  CHECK_THROWS_AS(range.batch(0), ValueError);
  CHECK(all_of(range.take(0).batch(3)).empty());
}

TEST_CASE("rows that follow each other are shared, not copied") {
  const Tensor x = counted({6, 3});
  const auto batches = all_of(Dataset::from_tensor_slices(x).skip(1).batch(2));
  CHECK(batches[0][0].raw_data() == static_cast<const float*>(x.raw_data()) + 3);
}

TEST_CASE("batches of rows are those of single elements, whatever stands in between") {
  const Dataset rows = Dataset::from_tensor_slices({counted({23, 3}), cast(counted({23}), int32),
                                                    cast(counted({23, 1}), uint8), counted({23, 0}), counted({23, 2})});
  for (const int64_t buffer : {1, 4, 23, 100}) {
    const datasets::ShuffleOptions options{.seed = 5};
    check_same(rows.shuffle(buffer, options).batch(4), without_rows(rows).shuffle(buffer, options).batch(4));
    check_same(rows.shuffle(buffer, options).repeat(3).skip(2).take(50).batch(7),
               without_rows(rows).shuffle(buffer, options).repeat(3).skip(2).take(50).batch(7));
    check_same(rows.take(9).shuffle(buffer, options).shuffle(3, {.seed = 1}),
               without_rows(rows).take(9).shuffle(buffer, options).shuffle(3, {.seed = 1}));
  }
  check_same(Dataset::range(3, 40, 3).shuffle(20, {.seed = 1}).batch(5),
             without_rows(Dataset::range(3, 40, 3)).shuffle(20, {.seed = 1}).batch(5));
}

TEST_CASE("large rows are gathered as small ones, also on several threads") {
  const Dataset rows = Dataset::from_tensor_slices(counted({40, 70000}));
  check_same(rows.shuffle(40, {.seed = 2}).batch(16), without_rows(rows).shuffle(40, {.seed = 2}).batch(16));
}

TEST_CASE("elements of one batch have one shape, dtype and number of tensors") {
  const auto grows = [](const Tensor& x) { return zeros({1 + x.item<int64_t>() / 3}); };
  CHECK_THROWS_WITH(Dataset::range(4).map(grows).batch(4).iterator().next(),
                    Contains("batch: element 3") && Contains("(2,)") && Contains("(1,)") && Contains("padded_batch"));
  const auto changes = [](const Tensor& x) { return x.item<int64_t>() == 1 ? cast(x, int32) : x; };
  CHECK_THROWS_AS(Dataset::range(2).map(changes).batch(2).iterator().next(), DTypeError);
  const auto doubles = [](const Tensor& x) { return TensorList(1 + static_cast<size_t>(x.item<int64_t>()), x); };
  CHECK_THROWS_AS(Dataset::range(2).map(doubles).batch(2).iterator().next(), ValueError);
}

TEST_CASE("a batch in which an element fails is passed over as a whole") {
  const auto fails_at_2 = [](const Tensor& x) {
    if (x.item<int64_t>() == 2) throw ValueError("no");
    return x;
  };
  DatasetIterator iterator = Dataset::range(6).map(fails_at_2).batch(2).iterator();
  iterator.next();
  CHECK_THROWS_WITH(iterator.next(), "map: element 2: no");
  CHECK(numbers_in(*iterator.next()) == Int64s{4, 5});
}

TEST_CASE("padded_batch pads to the longest, or to a shape") {
  const Dataset dataset = Dataset::range(1, 4).map([](const Tensor& x) {
    return TensorList{full({x.item<int64_t>(), 2}, 1.f), x};
  });
  const auto batch = all_of(dataset.padded_batch(3))[0];
  CHECK(batch[0].shape() == Shape({3, 3, 2}));
  CHECK(batch[0].to_vector<float>() == std::vector<float>{1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1});
  CHECK(batch[1].to_vector<int64_t>() == Int64s{1, 2, 3});
  const auto shaped = all_of(dataset.padded_batch(2, {.padded_shapes = {{-1, 3}, {}}, .padding_values = {-1, 0}}));
  REQUIRE(shaped.size() == 2);
  CHECK(shaped[0][0].to_vector<float>() == std::vector<float>{1, 1, -1, -1, -1, -1, 1, 1, -1, 1, 1, -1});
  CHECK(shaped[1][0].shape() == Shape({1, 3, 3}));
  CHECK(all_of(dataset.padded_batch(2, {.drop_remainder = true})).size() == 1);
}

TEST_CASE("padded_batch refuses what is larger, or of another rank") {
  const Dataset dataset = Dataset::range(1, 4).map([](const Tensor& x) { return zeros({x.item<int64_t>()}); });
  CHECK_THROWS_WITH(dataset.padded_batch(3, {.padded_shapes = {{2}}}).iterator().next(),
                    Contains("element 2") && Contains("(3,)") && Contains("(2,)"));
  CHECK_THROWS_AS(dataset.padded_batch(3, {.padded_shapes = {{2, 2}}}).iterator().next(), ShapeError);
  CHECK_THROWS_AS(dataset.padded_batch(3, {.padded_shapes = {{4}, {4}}}).iterator().next(), ValueError);
  CHECK_THROWS_AS(dataset.padded_batch(3, {.padding_values = {1, 2}}).iterator().next(), ValueError);
  CHECK_THROWS_WITH(Dataset::range(2).padded_batch(2, {.padding_values = {0.5}}).iterator().next(),
                    Contains("padding_values: tensor 0") && Contains("0.5") && Contains("int64"));
  CHECK_THROWS_AS(dataset.padded_batch(0), ValueError);
}

TEST_CASE("unbatch gives the rows") {
  const Dataset dataset = Dataset::range(7).batch(3).unbatch();
  CHECK(numbers_of(dataset) == Int64s{0, 1, 2, 3, 4, 5, 6});
  CHECK(all_of(dataset)[0][0].shape() == Shape({}));
  CHECK(all_of(Dataset::from_tensors(zeros({0, 2})).unbatch()).empty());
  CHECK_THROWS_WITH(Dataset::range(2).unbatch().iterator().next(), Contains("unbatch: element 0"));
  CHECK_THROWS_AS(Dataset::from_tensors({zeros({2}), zeros({3})}).unbatch().iterator().next(), ShapeError);
}
