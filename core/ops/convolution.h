#pragma once
#include <string>

#include <cornu/core/ops/matmul.h>
#include <cornu/core/tensor/integer_pair.h>

/// Convolutions of images.
namespace cornu {

struct ConvolutionOptions {
  IntegerPair strides = 1;        ///< from one place of the filter to the next
  std::string padding = "valid";  ///< or "same": zeros around the image, so that with strides of 1 the extents stay
  std::string data_format = "channels_last";  ///< or "channels_first": [batch, channels, rows, columns]
  IntegerPair dilation_rate = 1;              ///< from one element of the filter to the next
};

/// Each output pixel is the sum of a window of x times the kernel:
/// y[b, i, j, f] = sum_{k, l, c} x[b, i stride + k dilation, j stride + l dilation, c] kernel[k, l, c, f].
///
/// x is [batch, rows, columns, channels] and kernel [rows, columns, channels / groups, filters]; y is [batch, rows,
/// columns, filters]. A kernel of fewer channels than x makes groups: each group of channels has filters of its own.
/// Throws ShapeError where the kernel does not fit the channels or, without padding, the image. Keras's ops.conv.
///
///     Tensor edges = conv2d(photographs, kernel, {.padding = "same"});
CORNU_API Tensor conv2d(const Tensor& x, const Tensor& kernel, const ConvolutionOptions& options = {});
/// activation(conv2d(x, kernel) + bias), the bias [filters], in one pass, as Conv2D computes it.
CORNU_API Tensor conv2d(const Tensor& x, const Tensor& kernel, const Tensor& bias,
                        const ConvolutionOptions& options = {}, ProductActivation activation = ProductActivation::none);

}  // namespace cornu
