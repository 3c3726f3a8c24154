#pragma once
#include <string>

#include <cornu/core/io/internal/byte_source.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::io {

/// The array of a .npy file, or of a member of a .npz file, which must take all of `source`.
Tensor read_npy(ByteSource& source);
/// What stands before the elements in a .npy file.
std::string npy_header(const Tensor& tensor);

}  // namespace cornu::io
