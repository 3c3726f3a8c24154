#pragma once
#include <optional>
#include <string>

#include <cornu/models/training/callback.h>

namespace cornu::callbacks {

/// Base of the callbacks that watch whether a value gets better. Keras's MonitorCallback.
class CORNU_API MonitorCallback : public Callback {
 public:
  const std::string& monitor() const { return monitor_; }
  /// The best value so far.
  std::optional<double> best() const { return best_; }

 protected:
  /// `mode` is "min", "max" or "auto": by the name and the metric's class. Throws ValueError for another one.
  MonitorCallback(const char* class_name, const std::string& monitor, const std::string& mode, double min_delta,
                  std::optional<double> initial_value_threshold = {});

  /// The value in the logs; nothing, and a warning that says what `is_for`, if they have none.
  std::optional<double> monitored(const Logs& logs, const char* is_for);
  /// Whether `value` is better than `reference` by more than min_delta; also if there is no reference. NaN never is.
  /// Throws ValueError where mode "auto" cannot tell what is better.
  bool is_improvement(double value, std::optional<double> reference);
  void set_best(std::optional<double> best) { best_ = best; }

 private:
  bool smaller_is_better();

  std::string class_name_, monitor_, mode_;
  double min_delta_;
  std::optional<double> best_;
};

}  // namespace cornu::callbacks
