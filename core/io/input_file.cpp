#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/input_file.h>

namespace cornu::io {

InputFile::InputFile(const std::string& path) : path_(path) {
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not make it wait
  if (descriptor_ < 0) throw FileError("cannot read '" + path + "': " + std::strerror(errno));
  struct stat status;
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    throw FileError("cannot read '" + path + "': expected a regular file, but it is " +
                    (S_ISDIR(status.st_mode) ? "a folder" : "something else"));
  }
  size_ = static_cast<uint64_t>(status.st_size);
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read(void* bytes, size_t count, const char* what) {
  if (count > remaining())
    fail("the file ends within its " + std::string(what) + ": expected " + std::to_string(count) + " bytes from byte " +
         std::to_string(position_) + " on, but the file has " + std::to_string(size_) + " in all");
  auto* next = static_cast<char*>(bytes);
  while (count > 0) {
    const ssize_t received = ::read(descriptor_, next, std::min(count, size_t{1} << 30));
    if (received < 0 && errno == EINTR) continue;
    if (received < 0) fail("the " + std::string(what) + " could not be read: " + std::strerror(errno));
    if (received == 0) fail("the file was shortened while it was read");
    next += received;
    count -= static_cast<size_t>(received);
    position_ += static_cast<uint64_t>(received);
  }
}

void InputFile::seek(uint64_t position) {
  if (position > size_)
    fail("there is no byte " + std::to_string(position) + ": the file has " + std::to_string(size_) + " bytes");
  if (position != position_ && ::lseek(descriptor_, static_cast<off_t>(position), SEEK_SET) < 0)
    fail("byte " + std::to_string(position) + " could not be reached: " + std::strerror(errno));
  position_ = position;
}

std::string read_file(const std::string& path) {
  InputFile file(path);
  return file.read_text(file.size(), "contents");
}

}  // namespace cornu::io
