#pragma once
#include <optional>
#include <string>
#include <vector>

#include <cornu/layers/configured_layer.h>

namespace cornu::layers {

struct FlattenOptions {
  std::string data_format = "channels_last";  ///< or "channels_first", whose axis 1 becomes the last one first
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// [batch, ...] -> [batch, n], sharing the elements; [batch] -> [batch, 1]. Keras's Flatten.
class CORNU_API Flatten : public ConfiguredLayer<FlattenOptions> {
 public:
  explicit Flatten(const Options& options = {});
  Tensor call(const Tensor& inputs) override;
  Shape compute_output_shape(const Shape& input_shape) override;
};

struct ReshapeOptions {
  std::vector<int64_t> target_shape = {};  ///< without the batch axis; one extent may be -1
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// [batch, ...] -> [batch, target_shape...], sharing the elements. Throws ShapeError where the numbers of elements
/// differ. Keras's Reshape.
class CORNU_API Reshape : public ConfiguredLayer<ReshapeOptions> {
 public:
  explicit Reshape(const Options& options);
  explicit Reshape(const std::vector<int64_t>& target_shape) : Reshape(Options{.target_shape = target_shape}) {}
  Tensor call(const Tensor& inputs) override;
  Shape compute_output_shape(const Shape& input_shape) override;
};

struct PermuteOptions {
  std::vector<int64_t> dims = {};  ///< the order of the axes 1, 2, ...; the batch axis stays
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// The axes behind the batch axis in another order: Permute({2, 1}) turns [batch, a, b] into [batch, b, a]. Keras's
/// Permute.
class CORNU_API Permute : public ConfiguredLayer<PermuteOptions> {
 public:
  explicit Permute(const Options& options);
  explicit Permute(const std::vector<int64_t>& dims) : Permute(Options{.dims = dims}) {}
  Tensor call(const Tensor& inputs) override;
};

struct RepeatVectorOptions {
  int64_t n = 0;  ///< how often; at least 1
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// [batch, features] -> [batch, n, features]. Keras's RepeatVector.
class CORNU_API RepeatVector : public ConfiguredLayer<RepeatVectorOptions> {
 public:
  explicit RepeatVector(const Options& options);
  explicit RepeatVector(int64_t n) : RepeatVector(Options{.n = n}) {}
  Tensor call(const Tensor& inputs) override;
};

}  // namespace cornu::layers
