#pragma once
#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::utils {

/// An image, uint8 (height, width, channels), as float32 of another size by tf.image.resize's rule: half-pixel centres,
/// no antialiasing; or, unless `is_bilinear`, the nearest pixel.
CORNU_API Tensor resize_image(const Tensor& image, int64_t height, int64_t width, bool is_bilinear);

/// The middle of the image in the proportions of height to width, as large as it goes.
CORNU_API Tensor crop_to_aspect_ratio(const Tensor& image, int64_t height, int64_t width);

}  // namespace cornu::utils
