#include <cstdio>
#include <string>

#include <cornu/core/error.h>
#include <cornu/models/training/internal/epoch_iterator.h>

namespace cornu {

namespace {

/// What the number of steps is called.
std::string steps_of(const std::string& where) {
  return where == "fit" ? "steps_per_epoch" : where == "validation" ? "validation_steps" : "steps";
}

}  // namespace

EpochIterator::EpochIterator(std::unique_ptr<BatchSource> source, std::optional<int64_t> steps_per_epoch,
                             const char* where)
    : source_(std::move(source)), steps_per_epoch_(steps_per_epoch), where_(where) {
  const std::string place = std::string(where) + ": ";
  if (steps_per_epoch && *steps_per_epoch < 1)
    throw ValueError(place + steps_of(where) + " must be at least 1; received " + std::to_string(*steps_per_epoch));
  if (!steps_per_epoch && source_->is_endless())
    throw ValueError(place + "the data set has no end; say how many batches to take with ." + steps_of(where) +
                     ", or take() some");
  if (source_->batch_count() == 0) throw ValueError(place + "the data has no batches; is it empty?");
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
  if (!in_pass_ || !steps_per_epoch_) begin_pass();
}

void EpochIterator::begin_pass() {
  source_->begin_pass();
  seen_in_pass_ = 0;
  in_pass_ = true;
}

bool EpochIterator::take(Batch& batch) {
  if (!source_->next(batch)) return false;
  ++steps_done_;
  ++seen_in_pass_;
  ++batches_ever_;
  return true;
}

bool EpochIterator::next(Batch& batch) {
  if (steps_per_epoch_ && steps_done_ >= *steps_per_epoch_) {
    end_pass_if_complete();
    return false;
  }
  if (take(batch)) return true;
  if (steps_done_ == 0 && seen_in_pass_ > 0) {  // the pass has ended with the epoch before
    begin_pass();
    if (take(batch)) return true;
  }
  in_pass_ = false;
  if (batches_ever_ == 0) throw ValueError(std::string(where_) + ": the data has no batches; is it empty?");
  if (steps_per_epoch_ && steps_done_ > 0) warn();
  return false;
}

void EpochIterator::warn() {
  if (has_warned_) return;
  has_warned_ = true;
  const bool has_epochs = steps_of(where_) == "steps_per_epoch";
  std::fprintf(stderr,
               "warning: %s: the data ran out after %lld of %lld steps; %s. Give data with more batches, or "
               "repeat it without end\n",
               where_, static_cast<long long>(steps_done_), static_cast<long long>(*steps_per_epoch_),
               has_epochs ? "the epoch ends here and the next one begins anew" : "it ends here");
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
