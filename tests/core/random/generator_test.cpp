#include <set>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/random/random.h>

using namespace cornu;

TEST_CASE("the global seed repeats all draws") {
  set_random_seed(7);
  const auto first = random::uniform({100}).to_vector<float>();
  const auto second = random::uniform({100}).to_vector<float>();
  CHECK(first != second);
  set_random_seed(7);
  CHECK(random::uniform({100}).to_vector<float>() == first);
  CHECK(random::uniform({100}).to_vector<float>() == second);
  set_random_seed(8);
  CHECK(random::uniform({100}).to_vector<float>() != first);
}

TEST_CASE("a seed of its own gives the same numbers at each call and leaves the global generator alone") {
  set_random_seed(1);
  const auto expected = random::normal({5}).to_vector<float>();
  set_random_seed(1);
  const auto a = random::normal({5}, {.seed = 42}).to_vector<float>();
  CHECK(random::normal({5}, {.seed = 42}).to_vector<float>() == a);
  CHECK(random::normal({5}, {.seed = 43}).to_vector<float>() != a);
  CHECK(random::normal({5}).to_vector<float>() == expected);
}

TEST_CASE("a generator goes on from draw to draw, and copies are the same generator") {
  const random::Generator generator(42), copy = generator, again(42);
  const auto first = generator.normal({5}).to_vector<float>();
  const auto second = copy.normal({5}).to_vector<float>();
  CHECK(first != second);
  CHECK(random::normal({5}, {.seed = again}).to_vector<float>() == first);
  CHECK(again.normal({5}).to_vector<float>() == second);
  generator.reset(42);
  CHECK(copy.normal({5}).to_vector<float>() == first);
}

TEST_CASE("a generator's state is a variable that can be put back") {
  const random::Generator generator(3);
  CHECK(generator.state().shape() == Shape({2}));
  CHECK(generator.state().dtype() == int64);
  CHECK_FALSE(generator.state().trainable());
  CHECK(generator.state().name() == "seed_generator_state");
  generator.uniform({10});
  const Tensor saved = generator.state().value();
  const auto expected = generator.uniform({10}).to_vector<float>();
  CHECK(saved.to_vector<int64_t>()[0] == 3);
  generator.state().assign(saved);
  CHECK(generator.uniform({10}).to_vector<float>() == expected);
}

TEST_CASE("generators without a seed take it from the global generator") {
  set_random_seed(5);
  const auto a = random::Generator().uniform({4}).to_vector<float>();
  const auto b = random::Generator().uniform({4}).to_vector<float>();
  CHECK(a != b);
  set_random_seed(5);
  CHECK(random::Generator().uniform({4}).to_vector<float>() == a);
}

TEST_CASE("all members draw what the functions draw") {
  const random::Generator a(9), b(9);
  const Tensor logits = Tensor::from_span<float>(std::vector<float>{0, 1, 2, 3}, {2, 2});
  const auto state_of = [](const random::Generator& g) { return g.state().value().to_vector<int64_t>(); };
  CHECK(a.uniform({3}, {.maxval = 2}).to_vector<float>() ==
        random::uniform({3}, {.maxval = 2, .seed = b}).to_vector<float>());
  CHECK(a.truncated_normal({3}).to_vector<float>() == random::truncated_normal({3}, {.seed = b}).to_vector<float>());
  CHECK(a.uniform_int({3}, 0, 9).to_vector<int32_t>() ==
        random::uniform_int({3}, 0, 9, {.seed = b}).to_vector<int32_t>());
  CHECK(a.bernoulli({3}, {.dtype = int32}).to_vector<int32_t>() ==
        random::bernoulli({3}, {.dtype = int32, .seed = b}).to_vector<int32_t>());
  CHECK(a.categorical(logits, 4).to_vector<int32_t>() ==
        random::categorical(logits, 4, {.seed = b}).to_vector<int32_t>());
  CHECK(a.permutation(6).to_vector<int32_t>() == random::permutation(6, {.seed = b}).to_vector<int32_t>());
  CHECK(a.shuffle(logits).to_vector<float>() == random::shuffle(logits, {.seed = b}).to_vector<float>());
  CHECK(state_of(a) == state_of(b));
  CHECK_THROWS_AS(a.uniform({3}, {.seed = 1}), ValueError);
}

TEST_CASE("threads that share a generator get different numbers") {
  const random::Generator generator(1);
  std::vector<std::vector<double>> drawn(4);
  std::vector<std::thread> threads;
  for (auto& numbers : drawn)
    threads.emplace_back([&generator, &numbers] {
      for (int i = 0; i < 200; ++i) numbers.push_back(generator.uniform({}, {.dtype = float64}).item<double>());
    });
  for (std::thread& thread : threads) thread.join();
  std::set<double> all;
  for (const auto& numbers : drawn) all.insert(numbers.begin(), numbers.end());
  CHECK(all.size() == 800);
  CHECK(generator.state().value().to_vector<int64_t>()[1] == 800);
}

TEST_CASE("a draw that fails uses no numbers") {
  const random::Generator generator(2);
  CHECK_THROWS_AS(generator.uniform({1000}, {.minval = 2}), ValueError);
  CHECK_THROWS_AS(generator.normal({1000}, {.dtype = int32}), DTypeError);
  CHECK_THROWS_AS(generator.uniform_int({1000}, 3, 3), ValueError);
  CHECK_THROWS_AS(generator.permutation(10, {.dtype = float32}), DTypeError);
  CHECK(generator.state().value().to_vector<int64_t>() == std::vector<int64_t>{2, 0});
  generator.uniform({8});
  CHECK(generator.state().value().to_vector<int64_t>() == std::vector<int64_t>{2, 2});
}

TEST_CASE("a generator that was moved from can still be used") {
  random::Generator generator(1);
  const random::Generator other = std::move(generator);
  generator.reset(3);
  const auto drawn = generator.normal({2}).to_vector<float>();
  CHECK(other.state().value().to_vector<int64_t>()[0] == 3);
  other.reset(3);
  CHECK(random::normal({2}, {.seed = generator}).to_vector<float>() == drawn);
}
