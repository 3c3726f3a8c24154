#pragma once
#include <cornu/losses/loss.h>

/// Losses of predicted numbers. The functions take y_true and y_pred [batch, d0, .. dN] and give a loss for each sample
/// [batch, d0, .. dN-1]; y_true is converted to y_pred's dtype. All throw ShapeError, naming the loss and both shapes,
/// for arguments that do not broadcast.
namespace cornu::losses {

/// mean((y_true - y_pred)^2) over the last axis.
CORNU_API Tensor mean_squared_error(const Tensor& y_true, const Tensor& y_pred);
/// mean(|y_true - y_pred|) over the last axis.
CORNU_API Tensor mean_absolute_error(const Tensor& y_true, const Tensor& y_pred);
/// 100 mean(|y_true - y_pred| / max(|y_true|, 1e-7)) over the last axis.
CORNU_API Tensor mean_absolute_percentage_error(const Tensor& y_true, const Tensor& y_pred);
/// mean((log(y_true + 1) - log(y_pred + 1))^2) over the last axis; values below 1e-7 count as 1e-7.
CORNU_API Tensor mean_squared_logarithmic_error(const Tensor& y_true, const Tensor& y_pred);
/// -sum(l2_normalize(y_true) l2_normalize(y_pred)) over `axis`: -1 for the same direction, 1 for opposite ones, 0 if
/// one of them is zero.
CORNU_API Tensor cosine_similarity(const Tensor& y_true, const Tensor& y_pred, int64_t axis = -1);
/// The mean over the last axis of e^2 / 2 where |e| <= delta, delta |e| - delta^2 / 2 elsewhere, e = y_pred - y_true.
/// Throws ValueError unless delta is above 0.
CORNU_API Tensor huber(const Tensor& y_true, const Tensor& y_pred, double delta = 1);
/// mean(log(cosh(y_pred - y_true))) over the last axis.
CORNU_API Tensor log_cosh(const Tensor& y_true, const Tensor& y_pred);

/// mean((y_true - y_pred)^2).
///
///     losses::MeanSquaredError loss;
///     loss(constant({{0.f, 1.f}, {0.f, 0.f}}), constant({{1.f, 1.f}, {1.f, 0.f}}));  // 0.5
///
/// Source: Keras's MeanSquaredError.
class CORNU_API MeanSquaredError : public ConfiguredLoss<LossOptions> {
 public:
  explicit MeanSquaredError(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

/// mean(|y_true - y_pred|).
///
///     losses::MeanAbsoluteError loss({.reduction = "sum"});
///     loss(constant({{0.f, 1.f}, {0.f, 0.f}}), constant({{1.f, 1.f}, {1.f, 0.f}}));  // 0.5 + 0.5
///
/// Source: Keras's MeanAbsoluteError.
class CORNU_API MeanAbsoluteError : public ConfiguredLoss<LossOptions> {
 public:
  explicit MeanAbsoluteError(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

/// 100 mean(|y_true - y_pred| / max(|y_true|, 1e-7)), in percent.
///
///     losses::MeanAbsolutePercentageError loss;
///     loss(constant({{2.f, 4.f}}), constant({{1.f, 5.f}}));  // 100 (1/2 + 1/4) / 2 = 37.5
///
/// Source: Keras's MeanAbsolutePercentageError.
class CORNU_API MeanAbsolutePercentageError : public ConfiguredLoss<LossOptions> {
 public:
  explicit MeanAbsolutePercentageError(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

/// mean((log(y_true + 1) - log(y_pred + 1))^2), for targets that grow exponentially; values below 1e-7 count as 1e-7.
///
///     losses::MeanSquaredLogarithmicError loss;
///     loss(constant({{0.f, 1.f}}), constant({{1.f, 1.f}}));  // log(2)^2 / 2
///
/// Source: Keras's MeanSquaredLogarithmicError.
class CORNU_API MeanSquaredLogarithmicError : public ConfiguredLoss<LossOptions> {
 public:
  explicit MeanSquaredLogarithmicError(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

struct CosineSimilarityOptions {
  int64_t axis = -1;  ///< along which the vectors lie
  Reduction reduction = {};
  std::string name = {};
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// -sum(l2_normalize(y_true) l2_normalize(y_pred)) over `axis`: -1 where the vectors point the same way.
///
///     losses::CosineSimilarity loss;
///     loss(constant({{0.f, 1.f}, {1.f, 1.f}}), constant({{1.f, 0.f}, {1.f, 1.f}}));  // -(0 + 1) / 2
///
/// Source: Keras's CosineSimilarity.
class CORNU_API CosineSimilarity : public ConfiguredLoss<CosineSimilarityOptions> {
 public:
  explicit CosineSimilarity(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

struct HuberOptions {
  double delta = 1;  ///< where the loss turns from quadratic to linear
  Reduction reduction = {};
  std::string name = "huber_loss";
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// The mean of e^2 / 2 where |e| <= delta, delta |e| - delta^2 / 2 elsewhere, with e = y_pred - y_true: quadratic for
/// small errors, linear for outliers.
///
///     losses::Huber loss({.delta = 1});
///     loss(constant({{0.f, 0.f}}), constant({{0.5f, 3.f}}));  // (0.125 + 2.5) / 2
///
/// Source: P. J. Huber, "Robust estimation of a location parameter" (1964); Keras's Huber.
class CORNU_API Huber : public ConfiguredLoss<HuberOptions> {
 public:
  explicit Huber(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

/// mean(log(cosh(y_pred - y_true))): about e^2 / 2 for small errors e, |e| - log(2) for large ones.
///
///     losses::LogCosh loss;
///     loss(constant({{0.f, 1.f}, {0.f, 0.f}}), constant({{1.f, 1.f}, {0.f, 0.f}}));  // 0.108
///
/// Source: Keras's LogCosh.
class CORNU_API LogCosh : public ConfiguredLoss<LossOptions> {
 public:
  explicit LogCosh(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

}  // namespace cornu::losses
