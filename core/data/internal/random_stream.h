#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include <cornu/core/data/internal/iterator_state.h>

namespace cornu::datasets {

class RandomStream;

/// What an iterator knows of its pipeline's random streams: the seed of each, and which walk over it this is.
class Iteration {
 public:
  struct Entry {
    int64_t seed = 0;
    int64_t number = 0;
  };
  /// `is_nested`: within another iteration, which is counted in its place.
  explicit Iteration(bool is_nested) : is_nested_(is_nested) {}
  Entry find(const RandomStream& stream);
  void set(const RandomStream& stream, const Entry& entry);

 private:
  const bool is_nested_;
  std::mutex mutex_;
  std::map<const RandomStream*, Entry> entries_;
};

/// Where in the course of an iterator a source begins: in which iteration, and in which of its passes.
struct IterationContext {
  std::shared_ptr<Iteration> iteration;
  uint64_t pass = 0;

  /// The context of what is walked over several times within this one, the `number`-th time.
  IterationContext inner(int64_t number) const;
};

/// One walk over something random: its numbers depend on these three alone.
struct RandomPass {
  int64_t seed = 0;
  int64_t iteration = 0;
  uint64_t pass = 0;

  /// A key for Philox of which all three are part.
  uint64_t key() const;
  void save(StateWriter& state) const;
};

/// The randomness of one transformation: a seed, and a count of the iterators that have walked over it.
class RandomStream {
 public:
  /// Without a seed one is drawn from the global generator.
  explicit RandomStream(std::optional<int64_t> seed = {}, bool differs_each_time = true);
  RandomPass begin(const IterationContext& context) const;
  /// What was saved, which also holds for later passes of the context's iteration.
  RandomPass restore(StateReader& state, const IterationContext& context) const;

 private:
  friend class Iteration;
  int64_t seed_;
  bool differs_each_time_;
  mutable std::atomic<int64_t> iterations_ = 0;
};

/// Random integers of a pass, by their numbers.
class Draws {
 public:
  explicit Draws(uint64_t key) : key_(key) {}
  /// Uniform in [0, bound).
  int64_t next(int64_t bound);

 private:
  uint64_t key_;
  uint64_t number_ = 0;
  uint64_t words_[2] = {};
};

}  // namespace cornu::datasets
