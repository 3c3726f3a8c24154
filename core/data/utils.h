#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

/// Helpers for data, as keras.utils.
namespace cornu::utils {

/// A row for each label, 1 in the column that it names and 0 elsewhere: float32 of shape (..., num_classes); a last
/// axis of 1 in `labels` is dropped first. Without num_classes: the largest label + 1. Throws DTypeError unless the
/// labels are integers, ValueError for one outside [0, num_classes).
///
///     utils::to_categorical(constant({0, 2}))   // [[1, 0, 0], [0, 0, 1]]
CORNU_API Tensor to_categorical(const Tensor& labels, std::optional<int64_t> num_classes = {});

/// x / |x| along `axis`, |x| = (sum |x_i|^order)^(1/order); what is 0 stays 0. Throws DTypeError unless x is floating,
/// ValueError for an order that is not positive. Keras's order of 2 is the Euclidean norm.
CORNU_API Tensor normalize(const Tensor& x, int64_t axis = -1, double order = 2);

struct PadSequencesOptions {
  std::optional<int64_t> maxlen = {};  ///< nothing: the longest sequence
  DType dtype = int32;
  std::string padding = "pre";     ///< where values are put in: "pre" or "post"
  std::string truncating = "pre";  ///< where elements of longer sequences are taken away
  double value = 0;
};
/// Sequences of different length as rows of one tensor (sequences, maxlen, ...). Throws ShapeError for scalars and for
/// sequences whose further axes differ, ValueError for other words than "pre" and "post".
///
///     utils::pad_sequences({{1}, {2, 3}})   // [[0, 1], [2, 3]]
CORNU_API Tensor pad_sequences(const std::vector<std::vector<int64_t>>& sequences,
                               const PadSequencesOptions& options = {});
CORNU_API Tensor pad_sequences(const TensorList& sequences, const PadSequencesOptions& options = {});

struct TrainTestSplitOptions {
  /// A part of the rows below 1, or their number. Nothing: what train_size leaves, or 0.25.
  std::optional<double> test_size = {};
  std::optional<double> train_size = {};  ///< nothing: what is left
  bool shuffle = true;
  std::optional<int64_t> seed = {};  ///< nothing: from the global generator
};
/// The rows of each tensor in two parts: {first's train part, first's test part, second's train part, ...}. As
/// scikit-learn's: a part's test rows are rounded up, its train rows down. Throws ShapeError if the tensors have not
/// one number of rows, ValueError for sizes that leave a part empty or are more than there is.
///
///     const TensorList parts = utils::train_test_split({x, y}, {.test_size = 0.2, .seed = 1});
///     Tensor x_train = parts[0], x_test = parts[1], y_train = parts[2], y_test = parts[3];
CORNU_API TensorList train_test_split(const TensorList& tensors, const TrainTestSplitOptions& options = {});

}  // namespace cornu::utils
