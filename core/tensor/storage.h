#pragma once
#include <cstddef>

#include <cornu/core/export.h>

namespace cornu::storage {

/// Tensor buffers start at a multiple of this, which is a cache line and the widest vector register.
inline constexpr size_t alignment = 64;

/// A buffer of at least `bytes` bytes, uninitialised, from the pool: the calling thread's free lists for small buffers,
/// a shared list for large ones. Buffers go back with release() and are reused; what exceeds the pool's limit returns
/// to the system. Throws std::bad_alloc.
CORNU_API void* acquire(size_t bytes);
CORNU_API void release(void* buffer, size_t bytes) noexcept;

/// Bytes that the pool holds ready in its shared list, and returning all of them to the system.
CORNU_API size_t cached_bytes();
CORNU_API void release_cached();

}  // namespace cornu::storage
