#include <cstring>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/tensor_proto.h>
#include <cornu/core/io/internal/tensorflow_dtypes.h>
#include <cornu/core/saved_model/internal/tensor_proto.h>

namespace cornu::saved_model {

namespace {

/// One element stands for all: a shape may not ask for more memory than this by a few bytes.
constexpr size_t most_filled_bytes = size_t{1} << 26;

template <class List>
Tensor from_list(const List& values, const Shape& shape, DType dtype) {
  const auto count = static_cast<size_t>(shape.size());
  if (static_cast<size_t>(values.size()) > count)
    throw ValueError("a constant of shape " + shape.to_string() + " has " + std::to_string(values.size()) +
                     " elements");
  if (static_cast<size_t>(values.size()) < count && count * size_of(dtype) > most_filled_bytes)
    throw ValueError("a constant of shape " + shape.to_string() + " is too large for one that repeats an element");
  Tensor tensor = Tensor::allocate(shape, dtype);
  visit_dtype(dtype, [&]<class T>() {
    T* elements = static_cast<T*>(tensor.mutable_data());
    for (size_t i = 0; i < count; ++i) {
      const auto given = static_cast<size_t>(values.size());
      elements[i] = given == 0 ? T{} : static_cast<T>(values.Get(static_cast<int>(std::min(i, given - 1))));
    }
  });
  return tensor;
}

Tensor from_content(const std::string& bytes, const Shape& shape, DType dtype) {
  if (bytes.size() != static_cast<size_t>(shape.size()) * size_of(dtype))
    throw ValueError("a constant of shape " + shape.to_string() + " and dtype " + std::string(name(dtype)) + " has " +
                     std::to_string(bytes.size()) + " bytes");
  Tensor tensor = Tensor::allocate(shape, dtype);
  if (!bytes.empty()) std::memcpy(tensor.mutable_data(), bytes.data(), bytes.size());
  return tensor;
}

/// A single element stands in the list of its dtype, as TensorFlow writes it: some programs look for it there alone.
void set_element(proto::TensorProto& message, const Tensor& tensor) {
  switch (tensor.dtype()) {
    case DType::boolean:
      return message.add_bool_val(tensor.item<bool>());
    case DType::uint8:
      return message.add_int_val(tensor.item<uint8_t>());
    case DType::int32:
      return message.add_int_val(tensor.item<int32_t>());
    case DType::int64:
      return message.add_int64_val(tensor.item<int64_t>());
    case DType::float32:
      return message.add_float_val(tensor.item<float>());
    case DType::float64:
      return message.add_double_val(tensor.item<double>());
  }
}

}  // namespace

proto::DataType to_proto(DType dtype) { return static_cast<proto::DataType>(io::tensorflow_dtype(dtype)); }
std::optional<DType> from_proto(proto::DataType type) { return io::dtype_from_tensorflow(type); }
std::string to_string(proto::DataType type) { return io::tensorflow_dtype_name(type); }

proto::TensorShapeProto to_proto(const Shape& shape) {
  proto::TensorShapeProto message;
  io::put_shape(shape, message);
  return message;
}

Shape from_proto(const proto::TensorShapeProto& message) {
  if (message.unknown_rank()) throw ValueError("a shape of unknown rank; Cornu needs to know the number of axes");
  if (message.dim_size() > Shape::max_rank)
    throw ValueError("a shape of " + std::to_string(message.dim_size()) + " axes; a tensor has at most " +
                     std::to_string(Shape::max_rank));
  Shape shape;
  for (const auto& dimension : message.dim()) {
    if (dimension.size() < -1) throw ValueError("an extent of " + std::to_string(dimension.size()));
    shape.push_back(dimension.size());
  }
  return shape;
}

proto::TensorProto to_proto(const Tensor& tensor) {
  proto::TensorProto message;
  io::put_tensor(tensor, message);
  if (tensor.size() != 1) return message;
  message.clear_tensor_content();
  set_element(message, tensor);
  return message;
}

Tensor from_proto(const proto::TensorProto& message) {
  const auto dtype = from_proto(message.dtype());
  if (!dtype) throw ValueError("a constant of " + to_string(message.dtype()) + ", which tensors here cannot hold");
  const Shape shape = from_proto(message.tensor_shape());
  if (!shape.is_known()) throw ValueError("a constant of unknown shape " + shape.to_string());
  if (shape.size() > Shape::max_size) throw ValueError("a constant of shape " + shape.to_string());
  if (!message.tensor_content().empty()) return from_content(message.tensor_content(), shape, *dtype);
  switch (*dtype) {
    case DType::boolean:
      return from_list(message.bool_val(), shape, *dtype);
    case DType::int64:
      return from_list(message.int64_val(), shape, *dtype);
    case DType::float32:
      return from_list(message.float_val(), shape, *dtype);
    case DType::float64:
      return from_list(message.double_val(), shape, *dtype);
    case DType::uint8:
    case DType::int32:
      break;
  }
  return from_list(message.int_val(), shape, *dtype);
}

}  // namespace cornu::saved_model
