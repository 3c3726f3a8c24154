#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cornu/core/error.h>
#include <cornu/core/io/atomic_directory.h>
#include <cornu/core/io/internal/sync_folder.h>

namespace cornu::io {

namespace fs = std::filesystem;

namespace {

/// "model" for "model/".
std::string without_slash(const std::string& directory) {
  fs::path path = fs::path(directory).lexically_normal();
  return (path.has_filename() ? path : path.parent_path()).string();
}

}  // namespace

void AtomicDirectory::fail(const char* what) const {
  throw FileError(directory_ + ": " + what + ": " + std::strerror(errno));
}

AtomicDirectory::AtomicDirectory(const std::string& directory) : directory_(without_slash(directory)) {
  std::error_code error;
  if (directory_.empty()) throw FileError("the name of the folder to save to is empty");
  if (fs::exists(directory_, error) && !fs::is_directory(directory_, error))
    throw FileError(directory_ + ": is a file; a folder is to be written there");
  // Through a symbolic link, what it points to is replaced.
  if (fs::is_symlink(directory_, error)) directory_ = fs::canonical(directory_, error).string();
  const fs::path parent = fs::absolute(directory_).parent_path();
  fs::create_directories(parent, error);
  if (error) throw FileError(directory_ + ": cannot make the folder above it: " + error.message());
  temporary_ = (parent / (fs::path(directory_).filename().string() + ".XXXXXX")).string();
  if (!::mkdtemp(temporary_.data())) {
    const int reason = errno;
    temporary_.clear();
    errno = reason;
    fail("cannot make a folder beside it");
  }
  ::chmod(temporary_.c_str(), 0755);
}

AtomicDirectory::~AtomicDirectory() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

void AtomicDirectory::commit() {
  for (const auto& entry : fs::recursive_directory_iterator(temporary_))
    if (entry.is_directory()) sync_folder(entry.path().string());
  sync_folder(temporary_);
  const bool replaces = fs::exists(directory_);
  const unsigned how = replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE;
  if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, directory_.c_str(), how) != 0) {
    // File systems without an exchange: the old folder is away for a moment.
    if (errno != EINVAL && errno != ENOSYS) fail("cannot put the new folder in its place");
    const std::string old = temporary_ + ".old";
    if (replaces && ::rename(directory_.c_str(), old.c_str()) != 0) fail("cannot move the old folder away");
    if (::rename(temporary_.c_str(), directory_.c_str()) != 0) fail("cannot put the new folder in its place");
    temporary_ = replaces ? old : std::string();
  } else if (!replaces) {
    temporary_.clear();
  }
  sync_folder(fs::absolute(directory_).parent_path().string());
  if (!temporary_.empty()) keep_others();
}

void AtomicDirectory::keep_others() const {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(temporary_)) {
    const fs::path kept = fs::path(directory_) / entry.path().filename();
    if (!fs::exists(kept, error)) fs::rename(entry.path(), kept, error);
  }
}

}  // namespace cornu::io
