#include <bit>
#include <cstdlib>
#include <mutex>
#include <new>

#include <sys/mman.h>

#include <cornu/core/tensor/storage.h>

namespace cornu::storage {

namespace {

// Size classes: four steps a power of two, from 64 bytes on, so at most a fifth of a buffer is unused.
constexpr int steps = 4;
constexpr int class_count = steps * 40;
constexpr size_t smallest = 64;
constexpr size_t largest_local = size_t{1} << 18;  // larger buffers are shared between the threads
constexpr size_t local_limit = size_t{8} << 20;    // bytes that a thread keeps for itself
constexpr size_t shared_limit = size_t{1} << 30;   // bytes that the shared list keeps
constexpr size_t huge_page = size_t{2} << 20;

int class_of(size_t bytes) {
  if (bytes <= smallest) return 0;
  const int power = std::bit_width(bytes - 1) - 1;  // 2^power < bytes <= 2^(power+1)
  const size_t step = (size_t{1} << power) / steps;
  const int index = static_cast<int>((bytes - 1 - (size_t{1} << power)) / step);
  return 1 + (power - 6) * steps + index;
}

constexpr size_t bytes_of(int size_class) {
  if (size_class == 0) return smallest;
  const int power = 6 + (size_class - 1) / steps;
  return (size_t{1} << power) + ((size_t{1} << power) / steps) * ((size_class - 1) % steps + 1);
}

constexpr size_t largest = bytes_of(class_count - 1);  // some 60 TB

struct FreeBuffer {
  FreeBuffer* next;
};

struct FreeLists {
  FreeBuffer* first[class_count] = {};
  size_t bytes = 0;

  void* pop(int size_class) {
    FreeBuffer* buffer = first[size_class];
    if (!buffer) return nullptr;
    first[size_class] = buffer->next;
    bytes -= bytes_of(size_class);
    return buffer;
  }
  void push(int size_class, void* memory) {
    auto* buffer = static_cast<FreeBuffer*>(memory);
    buffer->next = first[size_class];
    first[size_class] = buffer;
    bytes += bytes_of(size_class);
  }
  void clear() {
    for (int size_class = 0; size_class < class_count; ++size_class)
      while (void* buffer = pop(size_class)) std::free(buffer);
  }
};

// A thread's lists live in plain thread-local storage, so that tensors destroyed late, by other thread-local or static
// objects, still find them; the guard empties them when the thread ends, and from then on buffers go to the system.
enum class LocalState : unsigned char { fresh, open, closed };
thread_local FreeLists local;
thread_local LocalState local_state = LocalState::fresh;
struct LocalGuard {
  ~LocalGuard() {
    local.clear();
    local_state = LocalState::closed;
  }
};

bool local_is_open() {
  if (local_state == LocalState::open) [[likely]]
    return true;
  if (local_state == LocalState::closed) return false;
  thread_local LocalGuard guard;
  local_state = LocalState::open;
  return true;
}

struct Shared {
  std::mutex mutex;
  FreeLists lists;
};
Shared& shared() {
  static Shared* const instance = new Shared;  // never destroyed: static tensors may be released after it
  return *instance;
}

void* from_system(size_t bytes) {
  const bool large = bytes >= 2 * huge_page;
  const size_t boundary = large ? huge_page : alignment;
  void* memory = std::aligned_alloc(boundary, (bytes + boundary - 1) / boundary * boundary);
  if (!memory) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  if (large) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  return memory;
}

}  // namespace

void* acquire(size_t bytes) {
  if (bytes > largest) throw std::bad_alloc();
  const int size_class = class_of(bytes);
  if (bytes <= largest_local) {
    if (local_is_open())
      if (void* buffer = local.pop(size_class)) return buffer;
  } else {
    std::lock_guard lock(shared().mutex);
    if (void* buffer = shared().lists.pop(size_class)) return buffer;
  }
  return from_system(bytes_of(size_class));
}

void release(void* buffer, size_t bytes) noexcept {
  const int size_class = class_of(bytes);
  if (bytes <= largest_local) {
    if (local_is_open() && local.bytes < local_limit) return local.push(size_class, buffer);
  } else {
    std::lock_guard lock(shared().mutex);
    if (shared().lists.bytes + bytes_of(size_class) <= shared_limit) return shared().lists.push(size_class, buffer);
  }
  std::free(buffer);
}

size_t cached_bytes() {
  std::lock_guard lock(shared().mutex);
  return shared().lists.bytes;
}

void release_cached() {
  std::lock_guard lock(shared().mutex);
  shared().lists.clear();
}

}  // namespace cornu::storage
