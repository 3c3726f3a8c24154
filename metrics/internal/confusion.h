#pragma once
// Counts of right and wrong decisions at thresholds, which many metrics are made of.
#include <optional>
#include <vector>

#include <cornu/core/config/numbers.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::metrics {

/// Weighted counts, [thresholds] each, or [thresholds, labels].
struct ConfusionCounts {
  Tensor true_positives, false_positives, true_negatives, false_negatives;
};

struct ConfusionOptions {
  std::vector<double> thresholds;        ///< a prediction above it is positive
  std::optional<int64_t> top_k = {};     ///< only the k largest predictions of a sample may be positive
  std::optional<int64_t> class_id = {};  ///< look at this class alone
  bool multi_label = false;              ///< count for each label [batch, labels], instead of for all together
  Tensor label_weights = {};             ///< [labels], where labels are counted together
  DType dtype = float32;
};

/// y_true [batch, ..] (positive where it is not 0) and y_pred of the same shape. Throws ShapeError for shapes that do
/// not fit, ValueError for a class_id out of range.
ConfusionCounts count_confusion(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight,
                                const ConfusionOptions& options);

/// `thresholds`, or `standard` where there are none. Throws ValueError unless all are in [0, 1].
std::vector<double> parse_thresholds(const char* class_name, const Numbers& thresholds, double standard);

/// Of even thresholds; float32 tells about as many apart.
constexpr double most_thresholds = 1e7;
/// `count` thresholds from 0 to 1.
std::vector<double> even_thresholds(int64_t count);

/// What predictions that are not among the top k count as.
inline constexpr double below_all = -1e10;

}  // namespace cornu::metrics
