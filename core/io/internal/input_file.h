#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include <cornu/core/export.h>

namespace cornu::io {

/// A file that is read front to back, whose size is known: readers check what a header promises against what is there
/// before they believe it. All members throw FileError naming the file.
class CORNU_API InputFile {
 public:
  /// Throws FileError if there is no such file, if it is a folder, or if it cannot be read.
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& path() const { return path_; }
  uint64_t size() const { return size_; }
  uint64_t position() const { return position_; }
  /// Bytes from here to the end.
  uint64_t remaining() const { return size_ - position_; }
  /// The next `count` bytes; `what` names them in the FileError that a shorter file gives.
  void read(void* bytes, size_t count, const char* what);
  std::string read_text(size_t count, const char* what);
  /// Goes on reading at byte `position`, which is at most size().
  void seek(uint64_t position);
  /// Throws FileError: "PATH: MESSAGE".
  [[noreturn]] void fail(const std::string& message) const;

 private:
  std::string path_;
  uint64_t size_ = 0, position_ = 0;
  int descriptor_ = -1;
};

/// All bytes of a file.
CORNU_API std::string read_file(const std::string& path);

}  // namespace cornu::io
