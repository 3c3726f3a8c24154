#pragma once
#include <string>
#include <vector>

#include <cornu/models/training/callback.h>

namespace cornu::callbacks {

/// Ends training when the loss is NaN or infinite, and says where that began: in the batch, in a variable as it was
/// before the step, or in the first operation of the step whose result is not finite. To be able to, it keeps the
/// values from before each step, which costs a copy of the weights. Keras's keras.callbacks.TerminateOnNaN.
///
///     auto guard = std::make_shared<callbacks::TerminateOnNaN>();
///     model.fit(x, y, {.callbacks = {guard}});  // "Batch 7: Invalid loss, terminating training; ... Log in mlp"
class CORNU_API TerminateOnNaN : public Callback {
 public:
  void on_train_begin(Logs&) override { culprit_.clear(); }
  void on_batch_begin(int64_t batch, Logs&) override;
  void on_batch_end(int64_t batch, Logs& logs) override;
  void on_train_end(Logs&) override { before_.clear(); }

  /// What was found; empty as long as all is finite.
  const std::string& culprit() const { return culprit_; }

 private:
  std::string find_culprit() const;
  std::vector<Tensor> before_;  // the variables' values before the step
  std::string culprit_;
};

}  // namespace cornu::callbacks
