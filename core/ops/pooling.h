#pragma once
#include <string>

#include <cornu/core/tensor/integer_pair.h>
#include <cornu/core/tensor/tensor.h>

/// Maxima and means of windows of images.
namespace cornu {

struct PoolingOptions {
  IntegerPair pool_size = 2;      ///< the extents of a window
  IntegerPair strides = {};       ///< from one window to the next; pool_size by default
  std::string padding = "valid";  ///< or "same": windows reach past the image, and what lies there does not count
  std::string data_format = "channels_last";  ///< or "channels_first": [batch, channels, rows, columns]
};

/// The largest element of each window: [batch, rows, columns, channels] -> the same with fewer rows and columns. NaN
/// wins; of equal maxima the first gets the gradient. Integers become float32. Throws ShapeError for another rank or,
/// without padding, a window that is larger than the image. Keras's ops.max_pool.
CORNU_API Tensor max_pool2d(const Tensor& x, const PoolingOptions& options = {});
/// The mean of each window's elements that lie in the image. Keras's ops.average_pool.
CORNU_API Tensor avg_pool2d(const Tensor& x, const PoolingOptions& options = {});

}  // namespace cornu
