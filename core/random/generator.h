#pragma once
#include <concepts>
#include <memory>
#include <optional>

#include <cornu/core/autodiff/variable.h>

namespace cornu {

/// Begins the numbers of the global generator anew: after set_random_seed(7) a program draws the same numbers each
/// time, on every machine and for any number of threads. Generators and layers that take their seed from the global
/// generator afterwards repeat as well.
CORNU_API void set_random_seed(int64_t seed);

namespace random {

struct UniformOptions;
struct NormalOptions;
struct UniformIntOptions;
struct BernoulliOptions;
struct CategoricalOptions;
struct ShuffleOptions;
struct PermutationOptions;

/// A source of random numbers: a seed and a counter, which are kept in a Variable, so that they can be saved and
/// restored. Copies are the same generator, and threads may share one. Keras's SeedGenerator.
///
///     random::Generator generator(42);
///     Tensor x = generator.normal({2, 3});
///     Tensor y = random::normal({2, 3}, {.seed = generator});  // the next numbers of the same generator
class CORNU_API Generator {
 public:
  /// Seeded by the global generator.
  Generator();
  explicit Generator(int64_t seed);
  Generator(const Generator&) = default;  // also in place of moves: what was moved from can still be used
  Generator& operator=(const Generator&) = default;

  /// int64 of shape (2,), the seed and the counter; not trainable.
  const Variable& state() const;
  /// The state, and moves the counter by `steps`, so that nobody else gets these numbers. 0 <= steps.
  Tensor advance(int64_t steps) const;
  /// The same by what a draw of `shape` takes; also where extents are not known yet, inside a traced function.
  Tensor advance(DType dtype, const Shape& shape) const;
  /// Undoes advance(steps), which answered `state`, unless someone has drawn since: for a draw that came to nothing.
  void give_back(const Tensor& state, int64_t steps) const;
  /// Begins anew with `seed`.
  void reset(int64_t seed) const;
  /// A seed for another generator.
  int64_t make_seed() const;

  // As the functions of the same names; the options' own seed must be left out.
  Tensor uniform(const Shape& shape, const UniformOptions& options) const;
  Tensor uniform(const Shape& shape) const;
  Tensor normal(const Shape& shape, const NormalOptions& options) const;
  Tensor normal(const Shape& shape) const;
  Tensor truncated_normal(const Shape& shape, const NormalOptions& options) const;
  Tensor truncated_normal(const Shape& shape) const;
  Tensor uniform_int(const Shape& shape, int64_t minval, int64_t maxval, const UniformIntOptions& options) const;
  Tensor uniform_int(const Shape& shape, int64_t minval, int64_t maxval) const;
  Tensor bernoulli(const Shape& shape, const BernoulliOptions& options) const;
  Tensor bernoulli(const Shape& shape) const;
  Tensor categorical(const Tensor& logits, int64_t num_samples, const CategoricalOptions& options) const;
  Tensor categorical(const Tensor& logits, int64_t num_samples) const;
  Tensor shuffle(const Tensor& x, const ShuffleOptions& options) const;
  Tensor shuffle(const Tensor& x) const;
  Tensor permutation(int64_t n, const PermutationOptions& options) const;
  Tensor permutation(int64_t n) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The generator that draws without a seed take their numbers from.
CORNU_API const Generator& global_generator();

/// Where a draw takes its numbers: from the global generator by default, from a generator, or from a number, which
/// gives the same numbers at each call (as Keras's `seed`).
class CORNU_API Seed {
 public:
  Seed() = default;
  template <std::integral N>
  Seed(N seed) : seed_(static_cast<int64_t>(seed)) {}
  Seed(const Generator& generator) : generator_(generator) {}
  Seed(std::optional<int64_t> seed) : seed_(seed) {}

  bool is_global() const { return !seed_ && !generator_; }
  /// draw(state) with a state of which a draw of `shape` is used. A draw that throws uses nothing.
  template <class Draw>
  Tensor with_state(DType dtype, const Shape& shape, const Draw& draw) const {
    const Tensor state = take(dtype, shape);
    try {
      return draw(state);
    } catch (...) {
      give_back(state, dtype, shape);
      throw;
    }
  }

 private:
  Tensor take(DType dtype, const Shape& shape) const;
  void give_back(const Tensor& state, DType dtype, const Shape& shape) const;
  std::optional<int64_t> seed_;
  std::optional<Generator> generator_;
};

}  // namespace random

}  // namespace cornu
