#include <iostream>

#include <cornu/models/training/callbacks/progbar_logger.h>

namespace cornu::callbacks {

void ProgbarLogger::begin() {
  if (!steps_) steps_ = params().steps;
  bar_ = std::make_shared<ProgressBar>(steps_, params().verbose, out_);
  seen_ = 0;
}

void ProgbarLogger::show(int64_t batch, const Logs& logs) {
  seen_ = batch + 1;
  if (bar_ && bar_->is_due(seen_)) bar_->draw(seen_, logs.items());
}

void ProgbarLogger::finish(const Logs& logs) {
  if (!bar_) return;
  if (!steps_) steps_ = seen_;
  bar_->finish(seen_, logs.items());
  bar_.reset();
}

void ProgbarLogger::on_train_begin(Logs&) {
  is_training_ = true;
  steps_.reset();
}
void ProgbarLogger::on_train_end(Logs&) { is_training_ = false; }
void ProgbarLogger::on_epoch_begin(int64_t epoch, Logs&) {
  begin();
  if (params().verbose != 0 && params().epochs > 1)
    (out_ ? *out_ : std::cout) << "Epoch " << epoch + 1 << "/" << params().epochs << std::endl;
}
void ProgbarLogger::on_epoch_end(int64_t, Logs& logs) { finish(logs); }
void ProgbarLogger::on_train_batch_end(int64_t batch, Logs& logs) { show(batch, logs); }

void ProgbarLogger::on_test_begin(Logs&) {
  if (is_training_) return;
  steps_.reset();
  begin();
}
void ProgbarLogger::on_test_batch_end(int64_t batch, Logs& logs) {
  if (!is_training_) show(batch, logs);
}
void ProgbarLogger::on_test_end(Logs& logs) {
  if (!is_training_) finish(logs);
}

void ProgbarLogger::on_predict_begin(Logs&) {
  steps_.reset();
  begin();
}
void ProgbarLogger::on_predict_batch_end(int64_t batch, Logs&) { show(batch, {}); }
void ProgbarLogger::on_predict_end(Logs&) { finish({}); }

}  // namespace cornu::callbacks
