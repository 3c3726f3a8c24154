#pragma once
#include <vector>

#include <cornu/core/tensor/storage.h>

namespace cornu {

/// Takes memory from the pool of tensors' buffers.
template <class T>
struct PoolAllocator {
  using value_type = T;
  PoolAllocator() = default;
  template <class U>
  PoolAllocator(const PoolAllocator<U>&) {}
  T* allocate(size_t count) { return static_cast<T*>(storage::acquire(count * sizeof(T))); }
  void deallocate(T* buffer, size_t count) { storage::release(buffer, count * sizeof(T)); }
  bool operator==(const PoolAllocator&) const { return true; }
};

/// A vector for kernels that run again and again.
template <class T>
using PooledVector = std::vector<T, PoolAllocator<T>>;

}  // namespace cornu
