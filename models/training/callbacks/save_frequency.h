#pragma once
#include <cstdint>

#include <cornu/core/export.h>

namespace cornu::callbacks {

/// How often something is saved: "epoch", at the end of each, or after so many batches.
class CORNU_API SaveFrequency {
 public:
  /// "epoch". Throws ValueError for another text.
  SaveFrequency(const char* moment);
  /// Throws ValueError unless 1 <= batches.
  SaveFrequency(int64_t batches);
  SaveFrequency(int batches) : SaveFrequency(static_cast<int64_t>(batches)) {}

  bool is_each_epoch() const { return batches_ == 0; }
  /// Whether it is time after this batch, which is counted within its epoch.
  bool is_due(int64_t batch);

 private:
  int64_t batches_ = 0;
  int64_t since_last_ = 0, last_batch_ = -1;
};

}  // namespace cornu::callbacks
