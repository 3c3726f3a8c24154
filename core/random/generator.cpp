#include <algorithm>
#include <limits>
#include <mutex>
#include <random>
#include <utility>

#include <cornu/core/error.h>
#include <cornu/core/ops/internal/random_ops.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/core/random/internal/generator_scope.h>
#include <cornu/core/random/random.h>

namespace cornu::random {

namespace {

Tensor initial_state(int64_t seed) {
  const int64_t state[2] = {seed, 0};
  return Tensor::from_span<int64_t>(state, {2});
}

int64_t seed_of_this_run() {
  std::random_device device;
  return static_cast<int64_t>(uint64_t{device()} << 32 | device());
}

}  // namespace

struct Generator::State {
  explicit State(int64_t seed) : variable(initial_state(seed), {.name = "seed_generator_state", .trainable = false}) {}
  std::mutex mutex;
  Variable variable;
};

Generator::Generator() : Generator(global_generator().make_seed()) {}
Generator::Generator(int64_t seed) : state_(std::make_shared<State>(seed)) {}

const Variable& Generator::state() const { return state_->variable; }

Tensor Generator::advance(int64_t steps) const {
  if (steps < 0)
    throw ValueError("Generator::advance: the number of steps must be at least 0; received " + std::to_string(steps));
  const std::scoped_lock lock(state_->mutex);
  const Tensor before = state_->variable.value();
  const int64_t moved[2] = {0, steps};
  state_->variable.assign_add(Tensor::from_span<int64_t>(moved, {2}));
  return before;
}

namespace {

/// Nothing for a shape that no draw can have: the draw itself throws.
int64_t steps_of(DType dtype, const Shape& shape) { return counter_steps(dtype, std::max<int64_t>(shape.size(), 0)); }

}  // namespace

Tensor Generator::advance(DType dtype, const Shape& shape) const {
  if (!tracing() || shape.is_known() || shape.contains(-1)) return advance(steps_of(dtype, shape));
  const std::scoped_lock lock(state_->mutex);
  const Tensor before = state_->variable.value();
  state_->variable.assign(advance_state(before, dtype, shape));
  return before;
}

void Generator::give_back(const Tensor& state, int64_t steps) const {
  if (state.shape() != Shape({2}))
    throw ShapeError("Generator::give_back: expected a state of shape (2,); received " + state.shape().to_string());
  const std::scoped_lock lock(state_->mutex);
  if (state.is_symbolic()) return;  // the trace that has the draw fails
  const auto before = state.data<int64_t>(), now = state_->variable.peek().data<int64_t>();
  if (now[0] == before[0] && now[1] == before[1] + steps) state_->variable.assign(state);
}

void Generator::reset(int64_t seed) const {
  const std::scoped_lock lock(state_->mutex);
  state_->variable.assign(initial_state(seed));
}

int64_t Generator::make_seed() const {
  const Tensor state = advance(counter_steps(int64, 1));
  return stateless_uniform_int(state, {}, 0, std::numeric_limits<int64_t>::max(), int64).item<int64_t>();
}

namespace {

thread_local GeneratorScope* current_scope = nullptr;

const Generator& generator_of_the_program() {
  static const Generator generator(seed_of_this_run());
  return generator;
}

}  // namespace

const Generator& global_generator() { return current_scope ? current_scope->generator() : generator_of_the_program(); }

GeneratorScope::GeneratorScope(int64_t seed, int64_t counter)
    : seed_(seed), counter_(counter), outer_(std::exchange(current_scope, this)) {}
GeneratorScope::~GeneratorScope() { current_scope = outer_; }

const Generator& GeneratorScope::generator() {
  if (!generator_) {
    const int64_t state[2] = {seed_, counter_};
    generator_.emplace(seed_);
    generator_->state().assign(Tensor::from_span<int64_t>(state, {2}));
  }
  return *generator_;
}

Tensor Seed::take(DType dtype, const Shape& shape) const {
  if (seed_) return initial_state(*seed_);
  return (generator_ ? *generator_ : global_generator()).advance(dtype, shape);
}

void Seed::give_back(const Tensor& state, DType dtype, const Shape& shape) const {
  if (!seed_) (generator_ ? *generator_ : global_generator()).give_back(state, steps_of(dtype, shape));
}

namespace {

template <class Options>
Options from(const Generator& generator, Options options) {
  if (!options.seed.is_global())
    throw ValueError("a draw from a Generator has the generator's numbers: leave the seed out of its options");
  options.seed = generator;
  return options;
}

}  // namespace

Tensor Generator::uniform(const Shape& shape, const UniformOptions& options) const {
  return random::uniform(shape, from(*this, options));
}
Tensor Generator::uniform(const Shape& shape) const { return uniform(shape, {}); }
Tensor Generator::normal(const Shape& shape, const NormalOptions& options) const {
  return random::normal(shape, from(*this, options));
}
Tensor Generator::normal(const Shape& shape) const { return normal(shape, {}); }
Tensor Generator::truncated_normal(const Shape& shape, const NormalOptions& options) const {
  return random::truncated_normal(shape, from(*this, options));
}
Tensor Generator::truncated_normal(const Shape& shape) const { return truncated_normal(shape, {}); }
Tensor Generator::uniform_int(const Shape& shape, int64_t minval, int64_t maxval,
                              const UniformIntOptions& options) const {
  return random::uniform_int(shape, minval, maxval, from(*this, options));
}
Tensor Generator::uniform_int(const Shape& shape, int64_t minval, int64_t maxval) const {
  return uniform_int(shape, minval, maxval, {});
}
Tensor Generator::bernoulli(const Shape& shape, const BernoulliOptions& options) const {
  return random::bernoulli(shape, from(*this, options));
}
Tensor Generator::bernoulli(const Shape& shape) const { return bernoulli(shape, {}); }
Tensor Generator::categorical(const Tensor& logits, int64_t num_samples, const CategoricalOptions& options) const {
  return random::categorical(logits, num_samples, from(*this, options));
}
Tensor Generator::categorical(const Tensor& logits, int64_t num_samples) const {
  return categorical(logits, num_samples, {});
}
Tensor Generator::shuffle(const Tensor& x, const ShuffleOptions& options) const {
  return random::shuffle(x, from(*this, options));
}
Tensor Generator::shuffle(const Tensor& x) const { return shuffle(x, {}); }
Tensor Generator::permutation(int64_t n, const PermutationOptions& options) const {
  return random::permutation(n, from(*this, options));
}
Tensor Generator::permutation(int64_t n) const { return permutation(n, {}); }

}  // namespace cornu::random

namespace cornu {

void set_random_seed(int64_t seed) { random::global_generator().reset(seed); }

}  // namespace cornu
