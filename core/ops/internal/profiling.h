#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <cornu/core/ops/operation.h>

namespace cornu {

/// A point in time, in units of the processor's clock where it has one that runs evenly: reading that costs a fraction
/// of what the system's clock costs.
inline uint64_t ticks() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

/// A node of a graph as profiles show it.
struct ProfiledNode {
  std::string name, type, scope;
  std::vector<TensorSpec> inputs, outputs;
  std::string steps;  // the operations that were fused into it
};
struct ProfiledGraph {
  std::vector<ProfiledNode> nodes;
};

/// What a named slice of a profile is.
enum class SliceKind : uint8_t { function, layer, step };

/// Whoever writes down what ran when. It is told after the fact; `start` and `end` are ticks() of the calling thread.
class CORNU_API Profiling {
 public:
  virtual ~Profiling() = default;
  /// The gate has computed `outputs`.
  virtual void record(const Call& call, std::span<const Tensor> outputs, uint64_t start, uint64_t end) = 0;
  /// Nodes of `graph` follow: it must live on until they are read.
  virtual void keep(const std::shared_ptr<const ProfiledGraph>& graph) = 0;
  virtual void record(const ProfiledNode& node, uint64_t start, uint64_t end) = 0;
  virtual void record(SliceKind kind, const std::string& name, int64_t number, uint64_t start, uint64_t end) = 0;

  /// The one that is on, or null. It lives as long as the process.
  static Profiling* current() { return current_.load(std::memory_order_relaxed); }
  static void set_current(Profiling* profiling) { current_.store(profiling, std::memory_order_release); }

 private:
  static std::atomic<Profiling*> current_;
};

/// A slice from here to the end of the scope; `name` lives as long. A `number` of -1 says nothing.
class ProfileSlice {
 public:
  ProfileSlice(SliceKind kind, const std::string& name, int64_t number = -1)
      : profiling_(Profiling::current()), name_(name), number_(number), kind_(kind) {
    if (profiling_) [[unlikely]]
      start_ = ticks();
  }
  ~ProfileSlice() {
    if (profiling_) [[unlikely]]
      profiling_->record(kind_, name_, number_, start_, ticks());
  }
  ProfileSlice(const ProfileSlice&) = delete;
  ProfileSlice& operator=(const ProfileSlice&) = delete;

 private:
  Profiling* profiling_;
  const std::string& name_;
  int64_t number_;
  uint64_t start_ = 0;
  SliceKind kind_;
};

}  // namespace cornu
