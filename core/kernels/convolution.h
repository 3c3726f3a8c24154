#pragma once
#include <cstdint>

#include <cornu/core/export.h>
#include <cornu/core/kernels/epilogue.h>
#include <cornu/core/kernels/windows.h>
#include <cornu/core/tensor/dtype.h>

/// Convolutions of images [batch, rows, columns, channels] with filters [rows, columns, channels / groups, filters],
/// float32 and float64: oneDNN computes float32 where it is there, else windows are unfolded into the rows of a
/// product.
///
/// The batch is cut in pieces that depend on the extents alone, and threads take pieces: the bits of the result do not
/// depend on the number of threads.
namespace cornu::kernels {

struct Convolution {
  int64_t batch = 0, channels = 0, filters = 0, groups = 1;
  Windows windows = {};

  int64_t image_size() const { return windows.image.product() * channels; }
  int64_t result_size() const { return windows.places.product() * filters; }  ///< of one image
  int64_t filter_size() const { return windows.extents.product() * (channels / groups) * filters; }
  double flops_an_image() const {
    return 2.0 * static_cast<double>(filter_size()) * static_cast<double>(windows.places.product());
  }
  bool operator==(const Convolution&) const = default;
};

/// y [batch, places, filters]: the convolution of x, then the epilogue with a bias [filters].
CORNU_API void convolve(DType dtype, const Convolution& convolution, const void* x, const void* filter, void* y,
                        const Epilogue* epilogue = nullptr);
/// The gradient with respect to x for that with respect to y.
CORNU_API void convolution_input_gradient(DType dtype, const Convolution& convolution, const void* dy,
                                          const void* filter, void* dx);
/// The gradient with respect to the filter for that with respect to y.
CORNU_API void convolution_filter_gradient(DType dtype, const Convolution& convolution, const void* x, const void* dy,
                                           void* dfilter);

/// The same without oneDNN.
namespace unfolded {
CORNU_API void convolve(DType dtype, const Convolution& convolution, const void* x, const void* filter, void* y,
                        const Epilogue* epilogue = nullptr);
CORNU_API void input_gradient(DType dtype, const Convolution& convolution, const void* dy, const void* filter,
                              void* dx);
CORNU_API void filter_gradient(DType dtype, const Convolution& convolution, const void* x, const void* dy,
                               void* dfilter);
}  // namespace unfolded

}  // namespace cornu::kernels
