#pragma once
#include <optional>

#include <cornu/core/config/integers.h>
#include <cornu/layers/configured_layer.h>

namespace cornu::layers {

/// Bounds of batch renormalization's corrections; none by default.
struct RenormClipping {
  std::optional<double> rmax = {}, rmin = {}, dmax = {};
};
CORNU_API void to_config(Config& out, const RenormClipping& value);
CORNU_API void from_config(const Config& in, RenormClipping& value);

struct BatchNormalizationOptions {
  int64_t axis = -1;  ///< of the features
  double momentum = 0.99;
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  Initializer moving_mean_initializer = "zeros";
  Initializer moving_variance_initializer = "ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  bool synchronized = false;  ///< between several machines: must be false
  bool renorm = false;
  RenormClipping renorm_clipping = {};
  double renorm_momentum = 0.99;
  Regularizer activity_regularizer = {};
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// gamma * (x - mean) / sqrt(variance + epsilon) + beta for each feature along `axis` (Ioffe and Szegedy 2015).
///
/// In training, mean and variance are the batch's (of the steps that the mask keeps), and the moving ones move toward
/// them: moving = moving * momentum + batch * (1 - momentum). Otherwise, and where the layer is not trainable, they are
/// the moving ones. With `renorm`, training corrects toward moving statistics as well (Ioffe 2017). Weights of shape
/// [features]: gamma, beta, moving_mean, moving_variance. Keras's BatchNormalization.
class CORNU_API BatchNormalization : public ConfiguredLayer<BatchNormalizationOptions> {
 public:
  explicit BatchNormalization(const Options& options = {});
  void build(const Shape& input_shape) override;
  Tensor call(const Tensor& inputs) override;
  bool supports_masking() const override { return true; }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  struct Moments {
    Tensor mean, variance;
  };
  Variable add_statistic(const char* name, const Initializer& initializer, int64_t features);
  void check_input(const Shape& shape) const;
  Tensor gamma() const;
  Tensor beta() const;
  Tensor normalize(const Tensor& x, const Moments& by, const Tensor& gamma, const Tensor& beta) const;
  Tensor train(const Tensor& x);
  Tensor train_renormalized(const Tensor& x, const Moments& batch);
  Moments moments(const Tensor& x) const;
  Moments masked_moments(const Tensor& x, const Tensor& mask) const;

  int axis_ = 0, rank_ = 0;
  Variable gamma_, beta_, moving_mean_, moving_variance_;
  Variable moving_stddev_, renorm_mean_, renorm_stddev_;
  Tensor ones_, zeros_;  // instead of gamma and beta, and for centers
};

struct LayerNormalizationOptions {
  Integers axis = -1;  ///< the axis or axes that are normalized over
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  bool rms_scaling = false;  ///< only divide by the deviation: x / sqrt(variance + epsilon) * gamma
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  Regularizer activity_regularizer = {};
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// gamma * (x - mean) / sqrt(variance + epsilon) + beta with mean and variance of each sample over `axis` (Ba, Kiros
/// and Hinton 2016); gamma and beta have the extents of these axes. Keras's LayerNormalization.
class CORNU_API LayerNormalization : public ConfiguredLayer<LayerNormalizationOptions> {
 public:
  explicit LayerNormalization(const Options& options = {});
  void build(const Shape& input_shape) override;
  Tensor call(const Tensor& inputs) override;
  bool supports_masking() const override { return true; }
  Shape compute_output_shape(const Shape& input_shape) override;

 private:
  uint32_t axes_of(const Shape& shape) const;
  Tensor normalize_rows(const Tensor& rows) const;

  Variable gamma_, beta_;
  Tensor ones_, zeros_;  // instead of gamma and beta
};

}  // namespace cornu::layers
