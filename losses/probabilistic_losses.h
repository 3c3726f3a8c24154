#pragma once
#include <cornu/core/config/numbers.h>
#include <cornu/losses/loss.h>

/// Losses of predicted probabilities and counts. The functions take y_true and y_pred [batch, d0, .. dN] and give a
/// loss for each sample [batch, d0, .. dN-1]; y_true is converted to y_pred's dtype. All throw ShapeError, naming the
/// loss and both shapes, for arguments that do not fit, and ValueError for options out of range.
///
/// Probabilities are clipped to [1e-7, 1 - 1e-7]; from logits the losses are computed without overflow.
namespace cornu::losses {

/// The arguments of binary_crossentropy().
struct BinaryCrossentropyArguments {
  bool from_logits = false;    ///< y_pred are logits, not probabilities
  double label_smoothing = 0;  ///< in [0, 1]: labels are pulled toward 0.5
  int64_t axis = -1;           ///< that the mean is taken over
};
/// The arguments of binary_focal_crossentropy().
struct BinaryFocalCrossentropyArguments {
  bool apply_class_balancing = false;  ///< weigh class 1 by alpha, class 0 by 1 - alpha
  double alpha = 0.25;
  double gamma = 2;  ///< 0: the binary cross-entropy; larger: easy samples count less
  bool from_logits = false;
  double label_smoothing = 0;
  int64_t axis = -1;
};
/// The arguments of categorical_crossentropy().
struct CategoricalCrossentropyArguments {
  bool from_logits = false;
  double label_smoothing = 0;  ///< in [0, 1]: each label becomes (1 - s) label + s / classes
  int64_t axis = -1;           ///< of the classes
};

/// The arguments of categorical_focal_crossentropy().
struct CategoricalFocalCrossentropyArguments {
  Numbers alpha = 0.25;  ///< a weight for all classes, or one for each
  double gamma = 2;      ///< 0: the categorical cross-entropy times alpha; larger: easy samples count less
  bool from_logits = false;
  double label_smoothing = 0;
  int64_t axis = -1;
};
/// The arguments of sparse_categorical_crossentropy().
struct SparseCategoricalCrossentropyArguments {
  bool from_logits = false;
  std::optional<int64_t> ignore_class = {};  ///< samples with this label do not count (-1 or 255, say)
  int64_t axis = -1;                         ///< of the classes
};

/// sum(y_true log(y_true / y_pred)) over the last axis, both clipped to [1e-7, 1].
CORNU_API Tensor kl_divergence(const Tensor& y_true, const Tensor& y_pred);
/// mean(y_pred - y_true log(y_pred + 1e-7)) over the last axis.
CORNU_API Tensor poisson(const Tensor& y_true, const Tensor& y_pred);
/// mean(-y_true log(y_pred) - (1 - y_true) log(1 - y_pred)) over the axis.
CORNU_API Tensor binary_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                     const BinaryCrossentropyArguments& arguments = {});
/// The binary cross-entropy of each element times (1 - p)^gamma, where p is the probability that y_pred gives to the
/// true class; the mean over the axis.
CORNU_API Tensor binary_focal_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                           const BinaryFocalCrossentropyArguments& arguments = {});
/// -sum(y_true log(p)) over the axis of the classes, where p is y_pred divided by its sum. y_true is one-hot, or a
/// distribution, of the same shape.
CORNU_API Tensor categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                          const CategoricalCrossentropyArguments& arguments = {});
/// -sum(alpha (1 - p)^gamma y_true log(p)) over the axis of the classes.
CORNU_API Tensor categorical_focal_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                                const CategoricalFocalCrossentropyArguments& arguments = {});
/// -log(p[y_true]), where p is y_pred divided by its sum over the axis of the classes: y_true [batch, ..] of class
/// numbers (or with a last axis of extent 1), y_pred [batch, .., classes] -> [batch, ..]. Throws ValueError naming a
/// label out of range.
///
///     losses::sparse_categorical_crossentropy(constant({1, 2}), logits, {.from_logits = true});
CORNU_API Tensor sparse_categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                                 const SparseCategoricalCrossentropyArguments& arguments = {});

