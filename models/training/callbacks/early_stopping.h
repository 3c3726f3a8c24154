#pragma once
#include <vector>

#include <cornu/models/training/callbacks/monitor.h>

namespace cornu::callbacks {

struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0;                 ///< what changes less does not count as better
  int64_t patience = 0;                 ///< epochs without getting better before training ends
  int verbose = 0;                      ///< 1: says so
  std::string mode = "auto";            ///< "min", "max", or "auto": by the metric
  std::optional<double> baseline = {};  ///< as long as no value is better than this, getting better buys no patience
  bool restore_best_weights = false;    ///< the model ends with the weights of its best epoch
  int64_t start_from_epoch = 0;         ///< epochs before it are not watched
};

/// Ends training when a value has stopped getting better. Keras's keras.callbacks.EarlyStopping.
///
///     model.fit(x, y, {.epochs = 100, .callbacks = {callbacks::EarlyStopping({.patience = 3})}});
class CORNU_API EarlyStopping : public MonitorCallback {
 public:
  using Options = EarlyStoppingOptions;
  explicit EarlyStopping(const Options& options = {});

  void on_train_begin(Logs&) override;
  void on_epoch_end(int64_t epoch, Logs& logs) override;
  void on_train_end(Logs&) override;

  /// The epoch after which training was ended, 0 if it was not.
  int64_t stopped_epoch() const { return stopped_epoch_; }
  int64_t best_epoch() const { return best_epoch_; }

 private:
  void keep_weights(int64_t epoch);

  Options options_;
  int64_t wait_ = 0, stopped_epoch_ = 0, best_epoch_ = 0;
  std::vector<Tensor> best_weights_;
};

}  // namespace cornu::callbacks
