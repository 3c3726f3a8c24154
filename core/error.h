#pragma once
#include <stdexcept>
#include <string>

#include <cornu/core/export.h>

namespace cornu {

/// Base of all errors that Cornu throws. The message says where, what was expected, what was received and, where it
/// helps, what to do.
class CORNU_API Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message);
  const char* what() const noexcept override { return message_.c_str(); }
  /// Puts `where` (a layer's path) before the message, once: the innermost place wins.
  void add_location(const std::string& where);
  /// Puts `what` (what was being done) before all that the message says already.
  void add_context(const std::string& what);

 private:
  std::string message_;
  bool located_ = false;
};

/// Shapes that do not fit: ranks, extents, broadcasting, matrix products.
class CORNU_API ShapeError : public Error {
 public:
  using Error::Error;
};
/// A dtype that the operation does not take, or a read as another C++ type than the tensor's.
class CORNU_API DTypeError : public Error {
 public:
  using Error::Error;
};
/// A value out of its range: an axis, an index, a label, an option, a name.
class CORNU_API ValueError : public Error {
 public:
  using Error::Error;
};
/// A call that the object's state does not allow: not built, already used, no value.
class CORNU_API StateError : public Error {
 public:
  using Error::Error;
};
/// A tensor that needs more memory than there is.
class CORNU_API MemoryError : public Error {
 public:
  using Error::Error;
};
/// A file or folder that is missing, damaged or cannot be written.
class CORNU_API FileError : public Error {
 public:
  using Error::Error;
};

}  // namespace cornu
