#include <utility>

#include <cornu/core/kernels/broadcast.h>

namespace cornu::kernels {

BroadcastPlan::BroadcastPlan(const Shape& out, std::initializer_list<const Shape*> operands) {
  // From the innermost axis out: `stride` counts the elements of each operand passed so far.
  int64_t passed[max_operands] = {1, 1, 1};
  unsigned merged_flags = 0;
  for (int back = 1; back <= out.rank(); ++back) {
    const int64_t size = out[out.rank() - back];
    if (size == 1) continue;
    unsigned flags = 0;  // which operands run through this axis
    int operand = 0;
    for (const Shape* shape : operands) {
      if (back <= shape->rank() && (*shape)[shape->rank() - back] != 1) flags |= 1u << operand;
      ++operand;
    }
    if (rank > 0 && flags == merged_flags) {
      extent[rank - 1] *= size;
    } else {
      for (int i = 0; i < operand; ++i) stride[i][rank] = flags >> i & 1 ? passed[i] : 0;
      extent[rank++] = size;
      merged_flags = flags;
    }
    for (int i = 0; i < operand; ++i) {
      if (flags >> i & 1) passed[i] *= size;
    }
  }
  for (int low = 0, high = rank - 1; low < high; ++low, --high) {
    std::swap(extent[low], extent[high]);
    for (auto& strides : stride) std::swap(strides[low], strides[high]);
  }
}

int64_t BroadcastPlan::size_between(int first, int last) const {
  int64_t size = 1;
  for (int axis = first; axis < last; ++axis) size *= extent[axis];
  return size;
}

int64_t BroadcastPlan::offset(int operand, int64_t row, int inner) const {
  int64_t result = 0;
  for (int axis = inner - 1; axis >= 0; --axis) {
    result += row % extent[axis] * stride[operand][axis];
    row /= extent[axis];
  }
  return result;
}

}  // namespace cornu::kernels
