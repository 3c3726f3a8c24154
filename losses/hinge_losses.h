#pragma once
#include <cornu/losses/loss.h>

/// Losses of maximum-margin classification. The functions take y_true and y_pred [batch, d0, .. dN] and give a loss for
/// each sample [batch, d0, .. dN-1]. All throw ShapeError, naming the loss and both shapes, for arguments that do not
/// broadcast.
namespace cornu::losses {

/// mean(max(1 - y_true y_pred, 0)) over the last axis. Labels are -1 or 1; where all are 0 or 1, 0 counts as -1.
CORNU_API Tensor hinge(const Tensor& y_true, const Tensor& y_pred);
/// mean(max(1 - y_true y_pred, 0)^2) over the last axis, labels as in hinge().
CORNU_API Tensor squared_hinge(const Tensor& y_true, const Tensor& y_pred);
/// max(max((1 - y_true) y_pred) - sum(y_true y_pred) + 1, 0) over the last axis, for one-hot labels.
CORNU_API Tensor categorical_hinge(const Tensor& y_true, const Tensor& y_pred);

/// mean(max(1 - y_true y_pred, 0)). Labels are -1 or 1; where all are 0 or 1, 0 counts as -1.
///
///     losses::Hinge loss;
///     loss(constant({{-1.f, 1.f}}), constant({{0.5f, 0.5f}}));  // (1.5 + 0.5) / 2
///
/// Source: Keras's Hinge.
class CORNU_API Hinge : public ConfiguredLoss<LossOptions> {
 public:
  explicit Hinge(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

/// mean(max(1 - y_true y_pred, 0)^2), labels as in Hinge.
///
///     losses::SquaredHinge loss;
///     loss(constant({{-1.f, 1.f}}), constant({{0.5f, 0.5f}}));  // (2.25 + 0.25) / 2
///
/// Source: Keras's SquaredHinge.
class CORNU_API SquaredHinge : public ConfiguredLoss<LossOptions> {
 public:
  explicit SquaredHinge(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

/// max(max((1 - y_true) y_pred) - sum(y_true y_pred) + 1, 0) for one-hot labels [batch, classes].
///
///     losses::CategoricalHinge loss;
///     loss(constant({{0.f, 1.f}}), constant({{0.25f, 0.75f}}));  // 0.25 - 0.75 + 1
///
/// Source: Keras's CategoricalHinge.
class CORNU_API CategoricalHinge : public ConfiguredLoss<LossOptions> {
 public:
  explicit CategoricalHinge(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

}  // namespace cornu::losses
