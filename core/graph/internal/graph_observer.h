#pragma once
#include <atomic>

#include <cornu/core/graph/internal/callable_graph.h>

namespace cornu {

/// Whoever wants to know which traced functions are called.
class CORNU_API GraphObserver {
 public:
  virtual ~GraphObserver() = default;
  virtual void called(const CallableGraph& function) = 0;

  static void tell(const CallableGraph& function) {
    if (GraphObserver* observer = current_.load(std::memory_order_relaxed)) [[unlikely]]
      observer->called(function);
  }
  /// Makes `observer`, which lives as long as the process, or null the one that is told.
  static void set_current(GraphObserver* observer) { current_.store(observer, std::memory_order_release); }

 private:
  static std::atomic<GraphObserver*> current_;
};

}  // namespace cornu
