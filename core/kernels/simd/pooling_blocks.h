#pragma once
#include <cstdint>

namespace cornu::kernels {

/// Where the elements of one window lie that are inside of the image: rows of `columns` pixels.
struct WindowPart {
  int64_t first_pixel;  ///< of the image
  int64_t rows, columns;
  int64_t row_pixels;     ///< from one row to the next
  int32_t position;       ///< of the first pixel in the window
  int32_t row_positions;  ///< from one row to the next in the window
};

/// The loops of pooling.cpp for one dtype: one window of `channels` channels each. x and dx are the image.
struct PoolingBlocks {
  void (*maximum)(const void* x, const WindowPart& window, int64_t channels, void* y, int32_t* positions);
  void (*add_to_maximum)(const void* dy, const int32_t* positions, const WindowPart& window, int64_t channels,
                         void* dx);
  void (*mean)(const void* x, const WindowPart& window, int64_t channels, void* y);
  void (*add_mean)(const void* dy, const WindowPart& window, int64_t channels, void* dx);
};

}  // namespace cornu::kernels
