#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include <cornu/core/export.h>
#include <cornu/core/io/internal/byte_source.h>

namespace cornu::io {

/// A file as a source of bytes.
class CORNU_API InputFile : public ByteSource {
 public:
  /// Throws FileError if there is no such file, if it is a folder, or if it cannot be read.
  explicit InputFile(const std::string& path);
  ~InputFile() override;
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& path() const { return path_; }
  uint64_t size() const { return size_; }
  uint64_t position() const { return position_; }
  uint64_t remaining() const override { return size_ - position_; }
  void read(void* bytes, size_t count, const char* what) override;
  /// Goes on reading at byte `position`, which is at most size().
  void seek(uint64_t position);
  std::string where() const override { return path_; }

 private:
  std::string path_;
  uint64_t size_ = 0, position_ = 0;
  int descriptor_ = -1;
};

/// All bytes of a file.
CORNU_API std::string read_file(const std::string& path);

}  // namespace cornu::io
