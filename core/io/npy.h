#pragma once
#include <string>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

/// The array of a NumPy .npy file (format 1.0, 2.0 or 3.0), as numpy.load reads it: any of the six dtypes, either byte
/// order, row-major or Fortran order. Throws FileError naming the file, what was expected and what came, if there is no
/// such file, if it is damaged, or if it holds another dtype or more than 8 axes.
CORNU_API Tensor load_npy(const std::string& path);

/// Writes `tensor` as numpy.save does. The file appears whole or not at all; one that was there before is replaced.
/// Throws FileError if it cannot be written, StateError for a tensor without values.
CORNU_API void save_npy(const std::string& path, const Tensor& tensor);

}  // namespace cornu
