#pragma once
#include <memory>
#include <string>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::io {

/// Makes an HDF5 file in memory, through libhdf5, as h5py does it by default: the oldest format, values one after
/// another. Throws FileError naming `where` and the path in the file.
class CORNU_API Hdf5Writer {
 public:
  explicit Hdf5Writer(const std::string& where);
  ~Hdf5Writer();
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;

  /// A group and those above it that are not there yet.
  void create_group(const std::string& path);
  /// A text that belongs to the group at `path`.
  void set_attribute(const std::string& path, const std::string& name, const std::string& text);
  /// An array, in a group that is there.
  void write(const std::string& path, const Tensor& values);
  /// The file. Nothing can be added afterwards.
  std::string bytes();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cornu::io
