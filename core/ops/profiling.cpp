#include <cornu/core/ops/internal/profiling.h>

namespace cornu {

std::atomic<Profiling*> Profiling::current_{nullptr};

}  // namespace cornu
