// What pipelines give, element by element; the numbers are worked out by hand or are TensorFlow's own examples.
#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include "dataset_checks.h"
#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

TEST_CASE("slices of tensors are the rows side by side") {
  const Dataset dataset = Dataset::from_tensor_slices({constant({{1.f, 2.f}, {3.f, 4.f}}), constant({7, 8})});
  const auto elements = all_of(dataset);
  REQUIRE(elements.size() == 2);
  CHECK(elements[1][0].to_vector<float>() == std::vector<float>{3, 4});
  CHECK(elements[1][1].item<int32_t>() == 8);
  CHECK(dataset.cardinality() == 2);
  CHECK(all_of(dataset).size() == 2);  // each walk begins anew
}

TEST_CASE("slices need tensors of one length with values") {
  CHECK_THROWS_AS(Dataset::from_tensor_slices(TensorList{}), ValueError);
  CHECK_THROWS_AS(Dataset::from_tensor_slices(constant(1)), ShapeError);
  CHECK_THROWS_AS(Dataset::from_tensor_slices(Tensor::symbolic(TensorSpec({2}))), StateError);
  CHECK_THROWS_AS(Dataset::from_tensor_slices(Tensor()), StateError);
  CHECK_THROWS_WITH(Dataset::from_tensor_slices({zeros({2, 3}), zeros({3})}), Contains("(2, 3)") && Contains("(3,)"));
}

TEST_CASE("ranges are Python's") {
  CHECK(numbers_of(Dataset::range(3)) == Int64s{0, 1, 2});
  CHECK(numbers_of(Dataset::range(2, 9, 3)) == Int64s{2, 5, 8});
  CHECK(numbers_of(Dataset::range(5, 0, -2)) == Int64s{5, 3, 1});
  CHECK(numbers_of(Dataset::range(3, 3)).empty());
  CHECK(Dataset::range(INT64_MIN, INT64_MAX, INT64_MAX).cardinality() == 3);
  CHECK_THROWS_AS(Dataset::range(0, 1, 0), ValueError);
}

TEST_CASE("from_tensors is one element") {
  const auto elements = all_of(Dataset::from_tensors({constant(1), constant({2, 3})}));
  REQUIRE(elements.size() == 1);
  CHECK(elements[0][1].to_vector<int32_t>() == std::vector<int32_t>{2, 3});
  CHECK_THROWS_AS(Dataset::from_tensors(TensorList{}), ValueError);
  CHECK_THROWS_AS(Dataset::from_tensors(Tensor()), ValueError);
}

TEST_CASE("generators are started for each walk") {
  int starts = 0;
  const Dataset dataset = Dataset::from_generator([&starts] {
    ++starts;
    return [i = int64_t{0}]() mutable { return i < 3 ? std::optional(TensorList{constant(i++)}) : std::nullopt; };
  });
  CHECK(numbers_of(dataset) == Int64s{0, 1, 2});
  CHECK(numbers_of(dataset.repeat(2)) == Int64s{0, 1, 2, 0, 1, 2});
  CHECK(starts == 3);
  CHECK(dataset.cardinality() == datasets::UNKNOWN_CARDINALITY);
}

TEST_CASE("what a generator throws says which element it was") {
  const Dataset dataset = Dataset::from_generator([] {
    return [i = int64_t{0}]() mutable -> std::optional<TensorList> {
      if (i == 2) throw std::runtime_error("the wire is cut");
      return TensorList{constant(i++)};
    };
  });
  DatasetIterator iterator = dataset.iterator();
  iterator.next();
  iterator.next();
  CHECK_THROWS_WITH(iterator.next(), "from_generator: element 2: the wire is cut");
  CHECK_THROWS_AS(Dataset::from_generator({}), ValueError);
  const Dataset empty = Dataset::from_generator([] { return datasets::ElementGenerator(); });
  CHECK_THROWS_AS(empty.iterator().next(), ValueError);
  const Dataset undefined = Dataset::from_generator([] { return [] { return std::optional(TensorList{Tensor()}); }; });
  CHECK_THROWS_AS(undefined.iterator().next(), ValueError);
}

TEST_CASE("map takes the element or its tensors, and answers a list, a tensor, a pair or a tuple") {
  const Dataset pairs = Dataset::from_tensor_slices({constant({1, 2}), constant({10, 20})});
  const auto sum = [](const Tensor& x, const Tensor& y) { return x + y; };
  CHECK(all_of(pairs.map(sum))[1][0].item<int32_t>() == 22);
  const auto swapped = pairs.map([](const TensorList& element) { return TensorList{element[1], element[0]}; });
  CHECK(all_of(swapped)[0][0].item<int32_t>() == 10);
  CHECK(all_of(pairs.map([](const Tensor& x, const Tensor& y) { return std::pair(y, x); }))[1][0].item<int32_t>() ==
        20);
  const auto three = pairs.map([](const Tensor& x, const Tensor& y) { return std::tuple(x, y, x); });
  CHECK(all_of(three)[0].size() == 3);
  CHECK(pairs.map(sum).cardinality() == 2);
}

