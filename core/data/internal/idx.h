#pragma once
#include <array>
#include <string>

#include <cornu/core/data/datasets.h>

namespace cornu::datasets::internal {

/// The four files of a data set in MNIST's form, in this order: train images, train labels, test images, test labels.
inline constexpr std::array<const char*, 4> kIdxFiles = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                                         "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

struct IdxSource {
  const char* name = "";                // of the data set, and of its folder in the cache
  const char* command = "";             // brings the files
  std::array<const char*, 4> md5 = {};  // of the uncompressed files; nullptr: any content will do
};

/// Reads the four files from `directory`, or where that is empty from the cache.
CORNU_API Split load_idx(const IdxSource& source, const std::string& directory);

/// Reads one IDX file of bytes, plain or gzipped: a uint8 tensor of `rank` axes. `md5` as in IdxSource.
/// The format: http://yann.lecun.com/exdb/mnist (big-endian; 0, 0, type 8, rank; the extents; the bytes).
CORNU_API Tensor read_idx(const std::string& path, int rank, const char* md5);

/// Reads an IDX file of any type and rank: uint8, int32 (of signed bytes, shorts and ints), float32 or float64.
CORNU_API Tensor read_idx(const std::string& path);

}  // namespace cornu::datasets::internal
