#pragma once
#include <string>

#include <cornu/core/ops/pooling.h>
#include <cornu/layers/configured_layer.h>

namespace cornu::layers {

struct Pooling2DOptions {
  IntegerPair pool_size = 2;                  ///< extents of the window; at least 1
  IntegerPair strides = {};                   ///< from one window to the next; pool_size by default
  std::string padding = "valid";              ///< or "same": windows reach past the image
  std::string data_format = "channels_last";  ///< or "channels_first": [batch, channels, rows, columns]
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// Base of the layers that make one number of each window of an image. Throws ShapeError for inputs of another rank
/// than four and where a window does not fit in the image.
class CORNU_API Pooling2D : public ConfiguredLayer<Pooling2DOptions> {
 protected:
  Pooling2D(const char* class_name, const Options& options);
  PoolingOptions pooling() const;
};

/// The largest element of each window: [batch, rows, columns, channels] -> the same with fewer rows and columns; see
/// cornu::max_pool2d. Keras's MaxPooling2D.
///
///     Tensor y = layers::MaxPooling2D()(zeros({64, 26, 26, 32}));  // [64, 13, 13, 32]
class CORNU_API MaxPooling2D : public Pooling2D {
 public:
  explicit MaxPooling2D(const Options& options = {}) : Pooling2D("MaxPooling2D", options) {}
  Tensor call(const Tensor& inputs) override;
};

/// The mean of each window's elements that lie in the image; see cornu::avg_pool2d. Keras's AveragePooling2D.
class CORNU_API AveragePooling2D : public Pooling2D {
 public:
  explicit AveragePooling2D(const Options& options = {}) : Pooling2D("AveragePooling2D", options) {}
  Tensor call(const Tensor& inputs) override;
};

struct GlobalPooling2DOptions {
  std::string data_format = "channels_last";  ///< or "channels_first": [batch, channels, rows, columns]
  bool keepdims = false;                      ///< rows and columns stay, with extent 1
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// Base of the layers that make one number of each channel of an image. Throws ShapeError for inputs of another rank
/// than four.
class CORNU_API GlobalPooling2D : public ConfiguredLayer<GlobalPooling2DOptions> {
 protected:
  using ConfiguredLayer::ConfiguredLayer;
  /// The axes of rows and columns.
  std::vector<int64_t> axes_of(const Tensor& inputs) const;
};

/// The mean of each channel: [batch, rows, columns, channels] -> [batch, channels]. Keras's GlobalAveragePooling2D.
class CORNU_API GlobalAveragePooling2D : public GlobalPooling2D {
 public:
  explicit GlobalAveragePooling2D(const Options& options = {}) : GlobalPooling2D("GlobalAveragePooling2D", options) {}
  Tensor call(const Tensor& inputs) override;
};

/// The largest element of each channel: [batch, rows, columns, channels] -> [batch, channels]. Keras's
/// GlobalMaxPooling2D.
class CORNU_API GlobalMaxPooling2D : public GlobalPooling2D {
 public:
  explicit GlobalMaxPooling2D(const Options& options = {}) : GlobalPooling2D("GlobalMaxPooling2D", options) {}
  Tensor call(const Tensor& inputs) override;
};

}  // namespace cornu::layers
