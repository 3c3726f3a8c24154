#pragma once
#include <string>

#include <cornu/core/export.h>

namespace cornu::io {

/// A folder that appears under its name only once it is whole. It is filled under a temporary name beside it; commit()
/// puts it in its place in one step. Without commit(), what was there before stays as it was.
///
///     io::AtomicDirectory folder("model");
///     io::write_file_atomically(folder.path() + "/weights.bin", bytes);
///     folder.commit();
///
/// A folder that is there already gives way, but what it holds under names that the new one has not stays in it. All
/// members throw FileError naming the folder and the system's reason.
class CORNU_API AtomicDirectory {
 public:
  /// Makes the temporary folder, and those above it where they are missing.
  explicit AtomicDirectory(const std::string& directory);
  ~AtomicDirectory();
  AtomicDirectory(const AtomicDirectory&) = delete;
  AtomicDirectory& operator=(const AtomicDirectory&) = delete;

  /// Where its files are to be written.
  const std::string& path() const { return temporary_; }
  void commit();

 private:
  [[noreturn]] void fail(const char* what) const;
  void keep_others() const;

  std::string directory_, temporary_;
};

}  // namespace cornu::io
