#pragma once
#include <cstring>

#include <cornu/core/graph/internal/executable.h>
#include <cornu/core/graph/internal/pooled_vector.h>

namespace cornu {

using Operands = PooledVector<const Tensor*>;

/// Uninitialised tensors of the same specs.
inline PooledVector<Tensor> allocate_like(std::span<const Tensor* const> tensors) {
  PooledVector<Tensor> list;
  list.reserve(tensors.size());
  for (const Tensor* tensor : tensors) list.push_back(Tensor::allocate(tensor->shape(), tensor->dtype()));
  return list;
}

/// Copies the elements of a tensor of the same shape and dtype.
inline void copy_elements(const Tensor& from, Tensor& to) {
  if (from.size() > 0)
    std::memcpy(to.mutable_data(), from.raw_data(), static_cast<size_t>(from.size()) * size_of(from.dtype()));
}

/// What a loop goes on with: operands of its graphs, of which the first are the states.
inline void point_to(Operands& operands, const PooledVector<Tensor>& states) {
  for (size_t i = 0; i < states.size(); ++i) operands[i] = &states[i];
}

}  // namespace cornu
