#include <cornu/core/data/internal/random_stream.h>
#include <cornu/core/kernels/philox.h>
#include <cornu/core/random/generator.h>

namespace cornu::datasets {

namespace {

kernels::philox::Block block_of(uint64_t key, uint64_t low, uint64_t high) {
  const auto word = [](uint64_t number, int shift) { return static_cast<uint32_t>(number >> shift); };
  return kernels::philox::block({word(low, 0), word(low, 32), word(high, 0), word(high, 32)}, word(key, 0),
                                word(key, 32));
}

uint64_t first_word(const kernels::philox::Block& block) { return uint64_t{block[1]} << 32 | block[0]; }
uint64_t second_word(const kernels::philox::Block& block) { return uint64_t{block[3]} << 32 | block[2]; }

}  // namespace

Iteration::Entry Iteration::find(const RandomStream& stream) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(&stream);
  if (found != entries_.end()) return found->second;
  const int64_t number = is_nested_ || !stream.differs_each_time_ ? 0 : stream.iterations_++;
  return entries_[&stream] = {stream.seed_, number};
}

void Iteration::set(const RandomStream& stream, const Entry& entry) {
  const std::scoped_lock lock(mutex_);
  entries_[&stream] = entry;
  // Later iterators go on behind a restored one, as they would have.
  if (!is_nested_ && stream.differs_each_time_) stream.iterations_ = entry.number + 1;
}

IterationContext IterationContext::inner(int64_t number) const {
  return {iteration, first_word(block_of(pass, static_cast<uint64_t>(number), 1))};
}

uint64_t RandomPass::key() const {
  return first_word(block_of(static_cast<uint64_t>(seed), static_cast<uint64_t>(iteration), pass));
}

void RandomPass::save(StateWriter& state) const { state << seed << iteration << static_cast<int64_t>(pass); }

RandomStream::RandomStream(std::optional<int64_t> seed, bool differs_each_time)
    : seed_(seed ? *seed : random::global_generator().make_seed()), differs_each_time_(differs_each_time) {}

RandomPass RandomStream::begin(const IterationContext& context) const {
  const auto [seed, number] = context.iteration->find(*this);
  return {seed, number, differs_each_time_ ? context.pass : 0};
}

RandomPass RandomStream::restore(StateReader& state, const IterationContext& context) const {
  RandomPass pass;
  pass.seed = state.any_number();
  pass.iteration = state.any_number();
  pass.pass = static_cast<uint64_t>(state.any_number());
  context.iteration->set(*this, {pass.seed, pass.iteration});
  return pass;
}

int64_t Draws::next(int64_t bound) {
  if (number_ % 2 == 0) {
    const auto block = block_of(key_, number_ / 2, 0);
    words_[0] = first_word(block);
    words_[1] = second_word(block);
  }
  __extension__ using Product = unsigned __int128;
  const Product product = Product{words_[number_++ % 2]} * static_cast<uint64_t>(bound);
  return static_cast<int64_t>(product >> 64);
}

}  // namespace cornu::datasets