TEST_CASE("a function of another number of tensors, or without a value, is an error of the element") {
  const Dataset dataset = Dataset::range(3);
  const auto two = [](const Tensor& x, const Tensor&) { return x; };
  CHECK_THROWS_WITH(dataset.map(two).iterator().next(),
                    Contains("map: element 0: the function takes 2 tensors, but the element has 1"));
  CHECK_THROWS_AS(dataset.map([](const Tensor&) { return Tensor(); }).iterator().next(), ValueError);
}

TEST_CASE("an error in a map names the element, keeps its class, and the walk goes on behind it") {
  const Dataset dataset = Dataset::range(4).map([](const Tensor& x) {
    if (x.item<int64_t>() == 2) throw ShapeError("it does not fit");
    return x;
  });
  DatasetIterator iterator = dataset.iterator();
  iterator.next();
  iterator.next();
  try {
    iterator.next();
    FAIL();
  } catch (const ShapeError& error) {
    CHECK(std::string(error.what()) == "map: element 2: it does not fit");
  }
  CHECK((*iterator.next())[0].item<int64_t>() == 3);
  CHECK_FALSE(iterator.next());
}

TEST_CASE("filter keeps what the predicate wants") {
  const Dataset dataset = Dataset::range(6);
  const auto is_odd = [](const Tensor& x) { return x.item<int64_t>() % 2 == 1; };
  CHECK(numbers_of(dataset.filter(is_odd)) == Int64s{1, 3, 5});
  CHECK(numbers_of(dataset.filter([](const Tensor& x) { return greater(x, constant(int64_t{3})); })) == Int64s{4, 5});
  CHECK(dataset.filter(is_odd).cardinality() == datasets::UNKNOWN_CARDINALITY);
  CHECK(dataset.take(0).filter(is_odd).cardinality() == 0);
  const auto shape = [](const Tensor&) { return zeros({2}); };
  CHECK_THROWS_WITH(dataset.filter(shape).iterator().next(), Contains("filter: element 0"));
}

TEST_CASE("take, skip and repeat choose by place") {
  const Dataset dataset = Dataset::range(5);
  CHECK(numbers_of(dataset.take(2)) == Int64s{0, 1});
  CHECK(numbers_of(dataset.take(-1)) == Int64s{0, 1, 2, 3, 4});
  CHECK(numbers_of(dataset.take(9)) == Int64s{0, 1, 2, 3, 4});
  CHECK(numbers_of(dataset.skip(3)) == Int64s{3, 4});
  CHECK(numbers_of(dataset.skip(9)).empty());
  CHECK(numbers_of(dataset.skip(-1)).empty());
  CHECK(numbers_of(dataset.take(2).repeat(3)) == Int64s{0, 1, 0, 1, 0, 1});
  CHECK(numbers_of(dataset.repeat().skip(4).take(3)) == Int64s{4, 0, 1});
  CHECK(numbers_of(dataset.repeat(0)).empty());
  CHECK(numbers_of(dataset.take(0).repeat()).empty());
  CHECK(dataset.repeat().cardinality() == datasets::INFINITE_CARDINALITY);
  CHECK(dataset.repeat(3).cardinality() == 15);
  CHECK(dataset.repeat().take(7).cardinality() == 7);
  CHECK(dataset.skip(2).cardinality() == 3);
  CHECK_THROWS_AS(dataset.take(-2), ValueError);
  CHECK_THROWS_AS(dataset.skip(-2), ValueError);
  CHECK_THROWS_AS(dataset.repeat(-2), ValueError);
}

TEST_CASE("enumerate puts a number first") {
  const auto elements = all_of(Dataset::range(10, 12).enumerate(5));
  REQUIRE(elements.size() == 2);
  CHECK(elements[1][0].item<int64_t>() == 6);
  CHECK(elements[1][1].item<int64_t>() == 11);
}

TEST_CASE("zip ends with the shortest, concatenate is one after another") {
  const Dataset zipped = Dataset::zip({Dataset::range(3), Dataset::range(10, 12), Dataset::range(5).repeat()});
  const auto elements = all_of(zipped);
  REQUIRE(elements.size() == 2);
  CHECK(elements[1].size() == 3);
  CHECK(elements[1][1].item<int64_t>() == 11);
  CHECK(zipped.cardinality() == 2);
  CHECK(Dataset::zip({Dataset::range(1).repeat()}).cardinality() == datasets::INFINITE_CARDINALITY);
  CHECK_THROWS_AS(Dataset::zip({}), ValueError);

  const Dataset joined = Dataset::range(2).concatenate(Dataset::range(5, 7));
  CHECK(numbers_of(joined) == Int64s{0, 1, 5, 6});
  CHECK(numbers_of(joined.skip(1).take(2)) == Int64s{1, 5});
  CHECK(joined.cardinality() == 4);
  CHECK(joined.concatenate(joined.repeat()).cardinality() == datasets::INFINITE_CARDINALITY);
}

