#pragma once
#include <csignal>

namespace cornu {

/// While one lives, Ctrl-C (SIGINT) is only noted, so that the step under way can end; a second one does what it did
/// before. The earlier handler comes back with the end of the outermost. A signal that the process ignores stays
/// ignored.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  static bool is_interrupted();
};

}  // namespace cornu
