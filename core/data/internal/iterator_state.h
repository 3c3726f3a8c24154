#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include <cornu/core/export.h>

namespace cornu::datasets {

/// A position as a list of integers, which the sources of a pipeline write one after another.
using IteratorState = std::vector<int64_t>;

/// The kinds of sources, which their states begin with. Numbers stay what they are: checkpoints have them.
enum class Kind : int64_t {
  rows = 1,
  tensors = 2,
  generator = 3,
  records = 4,
  map = 5,
  filter = 6,
  batch = 7,
  unbatch = 8,
  shuffle = 9,
  repeat = 10,
  take = 11,
  skip = 12,
  cache = 13,
  prefetch = 14,
  zip = 15,
  concatenate = 16,
  interleave = 17,
  enumerate = 18,
};

class StateWriter {
 public:
  explicit StateWriter(IteratorState& state) : state_(state) {}
  StateWriter& operator<<(int64_t number) {
    state_.push_back(number);
    return *this;
  }
  StateWriter& operator<<(Kind kind) { return *this << static_cast<int64_t>(kind); }
  /// What another writer wrote, as if it had been written here.
  void append(const IteratorState& numbers) { state_.insert(state_.end(), numbers.begin(), numbers.end()); }
  /// A state within the state, after its length.
  StateWriter& operator<<(const IteratorState& part) {
    *this << static_cast<int64_t>(part.size());
    append(part);
    return *this;
  }

 private:
  IteratorState& state_;
};

/// Takes apart what a StateWriter wrote. Throws ValueError for what does not belong to the pipeline.
class CORNU_API StateReader {
 public:
  explicit StateReader(std::span<const int64_t> state) : state_(state) {}
  /// The next number, which must not be less than `minimum`.
  int64_t number(int64_t minimum = 0);
  int64_t any_number();
  void expect(int64_t number);
  void expect(Kind kind) { expect(static_cast<int64_t>(kind)); }
  IteratorState part();
  /// Throws unless all has been read.
  void finish() const;

 private:
  std::span<const int64_t> state_;
};

}  // namespace cornu::datasets
