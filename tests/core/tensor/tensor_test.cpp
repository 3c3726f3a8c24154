#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/tensor/tensor.h>

using namespace cornu;

namespace {

template <Element T>
Tensor make(const std::vector<T>& elements, const Shape& shape) {
  return Tensor::from_span<T>(elements, shape);
}

Tensor counting(int64_t count) {
  std::vector<float> elements;
  for (int64_t i = 0; i < count; ++i) elements.push_back(static_cast<float>(i));
  return make<float>(elements, {count});
}

/// Fills the pool's free buffers with other numbers, so that a tensor whose elements are gone shows it.
void disturb_pool(int64_t count) {
  std::vector<Tensor> others;
  for (int i = 0; i < 8; ++i)
    others.push_back(make<float>(std::vector<float>(static_cast<size_t>(count), -1.f), {count}));
}

}  // namespace

TEST_CASE("a tensor is made of elements and a shape") {
  const Tensor tensor = make<float>({1, 2, 3, 4, 5, 6}, {2, 3});
  CHECK(tensor.defined());
  CHECK(tensor.shape() == Shape({2, 3}));
  CHECK(tensor.rank() == 2);
  CHECK(tensor.size() == 6);
  CHECK(tensor.dtype() == float32);
  CHECK_FALSE(tensor.is_symbolic());
  CHECK(tensor.spec() == TensorSpec({2, 3}, float32));
  CHECK(tensor.to_vector<float>() == std::vector<float>({1, 2, 3, 4, 5, 6}));
  CHECK(tensor.data<float>().size() == 6);
  CHECK(tensor.data<float>()[5] == 6.f);
}

TEMPLATE_TEST_CASE("every dtype is read as its own type", "", uint8_t, int32_t, int64_t, float, double) {
  const std::vector<TestType> elements{0, 1, 100};
  const Tensor tensor = make<TestType>(elements, {3});
  CHECK(tensor.dtype() == dtype_of<TestType>);
  CHECK(tensor.to_vector<TestType>() == elements);
  CHECK(make<TestType>({7}, {}).template item<TestType>() == TestType(7));
}

TEST_CASE("booleans") {
  const bool elements[] = {true, false, true};
  const Tensor tensor = Tensor::from_span<bool>(elements, {3});
  CHECK(tensor.dtype() == boolean);
  CHECK(tensor.to_vector<bool>() == std::vector<bool>({true, false, true}));
  CHECK(tensor.data<bool>()[2]);
}

TEST_CASE("elements are copied in, and aligned") {
  for (const int64_t count : {1, 15, 16, 17, 1000, 1'000'000}) {
    std::vector<float> elements(static_cast<size_t>(count), 2.f);
    const Tensor tensor = make<float>(elements, {count});
    elements.assign(elements.size(), 3.f);
    CHECK(tensor.data<float>().back() == 2.f);
    CHECK(reinterpret_cast<uintptr_t>(tensor.raw_data()) % 64 == 0);
  }
}

TEST_CASE("empty tensors and scalars") {
  const Tensor empty = make<float>({}, {0, 3});
  CHECK(empty.defined());
  CHECK(empty.size() == 0);
  CHECK(empty.data<float>().empty());
  CHECK(empty.to_vector<float>().empty());
  CHECK_FALSE(empty.is_symbolic());
  CHECK_THROWS_AS(empty.item<float>(), StateError);
  CHECK(make<double>({2.5}, {}).rank() == 0);
  CHECK(make<double>({2.5}, {1, 1, 1}).item<double>() == 2.5);
}

TEST_CASE("a copy is the same tensor; a moved-from one has no value") {
  Tensor first = counting(100);
  const uint64_t id = first.id();
  Tensor copy = first;
  CHECK(copy.id() == id);
  CHECK(copy.raw_data() == first.raw_data());
  CHECK_FALSE(first.is_unique());

  Tensor moved = std::move(first);
  CHECK_FALSE(first.defined());
  CHECK(moved.id() == id);
  copy = Tensor();
  CHECK(moved.is_unique());

  Tensor target = counting(3);
  target = std::move(moved);
  CHECK(target.size() == 100);
  CHECK_FALSE(moved.defined());
  moved = target;
  CHECK(moved.id() == id);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Tensor>);
  STATIC_REQUIRE(std::is_nothrow_move_assignable_v<Tensor>);
  STATIC_REQUIRE(sizeof(Tensor) == sizeof(void*));
}

TEST_CASE("assigning a tensor to itself keeps it") {
  Tensor tensor = counting(100);
  Tensor& same = tensor;
  tensor = same;
  CHECK(tensor.data<float>()[99] == 99.f);
  tensor = std::move(same);
  CHECK(tensor.data<float>()[99] == 99.f);
  CHECK(tensor.is_unique());
  tensor = Tensor::view(tensor, {2}, 98);  // the base has no other handle left
  disturb_pool(100);
  CHECK(tensor.to_vector<float>() == std::vector<float>({98, 99}));
}

TEST_CASE("tensors live in containers") {
  TensorList list;
  for (int i = 0; i < 100; ++i) list.push_back(counting(i));
  list.erase(list.begin(), list.begin() + 50);
  std::swap(list[0], list[49]);
  CHECK(list[0].size() == 99);
  CHECK(list[49].size() == 50);
  const TensorList copies = list;
  list.clear();
  CHECK(copies[10].data<float>()[59] == 59.f);
}

