#pragma once
#include <string>
#include <vector>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::proto {
class TensorProto;
class TensorShapeProto;
}  // namespace cornu::proto

/// Tensors as TensorFlow's messages.
namespace cornu::io {

/// Extents that are not known become -1.
CORNU_API void put_shape(const Shape& shape, proto::TensorShapeProto& to);
/// A tensor's value, its elements as they lie in memory.
CORNU_API void put_tensor(const Tensor& value, proto::TensorProto& to);
/// A tensor of strings.
CORNU_API void put_strings(std::vector<std::string> strings, const Shape& shape, proto::TensorProto& to);

}  // namespace cornu::io
