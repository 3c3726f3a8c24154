#pragma once
#include <vector>

#include <cornu/losses/loss.h>

/// Losses of image segmentation, by the overlap of the predicted with the true area. `axis` are the axes that an area
/// extends over: all by default, which gives a single number; {1, 2, 3} gives one for each image of a batch. All throw
/// ShapeError, naming the loss and both shapes, for arguments that do not broadcast.
namespace cornu::losses {

/// 1 - 2 sum(y_true y_pred) / (sum(y_true) + sum(y_pred) + 1e-7) over the axes.
CORNU_API Tensor dice(const Tensor& y_true, const Tensor& y_pred, const std::vector<int64_t>& axis = {});

/// The arguments of tversky().
struct TverskyArguments {
  double alpha = 0.5;  ///< weight of what was wrongly found
  double beta = 0.5;   ///< weight of what was missed
  std::vector<int64_t> axis = {};
};
/// 1 - i / (i + alpha sum((1 - y_true) y_pred) + beta sum(y_true (1 - y_pred)) + 1e-7) with i = sum(y_true y_pred).
CORNU_API Tensor tversky(const Tensor& y_true, const Tensor& y_pred, const TverskyArguments& arguments = {});

/// Describes a list of axes of which none, null in a configuration, means all.
CORNU_API void describe_axes(Fields& fields, const char* name, std::vector<int64_t>& axes);

struct DiceOptions {
  Reduction reduction = {};
  std::string name = {};
  std::vector<int64_t> axis = {};  ///< that an area extends over; all by default
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// 1 - 2 sum(y_true y_pred) / (sum(y_true) + sum(y_pred) + 1e-7): 0 where the areas are the same, 1 where they are
/// apart.
///
///     losses::Dice loss({.axis = {1, 2, 3}});
///     loss(masks, predictions);  // [batch, height, width, 1] each
///
/// Source: Keras's Dice.
class CORNU_API Dice : public ConfiguredLoss<DiceOptions> {
 public:
  explicit Dice(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

struct TverskyOptions {
  double alpha = 0.5;  ///< weight of what was wrongly found
  double beta = 0.5;   ///< weight of what was missed
  Reduction reduction = {};
  std::string name = {};
  std::vector<int64_t> axis = {};  ///< that an area extends over; all by default
  std::optional<DType> dtype = {};
  CORNU_API void describe(Fields& fields);
};
/// 1 - i / (i + alpha wrong + beta missed + 1e-7): the Dice loss with weights for both kinds of error; with alpha =
/// beta = 0.5 it is the Dice loss.
///
///     losses::Tversky loss({.alpha = 0.3, .beta = 0.7});
///
/// Source: S. S. M. Salehi et al., "Tversky loss function for image segmentation" (2017); Keras's Tversky.
class CORNU_API Tversky : public ConfiguredLoss<TverskyOptions> {
 public:
  explicit Tversky(const Options& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;
};

}  // namespace cornu::losses