TEST_CASE("a view shares the elements and keeps them alive") {
  for (const int64_t count : {8, 1000}) {  // within the handle's body, and in a buffer
    Tensor base = counting(count);
    Tensor view = Tensor::view(base, {2, 2}, 4);
    CHECK(view.shape() == Shape({2, 2}));
    CHECK(view.dtype() == float32);
    CHECK(view.raw_data() == static_cast<const float*>(base.raw_data()) + 4);
    CHECK_FALSE(view.is_unique());
    CHECK_FALSE(base.is_unique());
    CHECK(view.id() != base.id());
    base = Tensor();
    disturb_pool(count);
    CHECK(view.to_vector<float>() == std::vector<float>({4, 5, 6, 7}));
  }
}

TEST_CASE("a view of a view needs only the elements' owner") {
  Tensor base = counting(1000);
  Tensor middle = Tensor::view(base, {10, 10}, 100);
  Tensor inner = Tensor::view(middle, {3}, 50);
  middle = Tensor();
  base = Tensor();
  disturb_pool(1000);
  CHECK(inner.to_vector<float>() == std::vector<float>({150, 151, 152}));
  Tensor all = counting(6);
  Tensor reshaped = Tensor::view(all, {2, 3}, 0);
  reshaped = Tensor();
  CHECK(all.is_unique());
}

TEST_CASE("identities differ, in all threads") {
  constexpr size_t thread_count = 4, count = 1000;
  std::vector<std::vector<uint64_t>> ids(thread_count);
  std::vector<std::thread> threads;
  for (auto& own : ids)
    threads.emplace_back([&own] {
      for (size_t i = 0; i < count; ++i) own.push_back(counting(1).id());
    });
  for (std::thread& thread : threads) thread.join();
  std::set<uint64_t> all;
  for (const auto& own : ids) all.insert(own.begin(), own.end());
  CHECK(all.size() == thread_count * count);
  CHECK(all.count(0) == 0);

  Tensor tensor = counting(1);
  const uint64_t before = tensor.id();
  tensor.renew_id();
  CHECK(tensor.id() != before);
}

TEST_CASE("a mask travels with its tensor") {
  const Tensor tensor = counting(3);
  CHECK_FALSE(tensor.mask().defined());
  const bool elements[] = {true, true, false};
  Tensor mask = Tensor::from_span<bool>(elements, {3});
  const uint64_t id = mask.id();
  tensor.set_mask(mask);
  mask = Tensor();
  const Tensor copy = tensor;
  CHECK(copy.mask().id() == id);
  CHECK(copy.mask().to_vector<bool>() == std::vector<bool>({true, true, false}));
  CHECK_FALSE(Tensor::view(tensor, {3}, 0).mask().defined());
  tensor.set_mask(tensor.mask());
  CHECK(tensor.mask().id() == id);
  tensor.set_mask(Tensor());
  CHECK_FALSE(copy.mask().defined());
}

TEST_CASE("symbolic tensors have a shape and a dtype, and no values") {
  const Tensor tensor = Tensor::symbolic({{-1, 3}, int32});
  CHECK(tensor.defined());
  CHECK(tensor.is_symbolic());
  CHECK(tensor.shape() == Shape({-1, 3}));
  CHECK(tensor.size() == -1);
  CHECK(tensor.dtype() == int32);
  CHECK_THROWS_AS(tensor.data<int32_t>(), StateError);
  CHECK_THROWS_AS(tensor.to_vector<int32_t>(), StateError);
  CHECK_THROWS_AS(Tensor::symbolic({{}, float32}).item<float>(), StateError);
  CHECK_THROWS_WITH(tensor.data<int32_t>(), Catch::Contains("symbolic") && Catch::Contains("(None, 3)"));
  const Tensor view = Tensor::view(tensor, {3, -1}, 0);
  CHECK(view.is_symbolic());
  CHECK(view.shape() == Shape({3, -1}));
}

TEST_CASE("a tensor without a value says so") {
  const Tensor none;
  CHECK_FALSE(none.defined());
  CHECK_THROWS_AS(none.shape(), StateError);
  CHECK_THROWS_AS(none.dtype(), StateError);
  CHECK_THROWS_AS(none.rank(), StateError);
  CHECK_THROWS_AS(none.size(), StateError);
  CHECK_THROWS_AS(none.id(), StateError);
  CHECK_THROWS_AS(none.item<float>(), StateError);
  CHECK_THROWS_AS(none.to_vector<float>(), StateError);
  CHECK_THROWS_AS(none.mask(), StateError);
  CHECK_THROWS_AS(none.set_mask(Tensor()), StateError);
  CHECK_THROWS_WITH(none.shape(), Catch::Contains("no value"));
}

TEST_CASE("reading as another type or size is an error") {
  const Tensor floats = make<float>({1, 2}, {2});
  CHECK_THROWS_AS(floats.item<float>(), StateError);
  CHECK_THROWS_WITH(floats.item<float>(), Catch::Contains("(2,)"));
  CHECK_THROWS_AS(floats.to_vector<double>(), DTypeError);
  CHECK_THROWS_AS(floats.data<int32_t>(), DTypeError);
  CHECK_THROWS_AS(floats.item<int64_t>(), DTypeError);
  CHECK_THROWS_WITH(floats.data<int32_t>(), Catch::Contains("float32") && Catch::Contains("int32"));
}

TEST_CASE("elements that do not fill the shape are an error") {
  const std::vector<float> elements{1, 2, 3};
  CHECK_THROWS_AS(make<float>(elements, {2}), ShapeError);
  CHECK_THROWS_AS(make<float>(elements, {}), ShapeError);
  CHECK_THROWS_AS(make<float>(elements, {-1}), ShapeError);
  CHECK_THROWS_AS(make<float>({}, {}), ShapeError);
  CHECK_THROWS_WITH(make<float>(elements, {2, 2}),
                    Catch::Contains("(2, 2)") && Catch::Contains("4") && Catch::Contains("3"));
  CHECK_THROWS_AS(Tensor::allocate({-1, 2}, float32), ShapeError);
}
