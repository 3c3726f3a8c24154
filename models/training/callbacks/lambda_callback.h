#pragma once
#include <functional>

#include <cornu/models/training/callback.h>

namespace cornu::callbacks {

using Hook = std::function<void(Logs& logs)>;
using NumberedHook = std::function<void(int64_t number, Logs& logs)>;

struct LambdaCallbackOptions {
  NumberedHook on_epoch_begin = {};
  NumberedHook on_epoch_end = {};
  Hook on_train_begin = {};
  Hook on_train_end = {};
  NumberedHook on_train_batch_begin = {};
  NumberedHook on_train_batch_end = {};
  Hook on_test_begin = {};
  Hook on_test_end = {};
  NumberedHook on_test_batch_begin = {};
  NumberedHook on_test_batch_end = {};
  Hook on_predict_begin = {};
  Hook on_predict_end = {};
  NumberedHook on_predict_batch_begin = {};
  NumberedHook on_predict_batch_end = {};
};

/// A callback of functions. Keras's keras.callbacks.LambdaCallback.
///
///     callbacks::LambdaCallback({.on_epoch_end = [](int64_t epoch, const Logs& logs) {
///       std::printf("%d %.3f\n", static_cast<int>(epoch), logs["loss"]);
///     }})
class CORNU_API LambdaCallback : public Callback {
 public:
  using Options = LambdaCallbackOptions;
  explicit LambdaCallback(const Options& options) : on_(options) {}

  void on_epoch_begin(int64_t epoch, Logs& logs) override { call(on_.on_epoch_begin, epoch, logs); }
  void on_epoch_end(int64_t epoch, Logs& logs) override { call(on_.on_epoch_end, epoch, logs); }
  void on_train_begin(Logs& logs) override { call(on_.on_train_begin, logs); }
  void on_train_end(Logs& logs) override { call(on_.on_train_end, logs); }
  void on_train_batch_begin(int64_t batch, Logs& logs) override { call(on_.on_train_batch_begin, batch, logs); }
  void on_train_batch_end(int64_t batch, Logs& logs) override { call(on_.on_train_batch_end, batch, logs); }
  void on_test_begin(Logs& logs) override { call(on_.on_test_begin, logs); }
  void on_test_end(Logs& logs) override { call(on_.on_test_end, logs); }
  void on_test_batch_begin(int64_t batch, Logs& logs) override { call(on_.on_test_batch_begin, batch, logs); }
  void on_test_batch_end(int64_t batch, Logs& logs) override { call(on_.on_test_batch_end, batch, logs); }
  void on_predict_begin(Logs& logs) override { call(on_.on_predict_begin, logs); }
  void on_predict_end(Logs& logs) override { call(on_.on_predict_end, logs); }
  void on_predict_batch_begin(int64_t batch, Logs& logs) override { call(on_.on_predict_batch_begin, batch, logs); }
  void on_predict_batch_end(int64_t batch, Logs& logs) override { call(on_.on_predict_batch_end, batch, logs); }

 private:
  template <class F, class... A>
  static void call(const F& function, A&&... arguments) {
    if (function) function(arguments...);
  }
  Options on_;
};

}  // namespace cornu::callbacks
