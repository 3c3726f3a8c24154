#include <string>

#include <cornu/core/error.h>
#include <cornu/models/training/callbacks/save_frequency.h>

namespace cornu::callbacks {

SaveFrequency::SaveFrequency(const char* moment) {
  if (!moment || std::string(moment) != "epoch")
    throw ValueError("save_freq must be \"epoch\" or a number of batches; received '" +
                     std::string(moment ? moment : "") + "'");
}

SaveFrequency::SaveFrequency(int64_t batches) : batches_(batches) {
  if (batches < 1)
    throw ValueError("save_freq must be \"epoch\" or a number of batches from 1 on; received " +
                     std::to_string(batches));
}

bool SaveFrequency::is_due(int64_t batch) {
  if (is_each_epoch()) return false;
  since_last_ += batch > last_batch_ ? batch - last_batch_ : batch + 1;
  last_batch_ = batch;
  if (since_last_ < batches_) return false;
  since_last_ = 0;
  return true;
}

}  // namespace cornu::callbacks
