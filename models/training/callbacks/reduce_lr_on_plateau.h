#pragma once
#include <cornu/models/training/callbacks/monitor.h>

namespace cornu::callbacks {

struct ReduceLROnPlateauOptions {
  std::string monitor = "val_loss";
  double factor = 0.1;        ///< what the learning rate is multiplied by, below 1
  int64_t patience = 10;      ///< epochs without getting better before it is
  int verbose = 0;            ///< 1: says so
  std::string mode = "auto";  ///< "min", "max", or "auto": by the metric
  double min_delta = 1e-4;    ///< what changes less does not count as better
  int64_t cooldown = 0;       ///< epochs after a reduction that are not watched
  double min_lr = 0;          ///< not below this
};

/// Reduces the learning rate when a value has stopped getting better; the logs get the learning rate. Keras's
/// keras.callbacks.ReduceLROnPlateau.
///
///     callbacks::ReduceLROnPlateau({.monitor = "val_loss", .factor = 0.2, .patience = 5, .min_lr = 1e-5})
class CORNU_API ReduceLROnPlateau : public MonitorCallback {
 public:
  using Options = ReduceLROnPlateauOptions;
  /// Throws ValueError for a factor outside (0, 1), and for negative patience, cooldown or min_lr.
  explicit ReduceLROnPlateau(const Options& options = {});

  /// Throws StateError for an optimizer with a schedule.
  void on_train_begin(Logs&) override;
  void on_epoch_end(int64_t epoch, Logs& logs) override;

 private:
  void reduce(int64_t epoch);

  Options options_;
  int64_t wait_ = 0, cooldown_left_ = 0;
};

}  // namespace cornu::callbacks
