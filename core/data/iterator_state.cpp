#include <string>

#include <cornu/core/data/internal/iterator_state.h>
#include <cornu/core/error.h>

namespace cornu::datasets {

namespace {

[[noreturn]] void fail() {
  throw ValueError(
      "DatasetIterator: the state is none of this pipeline's; an iterator is restored in a Dataset that is made of the "
      "same transformations as the one that was saved");
}

}  // namespace

int64_t StateReader::any_number() {
  if (state_.empty()) fail();
  const int64_t number = state_[0];
  state_ = state_.subspan(1);
  return number;
}

int64_t StateReader::number(int64_t minimum) {
  const int64_t number = any_number();
  if (number < minimum) fail();
  return number;
}

void StateReader::expect(int64_t number) {
  if (any_number() != number) fail();
}

IteratorState StateReader::part() {
  const auto length = static_cast<size_t>(number());
  if (length > state_.size()) fail();
  const auto part = state_.first(length);
  state_ = state_.subspan(length);
  return {part.begin(), part.end()};
}

void StateReader::finish() const {
  if (!state_.empty()) fail();
}

}  // namespace cornu::datasets
