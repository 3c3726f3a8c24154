#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/internal/sync_folder.h>

namespace cornu::io {

namespace {

constexpr size_t buffer_size = size_t{1} << 16;
constexpr mode_t new_file_mode = 0666;  // less the process's umask

/// Where a symbolic link leads, also if nothing is there yet.
std::string resolved(const std::string& path) {
  std::filesystem::path target = path;
  std::error_code error;
  for (int links = 0; links < 40 && std::filesystem::is_symlink(target, error); ++links) {
    const auto next = std::filesystem::read_symlink(target, error);
    if (error) break;
    target = target.parent_path() / next;  // an absolute `next` replaces the folder
  }
  return target.string();
}

/// No other process or thread takes the same name.
std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> count{0};
  return path + ".part." + std::to_string(getpid()) + "." + std::to_string(count++);
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// False, and the reason in errno, if not all of it could be written.
bool write_all(int descriptor, const char* bytes, size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(descriptor, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes += written;
    count -= static_cast<size_t>(written);
  }
  return true;
}

}  // namespace

void sync_folder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

AtomicFile::AtomicFile(const std::string& path) : path_(resolved(path)) {
  if (std::filesystem::path(path_).filename().empty())
    throw FileError("cannot write '" + path_ + "': no file is named");
  struct stat status;
  const bool exists = ::stat(path_.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode))
    throw FileError("cannot write '" + path_ + "': expected a regular file, but it is " +
                    (S_ISDIR(status.st_mode) ? "a folder" : "something else"));
  temporary_path_ = temporary_name(path_);
  descriptor_ = ::open(temporary_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, new_file_mode);
  if (descriptor_ < 0) {
    temporary_path_.clear();
    fail("cannot be created");
  }
  if (exists) ::fchmod(descriptor_, status.st_mode & 07777);  // where it is not allowed, the new file's mode serves
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::discard() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  if (!temporary_path_.empty()) ::unlink(temporary_path_.c_str());
  temporary_path_.clear();
}

void AtomicFile::fail(const char* what) {
  const int reason = errno;
  discard();
  throw FileError("'" + path_ + "' " + what + ": " + std::strerror(reason));
}

void AtomicFile::write(const void* bytes, size_t count) {
  if (descriptor_ < 0) throw StateError("'" + path_ + "' is closed: it was committed or a write to it failed");
  position_ += count;
  if (buffer_.size() + count <= buffer_size) {
    buffer_.append(static_cast<const char*>(bytes), count);
    return;
  }
  flush();
  if (!write_all(descriptor_, static_cast<const char*>(bytes), count)) fail("could not be written");
}

void AtomicFile::flush() {
  if (!write_all(descriptor_, buffer_.data(), buffer_.size())) fail("could not be written");
  buffer_.clear();
}

void AtomicFile::commit() {
  if (descriptor_ < 0) throw StateError("'" + path_ + "' is closed: it was committed or a write to it failed");
  flush();
  if (::fsync(descriptor_) != 0) fail("could not be brought to the disk");
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("could not be closed");
  if (::rename(temporary_path_.c_str(), path_.c_str()) != 0) fail("could not be replaced");
  temporary_path_.clear();
  sync_folder(folder_of(path_));
}

void write_file_atomically(const std::string& path, std::span<const std::byte> bytes) {
  write_file_atomically(path, [&](AtomicFile& file) { file.write(bytes.data(), bytes.size()); });
}

void write_file_atomically(const std::string& path, std::string_view text) {
  write_file_atomically(path, std::as_bytes(std::span(text)));
}

}  // namespace cornu::io
