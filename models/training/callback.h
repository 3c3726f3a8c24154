#pragma once
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <cornu/models/training/batch.h>
#include <cornu/models/training/history.h>

namespace cornu {

class Model;

namespace callbacks {

/// What a run of fit(), evaluate() or predict() will do.
struct Params {
  int verbose = 0;
  int64_t epochs = 1;
  std::optional<int64_t> steps = {};  ///< batches an epoch, if that is known
};

/// Base of all callbacks: what happens besides at certain moments of training, evaluation and prediction. Derive and
/// override what is needed. Keras's keras.callbacks.Callback.
///
///     class Announce : public callbacks::Callback {
///      public:
///       void on_epoch_end(int64_t epoch, Logs& logs) override {
///         std::printf("epoch %d: %.3f\n", static_cast<int>(epoch), logs["loss"]);
///         if (logs["loss"] < 0.01) model().stop_training = true;
///       }
///     };
///     model.fit(x, y, {.callbacks = {Announce()}});
///
/// The logs of a batch are the means over the epoch so far; those of an epoch have the validation's besides, their
/// names beginning with `val_`. What a callback adds to them, callbacks behind it and the History see.
class CORNU_API Callback {
 public:
  virtual ~Callback();

  virtual void set_model(Model& model) { model_ = &model; }
  virtual void set_params(const Params& params) { params_ = params; }
  const Params& params() const { return params_; }

  virtual void on_train_begin(Logs& logs);
  virtual void on_train_end(Logs& logs);
  virtual void on_epoch_begin(int64_t epoch, Logs& logs);
  virtual void on_epoch_end(int64_t epoch, Logs& logs);
  virtual void on_train_batch_begin(int64_t batch, Logs& logs);
  virtual void on_train_batch_end(int64_t batch, Logs& logs);
  virtual void on_test_begin(Logs& logs);
  virtual void on_test_end(Logs& logs);
  virtual void on_test_batch_begin(int64_t batch, Logs& logs);
  virtual void on_test_batch_end(int64_t batch, Logs& logs);
  virtual void on_predict_begin(Logs& logs);
  virtual void on_predict_end(Logs& logs);
  virtual void on_predict_batch_begin(int64_t batch, Logs& logs);
  virtual void on_predict_batch_end(int64_t batch, Logs& logs);
  /// What on_train_batch_begin() and on_train_batch_end() call, unless they are overridden.
  virtual void on_batch_begin(int64_t batch, Logs& logs);
  virtual void on_batch_end(int64_t batch, Logs& logs);

 protected:
  Callback() = default;
  Callback(const Callback&) = default;
  Callback(Callback&&) = default;
  Callback& operator=(const Callback&) = default;
  Callback& operator=(Callback&&) = default;
  /// The model that is trained. Throws StateError outside of a run.
  Model& model() const;

 private:
  Model* model_ = nullptr;
  Params params_;
};

}  // namespace callbacks

/// A callback as fit() takes it: by value, or as a shared pointer, so that the caller can ask it afterwards.
class CORNU_API CallbackHandle {
 public:
  template <std::derived_from<callbacks::Callback> T>
  CallbackHandle(T callback) : callback_(std::make_shared<T>(std::move(callback))) {}
  template <std::derived_from<callbacks::Callback> T>
  CallbackHandle(std::shared_ptr<T> callback) : callback_(std::move(callback)) {}

  const std::shared_ptr<callbacks::Callback>& get() const { return callback_; }

 private:
  std::shared_ptr<callbacks::Callback> callback_;
};

}  // namespace cornu
