#include <cornu/core/error.h>
#include <cornu/models/training/callback.h>

namespace cornu::callbacks {

Callback::~Callback() = default;

Model& Callback::model() const {
  if (!model_) throw StateError("this callback has no model: it gets one from fit(), evaluate() or predict()");
  return *model_;
}

void Callback::on_train_begin(Logs&) {}
void Callback::on_train_end(Logs&) {}
void Callback::on_epoch_begin(int64_t, Logs&) {}
void Callback::on_epoch_end(int64_t, Logs&) {}
void Callback::on_train_batch_begin(int64_t batch, Logs& logs) { on_batch_begin(batch, logs); }
void Callback::on_train_batch_end(int64_t batch, Logs& logs) { on_batch_end(batch, logs); }
void Callback::on_test_begin(Logs&) {}
void Callback::on_test_end(Logs&) {}
void Callback::on_test_batch_begin(int64_t, Logs&) {}
void Callback::on_test_batch_end(int64_t, Logs&) {}
void Callback::on_predict_begin(Logs&) {}
void Callback::on_predict_end(Logs&) {}
void Callback::on_predict_batch_begin(int64_t, Logs&) {}
void Callback::on_predict_batch_end(int64_t, Logs&) {}
void Callback::on_batch_begin(int64_t, Logs&) {}
void Callback::on_batch_end(int64_t, Logs&) {}

}  // namespace cornu::callbacks
