#include <cornu/core/error.h>

namespace cornu {

Error::Error(const std::string& message) : std::runtime_error(message), message_(message) {}

void Error::add_location(const std::string& where) {
  if (located_) return;
  message_ = where + ": " + message_;
  located_ = true;
}

void Error::add_context(const std::string& what) { message_ = what + ": " + message_; }

}  // namespace cornu
