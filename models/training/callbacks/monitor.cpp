#include <cmath>
#include <cstdio>
#include <set>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/models/model.h>
#include <cornu/models/training/callbacks/monitor.h>

namespace cornu::callbacks {

namespace {

const std::set<std::string> growing = {"Accuracy",
                                       "BinaryAccuracy",
                                       "CategoricalAccuracy",
                                       "SparseCategoricalAccuracy",
                                       "TopKCategoricalAccuracy",
                                       "SparseTopKCategoricalAccuracy",
                                       "TruePositives",
                                       "TrueNegatives",
                                       "Precision",
                                       "Recall",
                                       "SensitivityAtSpecificity",
                                       "SpecificityAtSensitivity",
                                       "PrecisionAtRecall",
                                       "RecallAtPrecision",
                                       "AUC",
                                       "F1Score",
                                       "FBetaScore",
                                       "IoU",
                                       "BinaryIoU",
                                       "MeanIoU",
                                       "OneHotIoU",
                                       "OneHotMeanIoU",
                                       "R2Score",
                                       "CosineSimilarity"};
const std::set<std::string> shrinking = {"MeanSquaredError",
                                         "RootMeanSquaredError",
                                         "MeanAbsoluteError",
                                         "MeanAbsolutePercentageError",
                                         "MeanSquaredLogarithmicError",
                                         "LogCoshError",
                                         "Hinge",
                                         "SquaredHinge",
                                         "CategoricalHinge",
                                         "KLDivergence",
                                         "Poisson",
                                         "BinaryCrossentropy",
                                         "CategoricalCrossentropy",
                                         "SparseCategoricalCrossentropy",
                                         "FalsePositives",
                                         "FalseNegatives"};

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

MonitorCallback::MonitorCallback(const char* class_name, const std::string& monitor, const std::string& mode,
                                 double min_delta, std::optional<double> initial_value_threshold)
    : class_name_(class_name),
      monitor_(monitor),
      mode_(mode),
      min_delta_(std::fabs(min_delta)),
      best_(initial_value_threshold) {
  if (mode != "auto" && mode != "min" && mode != "max")
    throw ValueError(class_name_ + ": mode must be \"auto\", \"min\" or \"max\"; received '" + mode + "'");
  if (std::isnan(min_delta)) throw ValueError(class_name_ + ": min_delta must be a number; received nan");
}

std::optional<double> MonitorCallback::monitored(const Logs& logs, const char* is_for) {
  if (logs.contains(monitor_)) return logs[monitor_];
  std::fprintf(stderr, "warning: %s: %s needs '%s', which the logs do not have; they have %s\n", class_name_.c_str(),
               is_for, monitor_.c_str(), join(logs.names()).c_str());
  return std::nullopt;
}

bool MonitorCallback::smaller_is_better() {
  if (mode_ != "auto") return mode_ == "min";
  const std::string name = monitor_.rfind("val_", 0) == 0 ? monitor_.substr(4) : monitor_;
  if (ends_with(name, "loss")) return true;
  for (const Metric* metric : model().metrics()) {
    if (!ends_with(name, metric->name())) continue;
    const std::string class_name = class_name_of(typeid(*metric));
    if (shrinking.contains(class_name)) return true;
    if (growing.contains(class_name)) return false;
  }
  throw ValueError(class_name_ + ": cannot tell whether '" + monitor_ +
                   "' is to become larger or smaller; give .mode = \"max\" or \"min\"");
}

bool MonitorCallback::is_improvement(double value, std::optional<double> reference) {
  const bool is_smaller_better = smaller_is_better();
  if (std::isnan(value)) return false;
  if (!reference) return true;
  return is_smaller_better ? value + min_delta_ < *reference : value - min_delta_ > *reference;
}

}  // namespace cornu::callbacks
