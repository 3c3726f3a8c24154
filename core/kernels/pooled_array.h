#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include <cornu/core/tensor/storage.h>

namespace cornu::kernels {

/// `size` elements, numbers among them uninitialised, from the pool of tensor buffers, so that a kernel takes nothing
/// from the system.
template <class T>
class PooledArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit PooledArray(int64_t size)
      : size_(static_cast<size_t>(size)), data_(static_cast<T*>(storage::acquire(bytes()))) {
    std::uninitialized_default_construct_n(data_, size_);
  }
  ~PooledArray() { storage::release(data_, bytes()); }
  PooledArray(const PooledArray&) = delete;
  PooledArray& operator=(const PooledArray&) = delete;

  T* data() const { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  int64_t size() const { return static_cast<int64_t>(size_); }
  T& operator[](int64_t i) { return data_[i]; }

 private:
  size_t bytes() const { return size_ > 0 ? size_ * sizeof(T) : 1; }
  size_t size_;
  T* data_;
};

}  // namespace cornu::kernels