/// sum(y_true log(y_true / y_pred)) of distributions [batch, classes], both clipped to [1e-7, 1].
///
///     losses::KLDivergence loss;
///     loss(constant({{0.5f, 0.5f}}), constant({{0.25f, 0.75f}}));  // (log(2) + log(2 / 3)) / 2
///
/// Source: Keras's KLDivergence.
class CORNU_API KLDivergence : public ConfiguredLoss<LossOptions> {
 public:
  explicit KLDivergence(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

/// mean(y_pred - y_true log(y_pred + 1e-7)): the negative log-likelihood of counts, up to a constant.
///
///     losses::Poisson loss;
///     loss(constant({{2.f, 0.f}}), constant({{1.f, 1.f}}));  // (1 + 1) / 2
///
/// Source: Keras's Poisson.
class CORNU_API Poisson : public ConfiguredLoss<LossOptions> {
 public:
  explicit Poisson(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

struct BinaryCrossentropyOptions {
  bool from_logits = false;    ///< y_pred are logits, not probabilities
  double label_smoothing = 0;  ///< in [0, 1]: labels are pulled toward 0.5
  int64_t axis = -1;           ///< that the mean is taken over
  Reduction reduction = {};
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The cross-entropy of labels 0 and 1 with predicted probabilities or logits:
/// mean(-y_true log(y_pred) - (1 - y_true) log(1 - y_pred)).
///
///     losses::BinaryCrossentropy loss({.from_logits = true});
///     loss(constant({{0.f, 1.f}}), constant({{0.f, 0.f}}));  // log(2)
///
/// Source: Keras's BinaryCrossentropy.
class CORNU_API BinaryCrossentropy : public ConfiguredLoss<BinaryCrossentropyOptions> {
 public:
  explicit BinaryCrossentropy(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

struct BinaryFocalCrossentropyOptions {
  bool apply_class_balancing = false;  ///< weigh class 1 by alpha, class 0 by 1 - alpha
  double alpha = 0.25;                 ///< in [0, 1]
  double gamma = 2;                    ///< at least 0; larger: easy samples count less
  bool from_logits = false;
  double label_smoothing = 0;  ///< in [0, 1]: labels are pulled toward 0.5
  int64_t axis = -1;           ///< that the mean is taken over
  Reduction reduction = {};
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The binary cross-entropy times (1 - p)^gamma, where p is the probability given to the true class: samples that are
/// predicted well count little.
///
///     losses::BinaryFocalCrossentropy loss({.gamma = 2});
///     loss(constant({{1.f}}), constant({{0.5f}}));  // 0.25 log(2)
///
/// Source: T.-Y. Lin et al., "Focal loss for dense object detection" (2017); Keras's BinaryFocalCrossentropy.
class CORNU_API BinaryFocalCrossentropy : public ConfiguredLoss<BinaryFocalCrossentropyOptions> {
 public:
  explicit BinaryFocalCrossentropy(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

struct CategoricalCrossentropyOptions {
  bool from_logits = false;
  double label_smoothing = 0;  ///< in [0, 1]: each label becomes (1 - s) label + s / classes
  int64_t axis = -1;           ///< of the classes
  Reduction reduction = {};
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The cross-entropy of one-hot labels [batch, classes] with predicted probabilities or logits: -sum(y_true log(p)),
/// p being y_pred divided by its sum.
///
///     losses::CategoricalCrossentropy loss;
///     loss(constant({{0.f, 1.f}}), constant({{0.5f, 0.5f}}));  // log(2)
///
/// Source: Keras's CategoricalCrossentropy.
class CORNU_API CategoricalCrossentropy : public ConfiguredLoss<CategoricalCrossentropyOptions> {
 public:
  explicit CategoricalCrossentropy(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

struct CategoricalFocalCrossentropyOptions {
  Numbers alpha = 0.25;  ///< a weight for all classes, or one for each
  double gamma = 2;      ///< at least 0; larger: easy samples count less
  bool from_logits = false;
  double label_smoothing = 0;  ///< in [0, 1]: each label becomes (1 - s) label + s / classes
  int64_t axis = -1;           ///< of the classes
  Reduction reduction = {};
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The categorical cross-entropy with each class's part times alpha (1 - p)^gamma: samples that are predicted well
/// count little.
///
///     losses::CategoricalFocalCrossentropy loss({.alpha = {0.2, 0.8}});
///     loss(constant({{0.f, 1.f}}), constant({{0.5f, 0.5f}}));  // 0.8 * 0.25 log(2)
///
/// Source: T.-Y. Lin et al., "Focal loss for dense object detection" (2017); Keras's CategoricalFocalCrossentropy.
class CORNU_API CategoricalFocalCrossentropy : public ConfiguredLoss<CategoricalFocalCrossentropyOptions> {
 public:
  explicit CategoricalFocalCrossentropy(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

struct SparseCategoricalCrossentropyOptions {
  bool from_logits = false;
  std::optional<int64_t> ignore_class = {};  ///< samples with this label do not count (-1 or 255, say)
  Reduction reduction = {};
  int64_t axis = -1;  ///< of the classes
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The cross-entropy of class numbers [batch] with predicted probabilities or logits [batch, classes]: -log(p[y_true]),
/// p being y_pred divided by its sum. Throws ValueError naming a label out of range.
///
///     losses::SparseCategoricalCrossentropy loss;
///     loss(constant({1, 0}), constant({{0.5f, 0.5f}, {1.f, 0.f}}));  // log(2) / 2
///
/// Source: Keras's SparseCategoricalCrossentropy.
class CORNU_API SparseCategoricalCrossentropy : public ConfiguredLoss<SparseCategoricalCrossentropyOptions> {
 public:
  explicit SparseCategoricalCrossentropy(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;

 protected:
  bool takes_class_numbers() const override { return true; }
};

}  // namespace cornu::losses
