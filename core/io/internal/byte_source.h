#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/export.h>

namespace cornu::io {

/// Bytes that are read front to back, and whose number is known: readers check what a header promises against what is
/// there before they believe it. All members throw FileError naming the file.
class CORNU_API ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Bytes from here to the end.
  virtual uint64_t remaining() const = 0;
  /// The next `count` bytes; `what` names them in the FileError that fewer bytes give.
  virtual void read(void* bytes, size_t count, const char* what) = 0;
  /// What messages begin with: the path, and the place in it.
  virtual std::string where() const = 0;
  /// Throws FileError: "WHERE: MESSAGE".
  [[noreturn]] void fail(const std::string& message) const { throw FileError(where() + ": " + message); }

  std::string read_text(size_t count, const char* what) {
    std::string text(static_cast<size_t>(std::min<uint64_t>(count, remaining())), '\0');
    read(text.data(), count, what);  // throws before it writes, if the text is shorter than that
    return text;
  }
};

}  // namespace cornu::io
