#pragma once
#include <memory>
#include <optional>

#include <cornu/models/training/internal/batch_source.h>

namespace cornu {

/// Hands out batches epoch by epoch. With a number of steps an epoch goes on where the one before has stopped; where
/// the data ends, so does the epoch, and the next one begins a new pass. Keras's EpochIterator.
class EpochIterator {
 public:
  /// Throws ValueError unless 1 <= steps_per_epoch, and for data without an end and steps.
  EpochIterator(std::unique_ptr<BatchSource> source, std::optional<int64_t> steps_per_epoch, const char* where);
  /// There have been batches before, of another iterator: none at all is no error.
  void may_be_empty() { batches_ever_ = 1; }

  /// Steps of an epoch, if that is known.
  std::optional<int64_t> steps() const;
  void begin_epoch();
  /// False at the end of the epoch. Throws ValueError if the data has no batches at all.
  bool next(Batch& batch);
  int64_t steps_done() const { return steps_done_; }

  /// What is needed to go on from here.
  Tensor position() const;
  /// Goes there; `within_epoch`, the next begin_epoch() does not begin one.
  void restore(const Tensor& position, bool within_epoch);
  /// Throws ValueError for a position in other data.
  void check(const Tensor& position) const;

 private:
  void end_pass_if_complete();
  void begin_pass();
  bool take(Batch& batch);
  void warn();

  std::unique_ptr<BatchSource> source_;
  std::optional<int64_t> steps_per_epoch_;
  const char* where_;
  int64_t steps_done_ = 0, seen_in_pass_ = 0, batches_ever_ = 0;
  bool in_pass_ = false, goes_on_ = false, has_warned_ = false;
};

}  // namespace cornu
