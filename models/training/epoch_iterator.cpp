#include <cstdio>
#include <string>

#include <cornu/core/error.h>
#include <cornu/models/training/internal/epoch_iterator.h>

namespace cornu {

EpochIterator::EpochIterator(std::unique_ptr<BatchSource> source, std::optional<int64_t> steps_per_epoch,
                             const char* where)
    : source_(std::move(source)), steps_per_epoch_(steps_per_epoch), where_(where) {
  if (steps_per_epoch && *steps_per_epoch < 1)
    throw ValueError(std::string(where) + ": the number of steps must be at least 1; received " +
                     std::to_string(*steps_per_epoch));
  if (source_->batch_count() == 0) throw ValueError(std::string(where) + ": the data has no batches; is it empty?");
}

std::optional<int64_t> EpochIterator::steps() const {
  return steps_per_epoch_ ? steps_per_epoch_ : source_->batch_count();
}

void EpochIterator::begin_epoch() {
  if (goes_on_) {
    goes_on_ = false;
    return;
  }
  steps_done_ = 0;
  if (in_pass_ && steps_per_epoch_) return;
  source_->begin_pass();
  seen_in_pass_ = 0;
  in_pass_ = true;
}

bool EpochIterator::next(Batch& batch) {
  if (steps_per_epoch_ && steps_done_ >= *steps_per_epoch_) {
    end_pass_if_complete();
    return false;
  }
  if (source_->next(batch)) {
    ++steps_done_;
    ++seen_in_pass_;
    ++batches_ever_;
    return true;
  }
  in_pass_ = false;
  if (batches_ever_ == 0) throw ValueError(std::string(where_) + ": the data has no batches; is it empty?");
  if (steps_per_epoch_ && !has_warned_) {
    has_warned_ = true;
    std::fprintf(stderr,
                 "warning: %s: the data ran out after %lld of %lld steps; the epoch ends here and the next one begins "
                 "anew. Give data with more batches, or repeat it without end\n",
                 where_, static_cast<long long>(steps_done_), static_cast<long long>(*steps_per_epoch_));
  }
  return false;
}

void EpochIterator::end_pass_if_complete() {
  const std::optional<int64_t> count = source_->batch_count();
  if (count && seen_in_pass_ >= *count) in_pass_ = false;
}

Tensor EpochIterator::position() const {
  std::vector<int64_t> numbers{steps_done_, seen_in_pass_, batches_ever_, in_pass_};
  const std::vector<int64_t> source = source_->position().to_vector<int64_t>();
  numbers.insert(numbers.end(), source.begin(), source.end());
  return Tensor::from_span<int64_t>(numbers, {static_cast<int64_t>(numbers.size())});
}

namespace {

/// What the source has added to the iterator's own numbers.
Tensor position_of_source(const Tensor& position) {
  const std::vector<int64_t> numbers = position.to_vector<int64_t>();
  if (numbers.size() < 4) throw ValueError("the place in the data that was saved is damaged");
  const std::vector<int64_t> source(numbers.begin() + 4, numbers.end());
  return Tensor::from_span<int64_t>(source, {static_cast<int64_t>(source.size())});
}

}  // namespace

void EpochIterator::check(const Tensor& position) const { source_->check(position_of_source(position)); }

void EpochIterator::restore(const Tensor& position, bool within_epoch) {
  source_->restore(position_of_source(position));
  const std::vector<int64_t> numbers = position.to_vector<int64_t>();
  steps_done_ = numbers[0];
  seen_in_pass_ = numbers[1];
  batches_ever_ = numbers[2];
  in_pass_ = numbers[3] != 0;
  goes_on_ = within_epoch;
}

}  // namespace cornu
