#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <cornu/core/error.h>
#include <cornu/core/io/crc32c.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/io/tfrecord.h>

namespace cornu::io {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied into the file as they are");

constexpr size_t buffer_size = size_t{1} << 16;
constexpr size_t record_header_size = sizeof(uint64_t) + sizeof(uint32_t), record_footer_size = sizeof(uint32_t);

template <class T>
std::string_view bytes_of(const T& number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

template <class T>
T number_at(const char* bytes) {
  T number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

/// False, and the reason in errno, if not all of it could be written.
bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

TFRecordWriter::TFRecordWriter(const std::string& path, Existing existing) : path_(path) {
  const int exclusive = existing == Existing::refuse ? O_EXCL : O_TRUNC;
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | exclusive, 0666);
  if (descriptor_ < 0) fail("cannot be created");
}

TFRecordWriter::~TFRecordWriter() {
  try {
    close();
  } catch (const FileError&) {  // whoever wants to know calls close()
  }
}

void TFRecordWriter::fail(const char* what) {
  const int reason = errno;
  buffer_.clear();
  if (descriptor_ >= 0) {
    // Without the record that is only half there, what was written before can be read.
    [[maybe_unused]] const int ignored = ::ftruncate(descriptor_, static_cast<off_t>(written_));
    ::close(std::exchange(descriptor_, -1));
  }
  throw FileError("'" + path_ + "' " + what + ": " + std::strerror(reason));
}

void TFRecordWriter::require_open() const {
  if (descriptor_ < 0) throw StateError("'" + path_ + "' is closed, or a write to it failed; nothing can be added");
}

void TFRecordWriter::write(std::string_view record) {
  require_open();
  const uint64_t length = record.size();
  const uint32_t length_sum = masked_crc32c(bytes_of(length)), sum = masked_crc32c(record);
  buffer_.append(bytes_of(length)).append(bytes_of(length_sum)).append(record).append(bytes_of(sum));
  if (buffer_.size() >= buffer_size) flush();
}

void TFRecordWriter::flush() {
  require_open();
  if (!write_all(descriptor_, buffer_)) fail("could not be written");
  written_ += buffer_.size();
  buffer_.clear();
}

void TFRecordWriter::close() {
  if (descriptor_ < 0) return;
  flush();
  if (::fsync(descriptor_) != 0 && errno != EINVAL) fail("could not be brought to the disk");
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("could not be closed");
}

TFRecordReader::TFRecordReader(const std::string& path) : file_(std::make_unique<InputFile>(path)) {}
TFRecordReader::~TFRecordReader() = default;

std::optional<std::string> TFRecordReader::next() {
  const auto fail = [&, start = file_->position()](const std::string& what) {
    file_->fail("record " + std::to_string(count_) + " at byte " + std::to_string(start) + ": " + what);
  };
  if (is_truncated_ || file_->remaining() == 0) return {};
  is_truncated_ = file_->remaining() < record_header_size;
  if (is_truncated_) return {};
  const std::string header = file_->read_text(record_header_size, "record header");
  if (masked_crc32c(std::string_view(header).substr(0, sizeof(uint64_t))) !=
      number_at<uint32_t>(header.data() + sizeof(uint64_t))) {
    file_->seek(file_->size());  // where the next record begins cannot be known
    fail("the checksum of its length does not agree: the file is damaged, or holds no TFRecords");
  }
  const auto length = number_at<uint64_t>(header.data());
  is_truncated_ = file_->remaining() < record_footer_size || length > file_->remaining() - record_footer_size;
  if (is_truncated_) return {};
  std::string record = file_->read_text(length, "record");
  const std::string footer = file_->read_text(record_footer_size, "checksum");
  if (masked_crc32c(record) != number_at<uint32_t>(footer.data()))
    fail("the checksum of its " + std::to_string(length) + " bytes does not agree: the file is damaged");
  ++count_;
  return record;
}

}  // namespace cornu::io
