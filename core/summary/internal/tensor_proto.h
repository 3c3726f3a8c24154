#pragma once
#include <string>
#include <vector>

#include <cornu/core/tensor/tensor.h>

namespace cornu::proto {
class TensorProto;
class TensorShapeProto;
}  // namespace cornu::proto

namespace cornu::summary {

/// TensorFlow's number of a dtype.
int data_type(DType dtype);
void put_shape(const Shape& shape, proto::TensorShapeProto& to);
/// A tensor's value, its elements as they lie in memory.
void put_tensor(const Tensor& value, proto::TensorProto& to);
/// A tensor of strings.
void put_strings(std::vector<std::string> strings, const Shape& shape, proto::TensorProto& to);

}  // namespace cornu::summary
