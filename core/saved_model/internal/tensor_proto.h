#pragma once
#include <optional>
#include <string>

#include <proto/graph.pb.h>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

/// Tensors, shapes and dtypes as TensorFlow's messages.
namespace cornu::saved_model {

CORNU_API proto::DataType to_proto(DType dtype);
/// The dtype, if Cornu has it.
CORNU_API std::optional<DType> from_proto(proto::DataType dtype);
/// "float32", "string": the dtype in messages.
CORNU_API std::string to_string(proto::DataType dtype);

/// Extents that are not known become -1.
CORNU_API proto::TensorShapeProto to_proto(const Shape& shape);
/// Throws ValueError for a shape of unknown rank and for what no tensor can have.
CORNU_API Shape from_proto(const proto::TensorShapeProto& shape);

CORNU_API proto::TensorProto to_proto(const Tensor& tensor);
/// Throws ValueError for a dtype that Cornu lacks and for elements that do not fit the shape.
CORNU_API Tensor from_proto(const proto::TensorProto& tensor);

}  // namespace cornu::saved_model
