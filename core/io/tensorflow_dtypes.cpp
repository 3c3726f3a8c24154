#include <proto/types.pb.h>

#include <cornu/core/io/internal/tensorflow_dtypes.h>

namespace cornu::io {

namespace {

struct Row {
  proto::DataType number;
  const char* name;
};

constexpr Row rows[] = {
    {proto::DT_FLOAT, "float32"},   {proto::DT_DOUBLE, "float64"},      {proto::DT_INT32, "int32"},
    {proto::DT_UINT8, "uint8"},     {proto::DT_INT16, "int16"},         {proto::DT_INT8, "int8"},
    {proto::DT_STRING, "string"},   {proto::DT_COMPLEX64, "complex64"}, {proto::DT_INT64, "int64"},
    {proto::DT_BOOL, "bool"},       {proto::DT_QINT8, "qint8"},         {proto::DT_QUINT8, "quint8"},
    {proto::DT_QINT32, "qint32"},   {proto::DT_BFLOAT16, "bfloat16"},   {proto::DT_QINT16, "qint16"},
    {proto::DT_QUINT16, "quint16"}, {proto::DT_UINT16, "uint16"},       {proto::DT_COMPLEX128, "complex128"},
    {proto::DT_HALF, "float16"},    {proto::DT_RESOURCE, "resource"},   {proto::DT_VARIANT, "variant"},
    {proto::DT_UINT32, "uint32"},   {proto::DT_UINT64, "uint64"},
};

}  // namespace

int tensorflow_dtype(DType dtype) {
  for (const Row& row : rows)
    if (name(dtype) == row.name) return row.number;
  return proto::DT_INVALID;
}

std::optional<DType> dtype_from_tensorflow(int number) {
  for (int i = 0; i < dtype_count; ++i)
    if (const DType dtype = static_cast<DType>(i); tensorflow_dtype(dtype) == number) return dtype;
  return std::nullopt;
}

std::string tensorflow_dtype_name(int number) {
  for (const Row& row : rows)
    if (row.number == number) return row.name;
  return "dtype " + std::to_string(number);
}

}  // namespace cornu::io
