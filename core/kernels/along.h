#pragma once
#include <cstdint>

#include <cornu/core/tensor/shape.h>

namespace cornu::kernels {

/// A shape seen along one axis: [outer, extent, inner].
struct Along {
  int64_t outer = 1, extent = 1, inner = 1;

  Along(int64_t outer, int64_t extent, int64_t inner) : outer(outer), extent(extent), inner(inner) {}
  Along(const Shape& shape, int axis)
      : outer(shape.size_between(0, axis)), extent(shape[axis]), inner(shape.size_between(axis + 1, shape.rank())) {}
  int64_t size() const { return outer * extent * inner; }
};

}  // namespace cornu::kernels
