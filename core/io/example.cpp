#include <algorithm>
#include <limits>

#include <proto/example.pb.h>

#include <cornu/core/error.h>
#include <cornu/core/io/example.h>
#include <cornu/core/ops/creation.h>

namespace cornu::io {

namespace {

constexpr const char* kind_names[] = {"bytes_list", "float_list", "int64_list"};

std::string kind_name(const proto::Feature& feature) {
  const int kind = feature.kind_case();
  return kind == 0 ? "nothing" : kind_names[kind - 1];
}

[[noreturn]] void fail(const ExampleFeature& feature, const std::string& message) {
  throw ValueError("parse_single_example: feature '" + feature.name + "': " + message);
}

Tensor bytes_of(const proto::Feature& value, const ExampleFeature& feature) {
  if (!value.has_bytes_list()) fail(feature, "expected a bytes_list; the example has " + kind_name(value));
  if (value.bytes_list().value_size() != 1)
    fail(feature, "expected a bytes_list of 1 value; received " + std::to_string(value.bytes_list().value_size()));
  const std::string& bytes = value.bytes_list().value(0);
  return Tensor::from_span<uint8_t>({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()},
                                    {static_cast<int64_t>(bytes.size())});
}

Shape shape_for(const ExampleFeature& feature, int64_t count) {
  if (feature.shape == Shape({-1})) return {count};
  if (!feature.shape.is_known()) fail(feature, "its shape must be known, or {-1}");
  if (feature.shape.size() != count)
    fail(feature, "expected " + std::to_string(feature.shape.size()) + " values, shape " + feature.shape.to_string() +
                      "; received " + std::to_string(count));
  return feature.shape;
}

/// Copies the values of a list, as the dtype has them.
template <class Values>
struct CopyValues {
  const Values& values;
  const ExampleFeature& feature;
  Tensor& result;
  template <class T>
  void operator()() const {
    T* place = static_cast<T*>(result.mutable_data());
    for (const auto value : values) {
      if constexpr (std::is_integral_v<T>) {
        if (static_cast<int64_t>(static_cast<T>(value)) != static_cast<int64_t>(value))
          fail(feature, std::to_string(value) + " is out of the range of " + std::string(name(dtype_of<T>)));
      }
      *place++ = static_cast<T>(value);
    }
  }
};

template <class Values>
Tensor copied(const Values& values, const ExampleFeature& feature) {
  Tensor result = Tensor::allocate(shape_for(feature, values.size()), feature.dtype);
  visit_dtype(feature.dtype, CopyValues<Values>{values, feature, result});
  return result;
}

Tensor numbers_of(const proto::Feature& value, const ExampleFeature& feature) {
  const bool is_floating_feature = is_floating(feature.dtype);
  if (is_floating_feature ? !value.has_float_list() : !value.has_int64_list())
    fail(feature, std::string("expected ") + (is_floating_feature ? "a float_list" : "an int64_list") + " for dtype " +
                      std::string(name(feature.dtype)) + "; the example has " + kind_name(value));
  if (is_floating_feature) return copied(value.float_list().value(), feature);
  return copied(value.int64_list().value(), feature);
}

Tensor default_of(const ExampleFeature& feature) {
  if (!feature.default_value || feature.is_bytes) fail(feature, "the example has none, and there is no default_value");
  const bool is_list = feature.shape == Shape({-1});
  return full(is_list ? Shape({0}) : shape_for(feature, feature.shape.size()), *feature.default_value, feature.dtype);
}

struct AddValues {
  const Tensor& tensor;
  proto::Feature& feature;
  template <class T>
  void operator()() const {
    for (const T value : tensor.data<T>()) {
      if constexpr (std::is_floating_point_v<T>)
        feature.mutable_float_list()->add_value(static_cast<float>(value));
      else
        feature.mutable_int64_list()->add_value(static_cast<int64_t>(value));
    }
    if constexpr (std::is_floating_point_v<T>)
      feature.mutable_float_list();
    else
      feature.mutable_int64_list();
  }
};

}  // namespace

TensorList parse_single_example(const Tensor& record, const std::vector<ExampleFeature>& features) {
  const auto bytes = record.data<uint8_t>();
  proto::Example example;
  const bool is_too_long = bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max());
  if (is_too_long || !example.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw ValueError("parse_single_example: the " + std::to_string(bytes.size()) +
                     " bytes are no tf.train.Example, or damaged");
  const auto& known = example.features().feature();
  TensorList result;
  for (const ExampleFeature& feature : features) {
    const auto found = known.find(feature.name);
    if (found == known.end() || found->second.kind_case() == proto::Feature::KIND_NOT_SET)
      result.push_back(default_of(feature));
    else
      result.push_back(feature.is_bytes ? bytes_of(found->second, feature) : numbers_of(found->second, feature));
  }
  return result;
}

std::string serialize_example(const std::map<std::string, Tensor>& features) {
  proto::Example example;
  for (const auto& [name, tensor] : features) {
    if (tensor.is_symbolic()) throw StateError("serialize_example: '" + name + "' has no value");
    proto::Feature& feature = (*example.mutable_features()->mutable_feature())[name];
    if (tensor.dtype() == uint8 && tensor.rank() == 1)
      feature.mutable_bytes_list()->add_value(tensor.raw_data(), static_cast<size_t>(tensor.size()));
    else
      visit_dtype(tensor.dtype(), AddValues{tensor, feature});
  }
  return example.SerializeAsString();
}

}  // namespace cornu::io
