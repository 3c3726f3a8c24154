#pragma once
#include <cornu/models/training/callback.h>

namespace cornu::callbacks {

/// Keeps the values of every epoch; fit() has one always. Keras's keras.callbacks.History.
class CORNU_API History : public Callback {
 public:
  void on_train_begin(Logs&) override { history_ = {}; }
  void on_epoch_end(int64_t epoch, Logs& logs) override { history_.add(epoch, logs); }
  const cornu::History& history() const { return history_; }

 private:
  cornu::History history_;
};

}  // namespace cornu::callbacks
