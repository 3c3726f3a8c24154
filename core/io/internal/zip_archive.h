#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cornu/core/export.h>
#include <cornu/core/io/internal/byte_source.h>
#include <cornu/core/io/internal/random_access.h>

namespace cornu::io {

/// A member of a zip archive, read front to back. finish() compares the checksum once all is read.
class CORNU_API ZipMember : public ByteSource {
 public:
  ~ZipMember() override;
  const std::string& name() const;
  uint64_t remaining() const override;
  void read(void* bytes, size_t count, const char* what) override;
  std::string where() const override;
  void finish();

 private:
  friend class ZipReader;
  struct State;
  explicit ZipMember(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A zip archive to read. Sizes that do not hold, members that claim more bytes than compression could have saved, and
/// names that are there twice give a FileError.
class CORNU_API ZipReader {
 public:
  /// `kind` is what messages call the file: "an .npz file".
  ZipReader(const std::string& path, const char* kind);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  const std::vector<std::string>& names() const { return names_; }
  bool contains(const std::string& name) const;
  /// Throws FileError for a name that would lead out of the folder where somebody unpacks the archive: absolute, or
  /// with
  /// `..` in it.
  void check_names() const;
  /// Throws FileError if there is no such member.
  ZipMember open(const std::string& name) const;
  /// All bytes of a member of at most `most` bytes.
  std::string read(const std::string& name, uint64_t most) const;

  /// A member to be read at any place: where it lies in the file, if it is stored without compression; else all of it
  /// in memory.
  struct Place {
    std::unique_ptr<RandomAccess> bytes;
    std::optional<uint32_t> checksum;  ///< of all its bytes (zlib's crc32), where it has not been compared yet
  };
  Place place(const std::string& name) const;

 private:
  struct State;
  size_t index_of(const std::string& name) const;
  std::string path_;
  std::vector<std::string> names_;
  std::unique_ptr<State> state_;
};

/// Makes a zip archive in memory; the same members give the same bytes. Throws FileError.
class CORNU_API ZipWriter {
 public:
  /// `where` is what messages begin with.
  explicit ZipWriter(const std::string& where);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  void add(const std::string& name, std::string bytes, bool compressed = false);
  /// The archive. Nothing can be added afterwards.
  std::string bytes();
  /// Replaces the file by the archive in one step.
  void write(const std::string& path);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cornu::io
