#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::io {

/// A feature that is wanted of an example: TensorFlow's FixedLenFeature and VarLenFeature.
struct ExampleFeature {
  std::string name = {};
  /// float32 and float64 read a float_list; int64, int32, uint8 and bool an int64_list, in their range.
  DType dtype = float32;
  /// The extents; {-1}: as many values as there are.
  Shape shape = {};
  /// All values of a feature that the example has not; nothing: it is an error.
  std::optional<double> default_value = {};
  /// Whether it is a bytes_list of one value: the tensor has its bytes then, uint8 (n,). Shape and dtype do not count.
  bool is_bytes = false;
};

/// The features of a serialized tf.train.Example, in the order in which they are asked for.
///
///     Dataset::from_tfrecord({"train.tfrecord"}).map([](const Tensor& record) {
///       return io::parse_single_example(record, {{.name = "x", .shape = {4}}, {.name = "y", .dtype = int64}});
///     });
///
/// `record` is uint8 (n,). Throws ValueError naming the feature for bytes that are no such message, a feature that is
/// missing, of another kind or of another number of values. TensorFlow's parse_single_example.
CORNU_API TensorList parse_single_example(const Tensor& record, const std::vector<ExampleFeature>& features);

/// The serialized tf.train.Example of these features, row after row: floating tensors become a float_list, integers and
/// booleans an int64_list, and uint8 of rank 1 a bytes_list of one value. Throws StateError for a tensor without
/// values.
CORNU_API std::string serialize_example(const std::map<std::string, Tensor>& features);

}  // namespace cornu::io
