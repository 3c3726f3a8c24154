#pragma once
#include <vector>

#include <cornu/metrics/metric.h>

/// Metrics of image segmentation: the overlap of predicted and true areas of each class, intersection over union,
/// tp / (tp + fp + fn). Class numbers, or with sparse_... = false scores of the classes along `axis`, of any shape;
/// sample weights are one for each class number. Class numbers out of range are ValueErrors.
namespace cornu::metrics {

/// Base of the overlaps: the confusion matrix [true class, predicted class].
class CORNU_API ConfusionMatrixMetric : public Metric {
 public:
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) override;
  /// The mean overlap of the target classes; those that neither were nor were predicted do not count.
  Tensor result() override;

 protected:
  struct Settings {
    int64_t num_classes = 2;
    std::vector<int64_t> target_class_ids = {};
    std::optional<int64_t> ignore_class = {};
    bool sparse_y_true = true;
    bool sparse_y_pred = true;
    int64_t axis = -1;
  };
  /// Throws ValueError for less than one class, or a target class out of range.
  ConfusionMatrixMetric(const char* class_name, const Settings& settings, const MetricOptions& options);

 private:
  Settings settings_;
  Variable total_;
};

struct IoUOptions {
  int64_t num_classes = 0;                     ///< that there are, at least 1
  std::vector<int64_t> target_class_ids = {};  ///< whose mean overlap is the result
  std::string name = {};
  std::optional<DType> dtype = {};
  std::optional<int64_t> ignore_class = {};  ///< labels of this class do not count
  bool sparse_y_true = true;                 ///< labels are class numbers, not scores
  bool sparse_y_pred = true;                 ///< predictions are class numbers, not scores
  int64_t axis = -1;                         ///< of the classes, where there are scores
  CORNU_API void describe(Fields& fields);
};
/// The mean overlap of the target classes.
///
///     metrics::IoU overlap({.num_classes = 2, .target_class_ids = {0}});
///     overlap.update_state(constant({0, 0, 1, 1}), constant({0, 1, 0, 1}));  // 1/3
///
/// Source: Keras's IoU.
class CORNU_API IoU : public ConfiguredMetric<ConfusionMatrixMetric, IoUOptions> {
 public:
  explicit IoU(const Options& options = {});
};

struct BinaryIoUOptions {
  std::vector<int64_t> target_class_ids = {0, 1};  ///< whose mean overlap is the result
  double threshold = 0.5;                          ///< predictions of at least this are class 1
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The mean overlap of class 0, class 1 or both, of predictions that a threshold decides.
///
///     metrics::BinaryIoU overlap({.threshold = 0.3});
///     overlap.update_state(constant({0, 1, 0, 1}), constant({0.1f, 0.2f, 0.4f, 0.7f}));  // 1/3
///
/// Source: Keras's BinaryIoU.
class CORNU_API BinaryIoU : public ConfiguredMetric<ConfusionMatrixMetric, BinaryIoUOptions> {
 public:
  explicit BinaryIoU(const Options& options = {});
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) override;
};

struct MeanIoUOptions {
  int64_t num_classes = 0;  ///< that there are, at least 1
  std::string name = {};
  std::optional<DType> dtype = {};
  std::optional<int64_t> ignore_class = {};  ///< labels of this class do not count
  bool sparse_y_true = true;                 ///< labels are class numbers, not scores
  bool sparse_y_pred = true;                 ///< predictions are class numbers, not scores
  int64_t axis = -1;                         ///< of the classes, where there are scores
  CORNU_API void describe(Fields& fields);
};
/// The mean overlap of all classes.
///
///     metrics::MeanIoU overlap({.num_classes = 2});
///     overlap.update_state(constant({0, 0, 1, 1}), constant({0, 1, 0, 1}));  // 1/3
///
/// Source: Keras's MeanIoU.
class CORNU_API MeanIoU : public ConfiguredMetric<ConfusionMatrixMetric, MeanIoUOptions> {
 public:
  explicit MeanIoU(const Options& options = {});
};

struct OneHotIoUOptions {
  int64_t num_classes = 0;                     ///< that there are, at least 1
  std::vector<int64_t> target_class_ids = {};  ///< whose mean overlap is the result
  std::string name = {};
  std::optional<DType> dtype = {};
  std::optional<int64_t> ignore_class = {};  ///< labels of this class do not count
  bool sparse_y_pred = false;                ///< predictions are class numbers, not scores
  int64_t axis = -1;                         ///< of the classes, where there are scores
  CORNU_API void describe(Fields& fields);
};
/// The mean overlap of the target classes, of one-hot labels.
///
///     metrics::OneHotIoU overlap({.num_classes = 3, .target_class_ids = {0, 2}});
///     overlap.update_state(one_hot(constant({2, 0, 1, 0}), 3), scores);  // scores [4, 3]
///
/// Source: Keras's OneHotIoU.
class CORNU_API OneHotIoU : public ConfiguredMetric<ConfusionMatrixMetric, OneHotIoUOptions> {
 public:
  explicit OneHotIoU(const Options& options = {});
};

struct OneHotMeanIoUOptions {
  int64_t num_classes = 0;  ///< that there are, at least 1
  std::string name = {};
  std::optional<DType> dtype = {};
  std::optional<int64_t> ignore_class = {};  ///< labels of this class do not count
  bool sparse_y_pred = false;                ///< predictions are class numbers, not scores
  int64_t axis = -1;                         ///< of the classes, where there are scores
  CORNU_API void describe(Fields& fields);
};
/// The mean overlap of all classes, of one-hot labels.
///
///     metrics::OneHotMeanIoU overlap({.num_classes = 3});
///     overlap.update_state(one_hot(constant({2, 0, 1, 0}), 3), scores);  // scores [4, 3]
///
/// Source: Keras's OneHotMeanIoU.
class CORNU_API OneHotMeanIoU : public ConfiguredMetric<ConfusionMatrixMetric, OneHotMeanIoUOptions> {
 public:
  explicit OneHotMeanIoU(const Options& options = {});
};

}  // namespace cornu::metrics
