// Batches of shuffled rows, beside a loop that copies the same number of rows from random places into one buffer.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

#include "bench.h"
#include <cornu/core/data/dataset.h>
#include <cornu/core/random/random.h>

using namespace cornu;
using bench::compare;
using bench::keep;
using bench::Task;

namespace {

/// MNIST's size: 60000 rows of `row_size` bytes, and a label for each.
struct Rows {
  static constexpr int64_t count = 60000;
  explicit Rows(int64_t row_size)
      : row_size(row_size),
        x(random::uniform_int({count, row_size}, 0, 256, {.dtype = uint8})),
        y(random::uniform_int({count}, 0, 10, {.dtype = uint8})),
        order(count) {
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::mt19937(1));
  }

  int64_t row_size;
  Tensor x, y;
  std::vector<int64_t> order;
};

/// The floor: buffers that are there, an order that is there, and a memcpy for each row.
class PlainGather {
 public:
  PlainGather(const Rows& rows, int64_t batch_size)
      : rows_(rows), batch_size_(batch_size), x_(static_cast<size_t>(batch_size * rows.row_size)), y_(batch_size) {}
  void operator()() {
    if (position_ + batch_size_ > Rows::count) position_ = 0;
    const auto size = static_cast<size_t>(rows_.row_size);
    const auto* const x = static_cast<const uint8_t*>(rows_.x.raw_data());
    const auto* const y = static_cast<const uint8_t*>(rows_.y.raw_data());
    for (int64_t i = 0; i < batch_size_; ++i) {
      const int64_t row = rows_.order[static_cast<size_t>(position_ + i)];
      std::memcpy(x_.data() + static_cast<size_t>(i) * size, x + static_cast<size_t>(row) * size, size);
      y_[static_cast<size_t>(i)] = y[row];
    }
    position_ += batch_size_;
    keep(x_);
  }

 private:
  const Rows& rows_;
  int64_t batch_size_, position_ = 0;
  std::vector<uint8_t> x_, y_;
};

/// Takes batches of a pipeline without an end.
class TakeBatches {
 public:
  explicit TakeBatches(const Dataset& dataset) : iterator_(dataset.repeat().iterator()) {}
  void operator()() {
    const auto batch = iterator_.next();
    if (!batch) std::abort();
    keep(*batch);
  }

 private:
  DatasetIterator iterator_;
};

Dataset not_as_rows(const Dataset& dataset) {
  return dataset.map([](const TensorList& element) { return element; });
}

}  // namespace

int main() {
  constexpr int64_t batch_size = 50;
  for (const int64_t row_size : {784, 3136}) {
    const Rows rows(row_size);
    const Dataset slices = Dataset::from_tensor_slices({rows.x, rows.y});
    const Task task{.name = "a batch of 50 rows of " + std::to_string(row_size) + " bytes",
                    .bytes = 2.0 * batch_size * static_cast<double>(row_size)};
    compare(task,
            {{.name = "memcpy of each row, no shuffling", .run = PlainGather(rows, batch_size)},
             {.name = "slices, batch", .run = TakeBatches(slices.batch(batch_size))},
             {.name = "slices, shuffle, batch", .run = TakeBatches(slices.shuffle(Rows::count).batch(batch_size))},
             {.name = "slices, shuffle, batch, prefetch",
              .run = TakeBatches(slices.shuffle(Rows::count).batch(batch_size).prefetch(2))},
             {.name = "the same, element by element",
              .run = TakeBatches(not_as_rows(slices).shuffle(Rows::count).batch(batch_size))}});
  }
}
