#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/tensor/storage.h>
#include <cornu/core/tensor/tensor.h>

using namespace cornu;

namespace {

struct Block {
  unsigned char* memory;
  size_t size;
  unsigned char mark;

  explicit Block(size_t size, unsigned char mark)
      : memory(static_cast<unsigned char*>(storage::acquire(size))), size(size), mark(mark) {
    std::memset(memory, mark, size);
  }
  bool is_intact() const {
    for (size_t i = 0; i < size; ++i)
      if (memory[i] != mark) return false;
    return true;
  }
  void release() { storage::release(memory, size); }
};

}  // namespace

TEST_CASE("buffers are aligned and as large as asked for") {
  for (const size_t size :
       {1, 63, 64, 65, 80, 96, 127, 128, 129, 1000, 4096, 5000, 1 << 18, (1 << 18) + 1, 1 << 22, (1 << 22) + 12345}) {
    void* memory = storage::acquire(size);
    INFO(size << " bytes");
    CHECK(reinterpret_cast<uintptr_t>(memory) % storage::alignment == 0);
    std::memset(memory, 0xff, size);  // a sanitizer sees a buffer that is too small
    storage::release(memory, size);
  }
  void* nothing = storage::acquire(0);
  CHECK(nothing != nullptr);
  storage::release(nothing, 0);
}

TEST_CASE("buffers never overlap") {
  std::vector<Block> blocks;
  unsigned char mark = 0;
  for (int round = 0; round < 3; ++round) {
    for (size_t size = 1; size < 300'000; size = size * 5 / 4 + 1) blocks.emplace_back(size, mark++);
    for (size_t i = 0; i < blocks.size(); i += 2) {
      CHECK(blocks[i].is_intact());
      blocks[i].release();
      blocks[i] = Block(blocks[i].size, mark++);
    }
  }
  for (Block& block : blocks) {
    CHECK(block.is_intact());
    block.release();
  }
}

TEST_CASE("a released buffer is used again") {
  for (const size_t size : {100, 10'000, 1 << 20}) {
    void* memory = storage::acquire(size);
    storage::release(memory, size);
    CHECK(storage::acquire(size) == memory);
    storage::release(memory, size);
  }
}

TEST_CASE("large buffers are shared and can be given back") {
  storage::release_cached();
  CHECK(storage::cached_bytes() == 0);
  const size_t size = size_t{4} << 20;
  void* memory = storage::acquire(size);
  CHECK(storage::cached_bytes() == 0);
  std::thread([&] { storage::release(memory, size); }).join();
  CHECK(storage::cached_bytes() >= size);
  CHECK(storage::acquire(size) == memory);
  storage::release(memory, size);
  storage::release_cached();
  CHECK(storage::cached_bytes() == 0);
}

TEST_CASE("impossible sizes throw") {
  CHECK_THROWS_AS(storage::acquire(size_t{1} << 62), std::bad_alloc);
  CHECK_THROWS_AS(storage::acquire(std::numeric_limits<size_t>::max()), std::bad_alloc);
  CHECK_THROWS_AS(Tensor::allocate({int64_t{1} << 58}, float64), MemoryError);
  CHECK_THROWS_WITH(Tensor::allocate({int64_t{1} << 58}, float64),
                    Catch::Contains("(288230376151711744,)") && Catch::Contains("float64"));
  CHECK_THROWS_AS(Tensor::allocate({int64_t{1} << 40, int64_t{1} << 40}, float32), ShapeError);
}

TEST_CASE("threads use the pool at once") {
  constexpr int thread_count = 4, rounds = 2000;
  std::vector<int> damaged(thread_count, 0);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < thread_count; ++thread)
    threads.emplace_back([&, thread] {
      std::vector<Block> blocks;
      uint32_t state = static_cast<uint32_t>(thread) + 1;
      for (int i = 0; i < rounds; ++i) {
        state = state * 1664525u + 1013904223u;
        blocks.emplace_back((state >> 8) % (i % 100 == 0 ? 600'000 : 3000) + 1,
                            static_cast<unsigned char>(state >> 24));
        if (blocks.size() < 20) continue;
        std::swap(blocks[(state >> 16) % blocks.size()], blocks.back());
        damaged[static_cast<size_t>(thread)] += !blocks.back().is_intact();
        blocks.back().release();
        blocks.pop_back();
      }
      for (Block& block : blocks) block.release();
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(damaged == std::vector<int>(thread_count, 0));
}

TEST_CASE("a tensor may be made in one thread and released in another") {
  std::vector<Tensor> tensors;
  std::thread([&] {
    for (int i = 0; i < 100; ++i)
      tensors.push_back(Tensor::from_span<float>(std::vector<float>(100, static_cast<float>(i)), {100}));
  }).join();
  std::thread([&] {
    for (int i = 0; i < 50; ++i) tensors.pop_back();
  }).join();
  for (size_t i = 0; i < tensors.size(); ++i) CHECK(tensors[i].data<float>()[99] == static_cast<float>(i));
}

TEST_CASE("one tensor is shared by threads") {
  const Tensor shared = Tensor::from_span<float>(std::vector<float>(50, 1.f), {50});
  std::vector<std::thread> threads;
  std::vector<float> sums(4, 0.f);
  for (size_t thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 1000; ++i) {
        const Tensor copy = shared;
        const Tensor part = Tensor::view(copy, {10}, 10);
        sums[thread] += part.data<float>()[i % 10];
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const float sum : sums) CHECK(sum == 1000.f);
  CHECK(shared.is_unique());
}
