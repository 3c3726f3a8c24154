#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <cornu/core/export.h>

namespace cornu::io {

/// A file that appears under its name only once it is whole. It is written under a temporary name in the same folder;
/// commit() brings it to the disk (fsync) and renames it, which replaces an older file in one step. Without commit(),
/// and after any error, the temporary file is removed and what was there before stays as it was.
///
///     io::AtomicFile file("model.bin");
///     file.write(header);
///     file.write(elements.data(), elements.size_bytes());
///     file.commit();
///
/// A file that is replaced keeps its permissions; a symbolic link stays, and what it points to is replaced. All members
/// throw FileError naming the file and the system's reason.
class CORNU_API AtomicFile {
 public:
  /// Throws FileError if the folder does not exist or cannot be written, or if `path` is no regular file.
  explicit AtomicFile(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* bytes, size_t count);
  void write(std::string_view text) { write(text.data(), text.size()); }
  /// Bytes written so far.
  uint64_t position() const { return position_; }
  void commit();

 private:
  [[noreturn]] void fail(const char* what);
  void flush();
  void discard() noexcept;

  std::string path_, temporary_path_;
  std::string buffer_;  // small writes are collected
  uint64_t position_ = 0;
  int descriptor_ = -1;
};

/// Replaces the file at `path` by `bytes`, or leaves it as it was and throws FileError.
CORNU_API void write_file_atomically(const std::string& path, std::span<const std::byte> bytes);
CORNU_API void write_file_atomically(const std::string& path, std::string_view text);
/// Replaces the file at `path` by what `write(AtomicFile&)` writes; an exception leaves it as it was.
template <class Write>
requires requires(Write write, AtomicFile& file) { write(file); }
void write_file_atomically(const std::string& path, Write&& write) {
  AtomicFile file(path);
  write(file);
  file.commit();
}

}  // namespace cornu::io
