#include <bit>
#include <utility>

#include <proto/tensor.pb.h>

#include <cornu/core/summary/internal/tensor_proto.h>

namespace cornu::summary {

static_assert(std::endian::native == std::endian::little, "elements are written as they lie in memory");

int data_type(DType dtype) {
  switch (dtype) {
    case DType::boolean:
      return proto::DT_BOOL;
    case DType::uint8:
      return proto::DT_UINT8;
    case DType::int32:
      return proto::DT_INT32;
    case DType::int64:
      return proto::DT_INT64;
    case DType::float32:
      return proto::DT_FLOAT;
    case DType::float64:
      break;
  }
  return proto::DT_DOUBLE;
}

void put_shape(const Shape& shape, proto::TensorShapeProto& to) {
  for (const int64_t extent : shape) to.add_dim()->set_size(extent < 0 ? -1 : extent);
}

void put_tensor(const Tensor& value, proto::TensorProto& to) {
  to.set_dtype(static_cast<proto::DataType>(data_type(value.dtype())));
  put_shape(value.shape(), *to.mutable_tensor_shape());
  to.set_tensor_content(value.raw_data(), static_cast<size_t>(value.size()) * size_of(value.dtype()));
}

void put_strings(std::vector<std::string> strings, const Shape& shape, proto::TensorProto& to) {
  to.set_dtype(proto::DT_STRING);
  put_shape(shape, *to.mutable_tensor_shape());
  for (std::string& text : strings) to.add_string_val(std::move(text));
}

}  // namespace cornu::summary
