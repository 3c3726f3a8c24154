#pragma once
#include <optional>
#include <string>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>

namespace cornu::io {

// TensorFlow's numbers of dtypes (tensorflow/core/framework/types.proto).

/// The number of Cornu's dtype.
CORNU_API int tensorflow_dtype(DType dtype);
/// Cornu's dtype of the number; nothing for one that it has not.
CORNU_API std::optional<DType> dtype_from_tensorflow(int number);
/// "float32", "string", "bfloat16", ...; "dtype 99" for an unknown number.
CORNU_API std::string tensorflow_dtype_name(int number);

}  // namespace cornu::io
