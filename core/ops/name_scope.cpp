#include <cornu/core/ops/internal/name_scope.h>

namespace cornu {

namespace {
thread_local const std::string* current = nullptr;
}  // namespace

const std::string& name_scope() {
  static const std::string none;
  return current ? *current : none;
}

NameScope::NameScope(const std::string& path) : outer_(std::exchange(current, &path)) {}
NameScope::~NameScope() { current = outer_; }

}  // namespace cornu
