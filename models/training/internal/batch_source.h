#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include <cornu/models/training/batch.h>
#include <cornu/models/training/fit_options.h>

namespace cornu {

/// Where batches come from, pass after pass.
class BatchSource {
 public:
  virtual ~BatchSource() = default;
  /// Batches of a pass, if that is known.
  virtual std::optional<int64_t> batch_count() const { return std::nullopt; }
  virtual bool is_endless() const { return false; }
  virtual void begin_pass() = 0;
  /// The next batch of the pass; false at its end.
  virtual bool next(Batch& batch) = 0;

  /// The place in the pass under way as a list of int64, from which restore() goes on with the same batches.
  virtual Tensor position() const = 0;
  virtual void restore(const Tensor& position) = 0;
  /// Throws ValueError for a position in other data.
  virtual void check(const Tensor& position) const = 0;
};

/// How the tensors of a batch are told apart: the first are inputs, then come targets, then weights.
struct BatchLayout {
  size_t inputs = 1;
  size_t outputs = 1;
  bool has_targets = true;  // always
  bool is_known = true;     // else the number of inputs, and that of the outputs perhaps, is a guess
};

/// Batches of tensors, the samples in random order in each pass if `shuffle`. Throws ShapeError unless all have the
/// same number of samples, ValueError for none.
std::unique_ptr<BatchSource> make_tensor_source(const Batch& samples, int64_t batch_size, bool shuffle);
std::unique_ptr<BatchSource> make_source(const DataSource& source, const BatchLayout& layout,
                                         const ClassWeights& class_weight);

/// The tensors of a generated batch. Throws ValueError if there are too few or too many, StateError where it is not
/// known which is what.
Batch unpack(TensorList element, const BatchLayout& layout);

/// The number of samples. Throws ShapeError, naming `where`, unless all tensors agree on it.
int64_t sample_count(const Batch& samples, const char* where);

/// Throws ValueError, naming `where`, unless all weights are finite and at least 0.
void check_class_weights(const ClassWeights& class_weight, const char* where);
/// The weight of each sample by its class: y of class numbers, or one-hot. Throws ValueError, naming `where`, for
/// several targets.
Tensor weights_of_classes(const Tensors& y, const ClassWeights& class_weight, const char* where);
/// Puts them in the place of the sample weights. Throws ValueError if there are such.
void apply_class_weights(Batch& batch, const ClassWeights& class_weight, const char* where);

}  // namespace cornu
