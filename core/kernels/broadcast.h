#pragma once
#include <cstdint>
#include <initializer_list>

#include <cornu/core/tensor/shape.h>

namespace cornu::kernels {

/// The axes of an output and of up to three operands broadcast to it, with neighbours merged where every operand either
/// runs through both or is broadcast along both. Extents of 1 are gone; rank 0 is a single element.
struct BroadcastPlan {
  static constexpr int max_operands = 3;
  int rank = 0;
  int64_t extent[Shape::max_rank] = {};
  int64_t stride[max_operands][Shape::max_rank] = {};  // in elements; 0 where the operand is broadcast

  BroadcastPlan(const Shape& out, std::initializer_list<const Shape*> operands);

  /// Product of the extents of axes [first, last).
  int64_t size_between(int first, int last) const;
  /// Offset of the operand's element that row `row` starts with, where a row is one run of the axes from `inner` on.
  int64_t offset(int operand, int64_t row, int inner) const;
};

}  // namespace cornu::kernels