TEST_CASE("zipped data sets stay side by side after an error") {
  const auto fails_at_1 = [](const Tensor& x) {
    if (x.item<int64_t>() == 1) throw ValueError("no");
    return x;
  };
  DatasetIterator iterator = Dataset::zip({Dataset::range(4).map(fails_at_1), Dataset::range(4)}).iterator();
  iterator.next();
  CHECK_THROWS_AS(iterator.next(), ValueError);
  const auto element = iterator.next();
  CHECK((*element)[0].item<int64_t>() == 2);
  CHECK((*element)[1].item<int64_t>() == 2);
}

TEST_CASE("interleave reads data sets in turn, as TensorFlow's documentation shows") {
  const auto six_times = [](const Tensor& x) { return Dataset::from_tensors(x).repeat(6); };
  const Dataset dataset = Dataset::range(1, 6).interleave(six_times, {.cycle_length = 2, .block_length = 4});
  CHECK(numbers_of(dataset) ==
        Int64s{1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 4, 4, 5, 5, 5, 5, 5, 5});
  const Dataset flat = Dataset::range(3).interleave([](const Tensor& x) { return Dataset::range(x.item<int64_t>()); },
                                                    {.cycle_length = 1});
  CHECK(numbers_of(flat) == Int64s{0, 0, 1});
  const auto fails = [](const Tensor& x) {
    if (x.item<int64_t>() == 1) throw ValueError("no such file");
    return Dataset::range(2);
  };
  DatasetIterator iterator = Dataset::range(2).interleave(fails).iterator();
  iterator.next();
  CHECK_THROWS_WITH(iterator.next(), "interleave: element 1: no such file");
  CHECK_THROWS_AS(Dataset::range(1).interleave(fails, {.cycle_length = 0}), ValueError);
  CHECK_THROWS_AS(Dataset::range(1).interleave(fails, {.block_length = 0}), ValueError);
}

TEST_CASE("cache runs what stands before it once") {
  int calls = 0;
  const Dataset dataset = Dataset::range(3)
                              .map([&calls](const Tensor& x) {
                                ++calls;
                                return x * constant(int64_t{2});
                              })
                              .cache();
  dataset.iterator().next();  // not to the end: the next walk begins anew
  CHECK(numbers_of(dataset) == Int64s{0, 2, 4});
  CHECK(numbers_of(dataset.repeat(2)) == Int64s{0, 2, 4, 0, 2, 4});
  CHECK(calls == 4);
  CHECK(Dataset::range(4).filter([](const Tensor&) { return true; }).cache().cardinality() ==
        datasets::UNKNOWN_CARDINALITY);
  CHECK(dataset.cardinality() == 3);
}

TEST_CASE("a walk with an error is not kept by a cache") {
  int calls = 0;
  const Dataset dataset = Dataset::range(3)
                              .map([&calls](const Tensor& x) {
                                if (++calls == 2) throw ValueError("once");
                                return x;
                              })
                              .cache();
  DatasetIterator iterator = dataset.iterator();
  iterator.next();
  CHECK_THROWS_AS(iterator.next(), ValueError);
  while (iterator.next()) {
  }
  CHECK(numbers_of(dataset) == Int64s{0, 1, 2});
}

TEST_CASE("numbers of elements that no int64 counts are the largest one") {
  CHECK(Dataset::range(INT64_MIN, INT64_MAX).cardinality() == INT64_MAX);
  CHECK(Dataset::range(INT64_MAX).concatenate(Dataset::range(5)).cardinality() == INT64_MAX);
  CHECK(Dataset::range(2).repeat(INT64_MAX).cardinality() == INT64_MAX);
  CHECK(Dataset::zip({Dataset::range(INT64_MAX), Dataset::range(1).repeat()}).cardinality() == INT64_MAX);
}

TEST_CASE("interleave opens no more data sets than there are") {
  const auto copies = [](const Tensor& x) { return Dataset::from_tensors(x).repeat(2); };
  const Dataset dataset = Dataset::range(3).interleave(copies, {.cycle_length = INT64_MAX});
  CHECK(numbers_of(dataset) == numbers_of(Dataset::range(3).interleave(copies, {.cycle_length = 3})));
  CHECK(numbers_of(dataset) == Int64s{0, 1, 2, 0, 1, 2});
}

TEST_CASE("data sets and iterators that were moved from can still be used") {
  Dataset dataset = Dataset::range(3);
  const Dataset other = std::move(dataset);
  CHECK(numbers_of(dataset.take(2)) == Int64s{0, 1});
  DatasetIterator iterator = other.iterator();
  DatasetIterator same = std::move(iterator);
  same.next();
  CHECK(numbers_in(*iterator.next()) == Int64s{1});
}
