#include <utility>

#include <cornu/core/ops/tracing.h>

namespace cornu {

namespace {

thread_local Tracing* current = nullptr;

}  // namespace

Tracing* tracing() { return current; }

TracingScope::TracingScope(Tracing* tracing) : outer_(std::exchange(current, tracing)) {}
TracingScope::~TracingScope() { current = outer_; }

}  // namespace cornu
