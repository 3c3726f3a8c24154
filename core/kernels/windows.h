#pragma once
#include <cornu/core/tensor/integer_pair.h>

namespace cornu::kernels {

/// Windows that are laid over an image at regular places; rows and columns of each.
struct Windows {
  IntegerPair image;          ///< the extents of the image
  IntegerPair places;         ///< how many windows there are
  IntegerPair extents;        ///< of a window: how many elements it reads
  IntegerPair strides = 1;    ///< from one window to the next
  IntegerPair dilations = 1;  ///< from one element of a window to the next
  IntegerPair before = 0;     ///< how far the first window begins before the image; what lies outside is not read

  /// How far the last window reaches past the image; negative where it ends before.
  int64_t after(int axis) const {
    return (places[axis] - 1) * strides[axis] + (extents[axis] - 1) * dilations[axis] + 1 - image[axis] - before[axis];
  }
  bool operator==(const Windows&) const = default;
};

}  // namespace cornu::kernels
