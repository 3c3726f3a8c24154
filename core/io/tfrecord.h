#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <cornu/core/export.h>

namespace cornu::io {

class InputFile;

/// Writes a file of records as TensorFlow does (TFRecord). Each is framed by its length and two checksums:
///
///     uint64 length, masked CRC-32C of the length, the bytes, masked CRC-32C of the bytes
///
/// numbers in little endian. Records are collected in memory and reach the file with flush(), close(), or once there
/// are many; the file always ends with a whole record, also where the disk is full.
///
///     io::TFRecordWriter writer("train.tfrecord");
///     writer.write("first");
///     writer.close();
class CORNU_API TFRecordWriter {
 public:
  /// Whether a file of this name may be there already, and is replaced.
  enum class Existing { replace, refuse };
  /// Throws FileError naming the file if it cannot be created.
  explicit TFRecordWriter(const std::string& path, Existing existing = Existing::replace);
  /// Writes what is left, unless that fails; close() tells.
  ~TFRecordWriter();
  TFRecordWriter(const TFRecordWriter&) = delete;
  TFRecordWriter& operator=(const TFRecordWriter&) = delete;

  const std::string& path() const { return path_; }
  /// Adds a record. Throws FileError if the disk does not take it; nothing can be written after that.
  void write(std::string_view record);
  /// Hands all records to the system: from here on a crash of the process does not lose them.
  void flush();
  /// Flushes, brings the file to the disk and closes it; the second time it does nothing.
  void close();

 private:
  [[noreturn]] void fail(const char* what);
  void require_open() const;

  std::string path_, buffer_;
  uint64_t written_ = 0;  // bytes of whole records in the file
  int descriptor_ = -1;
};

/// Reads a file of records, front to back.
///
///     io::TFRecordReader reader("train.tfrecord");
///     while (std::optional<std::string> record = reader.next()) use(*record);
class CORNU_API TFRecordReader {
 public:
  /// Throws FileError if the file cannot be read.
  explicit TFRecordReader(const std::string& path);
  ~TFRecordReader();
  TFRecordReader(const TFRecordReader&) = delete;
  TFRecordReader& operator=(const TFRecordReader&) = delete;

  /// The next record; nothing after the last whole one. Throws FileError naming the file, the record and its place for
  /// a checksum that does not agree.
  std::optional<std::string> next();
  /// Whether the file ends within a record: its writer was stopped, or is still writing.
  bool is_truncated() const { return is_truncated_; }

 private:
  std::unique_ptr<InputFile> file_;
  int64_t count_ = 0;
  bool is_truncated_ = false;
};

}  // namespace cornu::io
