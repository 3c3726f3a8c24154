#pragma once
#include <string>

#include <cornu/core/config/integers.h>
#include <cornu/core/config/numbers.h>
#include <cornu/layers/configured_layer.h>

namespace cornu {
class Dataset;
}

/// Layers that bring data to the range that models learn from.
namespace cornu::layers {

struct RescalingOptions {
  Numbers scale = {};  ///< a number, or one for each element along the last axis; must be given
  Numbers offset = 0;
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// inputs * scale + offset; integers become the layer's dtype. `Rescaling({.scale = 1. / 255})` brings bytes to [0, 1].
/// Keras's Rescaling.
class CORNU_API Rescaling : public ConfiguredLayer<RescalingOptions> {
 public:
  explicit Rescaling(const Options& options);
  template <Number N>
  explicit Rescaling(N scale, double offset = 0)
      : Rescaling(Options{.scale = static_cast<double>(scale), .offset = offset}) {}
  Tensor call(const Tensor& inputs) override;
  bool supports_masking() const override { return true; }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }
};

struct NormalizationOptions {
  Integers axis = -1;     ///< the axis or axes that have a mean each; {}: one mean of all elements
  Numbers mean = {};      ///< with `variance`: what adapt() would find
  Numbers variance = {};  ///< with `mean`
  bool invert = false;    ///< the other way round: inputs * deviation + mean
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// (inputs - mean) / max(sqrt(variance), 1e-7), with the mean and the variance of data that adapt() has seen, or with
/// those that are given. The variables mean and variance, of the extents of `axis`, and count are not trained; before
/// adapt() they are 0, 1 and 0. Keras's Normalization.
///
///     layers::Normalization normalization;
///     normalization.adapt(features);  // [samples, features]
///     Tensor x = normalization(features);
class CORNU_API Normalization : public ConfiguredLayer<NormalizationOptions> {
 public:
  explicit Normalization(const Options& options = {});
  void build(const Shape& input_shape) override;
  Tensor call(const Tensor& inputs) override;
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

  /// Takes mean and variance from `data`, of the rank that the layer is called with. Throws StateError where they were
  /// given, ShapeError for other extents along `axis` than at first, ValueError for no data.
  void adapt(const Tensor& data);
  /// The same of all batches of a data set, whose elements are one tensor each (leave labels out by map()); rows that
  /// are not in batches yet, of one axis, are read 128 at a time. One batch is in memory at a time.
  void adapt(const Dataset& data);

 private:
  struct Moments;
  Moments moments_of(const Tensor& data);
  std::vector<int> kept_axes(const Shape& shape) const;
  Tensor spread(const Tensor& statistic, const Shape& shape) const;
  Tensor given(const Numbers& numbers, const char* name, const Shape& input_shape) const;
  void require_adaptable() const;
  void require_kept_extents(const Shape& shape, const char* expected) const;
  bool is_given() const { return !options_.mean.empty(); }

  Shape kept_extents_;
  Tensor given_mean_, given_variance_;
  Variable mean_, variance_, count_;
};

}  // namespace cornu::layers
