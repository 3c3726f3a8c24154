#pragma once
#include <optional>

#include <cornu/core/config/integers.h>
#include <cornu/layers/configured_layer.h>

/// Activations with options of their own, as layers.
namespace cornu::layers {

struct ReLUOptions {
  std::optional<double> max_value = {};  ///< at least 0
  double negative_slope = 0;             ///< at least 0
  double threshold = 0;                  ///< at least 0
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// min(x, max_value) where x >= threshold, negative_slope * (x - threshold) elsewhere. Keras's ReLU.
class CORNU_API ReLU : public ConfiguredLayer<ReLUOptions> {
 public:
  explicit ReLU(const Options& options = {});
  Tensor call(const Tensor& inputs) override;
  bool supports_masking() const override { return true; }
};

struct LeakyReLUOptions {
  double negative_slope = 0.3;  ///< at least 0
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// x above 0, negative_slope * x below. Keras's LeakyReLU.
class CORNU_API LeakyReLU : public ConfiguredLayer<LeakyReLUOptions> {
 public:
  explicit LeakyReLU(const Options& options = {});
  Tensor call(const Tensor& inputs) override;
  bool supports_masking() const override { return true; }
};

struct ELUOptions {
  double alpha = 1;
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// x above 0, alpha (e^x - 1) below. Keras's ELU.
class CORNU_API ELU : public ConfiguredLayer<ELUOptions> {
 public:
  explicit ELU(const Options& options = {});
  Tensor call(const Tensor& inputs) override;
  bool supports_masking() const override { return true; }
};

struct PReLUOptions {
  Initializer alpha_initializer = "zeros";
  Regularizer alpha_regularizer = {};
  Constraint alpha_constraint = {};
  Integers shared_axes = {};  ///< axes (from 1 on) along which alpha is the same
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// x above 0, alpha * x below, with a weight alpha of the shape of a sample (extent 1 along shared axes) (He et al.
/// 2015). Keras's PReLU.
class CORNU_API PReLU : public ConfiguredLayer<PReLUOptions> {
 public:
  explicit PReLU(const Options& options = {});
  void build(const Shape& input_shape) override;
  Tensor call(const Tensor& inputs) override;
  bool supports_masking() const override { return true; }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  Variable alpha_;
};

struct SoftmaxOptions {
  Integers axis = -1;  ///< the axis or axes whose sums are 1
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// e^x / sum(e^x) along `axis`; elements that the mask (of the inputs' shape) leaves out are 0. Keras's Softmax.
class CORNU_API Softmax : public ConfiguredLayer<SoftmaxOptions> {
 public:
  explicit Softmax(const Options& options = {});
  Tensor call(const Tensor& inputs) override;
  bool supports_masking() const override { return true; }
};

}  // namespace cornu::layers
