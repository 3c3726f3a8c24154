#pragma once
#include <map>
#include <string>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

struct NpzOptions {
  bool compressed = false;  ///< as numpy.savez_compressed
};

/// Writes tensors by name as NumPy's .npz, a zip archive with a member NAME.npy each. Replaces the file in one step.
///
///     save_npz("weights.npz", {{"kernel", kernel}, {"bias", bias}});   // numpy.load("weights.npz")["kernel"]
///
/// Throws StateError for a symbolic tensor, ValueError for an empty name, FileError if the file cannot be written.
CORNU_API void save_npz(const std::string& path, const std::map<std::string, Tensor>& tensors,
                        const NpzOptions& options = {});

/// All arrays of such a file, compressed or not, by their names without `.npy`. The checksums are compared. Throws
/// FileError, naming file and array, for a file that is missing or damaged, and for dtypes that Cornu has not.
CORNU_API std::map<std::string, Tensor> load_npz(const std::string& path);

}  // namespace cornu
