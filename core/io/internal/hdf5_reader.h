#pragma once
#include <cstdint>
#include <map>
#include <string>

#include <cornu/core/export.h>
#include <cornu/core/io/internal/random_access.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::io {

/// An array in an HDF5 file. One whose values cannot be read (a type that Cornu has not, chunks, a shape that needs
/// more bytes than it has) says why in `problem`.
struct Hdf5Dataset {
  Shape shape = {};
  DType dtype = float32;
  uint64_t offset = 0, byte_size = 0;  // of the values in the file
  std::string problem = {};
};

struct Hdf5Group {
  std::map<std::string, std::string> attributes = {};  ///< those that are texts
};

/// The groups and arrays of an HDF5 file of the oldest format (superblock 0 or 1), which is what Keras writes. By their
/// paths, `layers/dense/vars/0`; the root's is empty.
struct Hdf5Contents {
  std::map<std::string, Hdf5Group> groups = {};
  std::map<std::string, Hdf5Dataset> datasets = {};
};

/// Reads the structure of a file, not the values. It is walked here and not by libhdf5, which damaged files can make
/// crash. Throws FileError for what is no such file, is damaged or refers to itself.
CORNU_API Hdf5Contents read_hdf5(RandomAccess& file);

/// The values of an array of `file`. Throws FileError if they cannot be read.
CORNU_API Tensor read_values(RandomAccess& file, const std::string& path, const Hdf5Dataset& dataset);

}  // namespace cornu::io
