#pragma once
#include <optional>

#include <cornu/core/random/generator.h>
#include <cornu/layers/configured_layer.h>

namespace cornu::layers {

struct DropoutOptions {
  double rate = 0;                        ///< the part that is dropped, from 0 to 1
  std::optional<Shape> noise_shape = {};  ///< of what is dropped together, broadcast to the inputs; -1: their extent
  std::optional<int64_t> seed = {};       ///< of the layer's own numbers; from the global generator by default
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// In training, elements are 0 with probability `rate`, and the others are multiplied by 1 / (1 - rate); otherwise the
/// inputs as they are. The layer has random numbers of its own, whose state is one of its variables (Srivastava et al.
/// 2014). Keras's Dropout.
///
///     layers::Dropout dropout(0.2);
///     Tensor y = dropout(x, {.training = true});
class CORNU_API Dropout : public ConfiguredLayer<DropoutOptions> {
 public:
  explicit Dropout(const Options& options);
  explicit Dropout(double rate) : Dropout(Options{.rate = rate}) {}
  Tensor call(const Tensor& inputs) override;
  bool supports_masking() const override { return true; }

 private:
  Shape noise_shape(const Shape& input_shape) const;

  random::Generator generator_;
};

}  // namespace cornu::layers
