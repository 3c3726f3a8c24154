#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <cornu/core/export.h>
#include <cornu/core/io/internal/input_file.h>

namespace cornu::io {

/// Bytes that are read at any place, and whose number is known.
class CORNU_API RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  virtual uint64_t size() const = 0;
  /// What messages begin with.
  virtual std::string where() const = 0;
  /// `count` bytes from byte `offset` on. Throws FileError, naming `what`, if they are not all there.
  void read(uint64_t offset, void* bytes, uint64_t count, const char* what) {
    if (offset > size() || count > size() - offset)
      fail("the " + std::string(what) + " would take " + std::to_string(count) + " bytes from byte " +
           std::to_string(offset) + " on; there are " + std::to_string(size()) + " in all");
    if (count > 0) read_checked(offset, bytes, count, what);
  }
  std::string read_text(uint64_t offset, uint64_t count, const char* what) {
    if (offset > size() || count > size() - offset) read(offset, nullptr, count, what);  // throws
    std::string text(static_cast<size_t>(count), '\0');
    read(offset, text.data(), count, what);
    return text;
  }
  [[noreturn]] void fail(const std::string& message) const { throw FileError(where() + ": " + message); }

 private:
  virtual void read_checked(uint64_t offset, void* bytes, uint64_t count, const char* what) = 0;
};

/// A part of a file.
class CORNU_API FileRange : public RandomAccess {
 public:
  /// All of the file. Throws FileError if it cannot be read.
  explicit FileRange(const std::string& path) : file_(path), size_(file_.size()), where_(path) {}
  /// `size` bytes from byte `begin` on, which must be there; `where` is what messages begin with.
  FileRange(const std::string& path, uint64_t begin, uint64_t size, std::string where)
      : file_(path), begin_(begin), size_(size), where_(std::move(where)) {}
  uint64_t size() const override { return size_; }
  std::string where() const override { return where_; }

 private:
  void read_checked(uint64_t offset, void* bytes, uint64_t count, const char* what) override {
    file_.seek(begin_ + offset);
    file_.read(bytes, static_cast<size_t>(count), what);
  }

  InputFile file_;
  uint64_t begin_ = 0, size_;
  std::string where_;
};

/// Bytes in memory.
class CORNU_API MemoryRange : public RandomAccess {
 public:
  MemoryRange(std::string bytes, std::string where) : bytes_(std::move(bytes)), where_(std::move(where)) {}
  uint64_t size() const override { return bytes_.size(); }
  std::string where() const override { return where_; }

 private:
  void read_checked(uint64_t offset, void* bytes, uint64_t count, const char*) override {
    bytes_.copy(static_cast<char*>(bytes), static_cast<size_t>(count), static_cast<size_t>(offset));
  }

  std::string bytes_, where_;
};

}  // namespace cornu::io
