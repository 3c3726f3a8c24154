#include <bit>
#include <utility>

#include <proto/tensor.pb.h>

#include <cornu/core/io/internal/tensor_proto.h>
#include <cornu/core/io/internal/tensorflow_dtypes.h>

namespace cornu::io {

static_assert(std::endian::native == std::endian::little, "elements are written as they lie in memory");

void put_shape(const Shape& shape, proto::TensorShapeProto& to) {
  for (const int64_t extent : shape) to.add_dim()->set_size(extent < 0 ? -1 : extent);
}

void put_tensor(const Tensor& value, proto::TensorProto& to) {
  to.set_dtype(static_cast<proto::DataType>(tensorflow_dtype(value.dtype())));
  put_shape(value.shape(), *to.mutable_tensor_shape());
  to.set_tensor_content(value.raw_data(), static_cast<size_t>(value.size()) * size_of(value.dtype()));
}

void put_strings(std::vector<std::string> strings, const Shape& shape, proto::TensorProto& to) {
  to.set_dtype(proto::DT_STRING);
  put_shape(shape, *to.mutable_tensor_shape());
  for (std::string& text : strings) to.add_string_val(std::move(text));
}

}  // namespace cornu::io
