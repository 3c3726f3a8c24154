#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/layers/internal/families.h>
#include <cornu/layers/reshaping.h>

namespace cornu::layers {

void add_reshaping_layers(Registry<Layer>& registry) {
  registry.add<Flatten>("Flatten");
  registry.add<Reshape>("Reshape");
  registry.add<Permute>("Permute");
  registry.add<RepeatVector>("RepeatVector");
}

namespace {

void require_batch(const char* layer, const Shape& shape) {
  if (shape.rank() < 1)
    throw ShapeError(std::string(layer) + ": expected inputs with a batch axis; received shape " + shape.to_string());
}

}  // namespace

// Flatten.

void FlattenOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("data_format", data_format, one_of({"channels_last", "channels_first"}));
}
Flatten::Flatten(const Options& options) : ConfiguredLayer("Flatten", options) {}

Tensor Flatten::call(const Tensor& inputs) {
  const Shape shape = compute_output_shape(inputs.shape());
  if (options_.data_format == "channels_last" || inputs.rank() < 3) return reshape(inputs, shape);
  std::vector<int64_t> channels_last = {0};
  for (int axis = 2; axis < inputs.rank(); ++axis) channels_last.push_back(axis);
  channels_last.push_back(1);
  return reshape(transpose(inputs, channels_last), shape);
}

Shape Flatten::compute_output_shape(const Shape& input_shape) {
  require_batch("Flatten", input_shape);
  return {input_shape[0], input_shape.slice(1, input_shape.rank()).size()};
}

// Reshape.

void ReshapeOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("target_shape", target_shape, at_least(-1));
}

Reshape::Reshape(const Options& options) : ConfiguredLayer("Reshape", options) {
  if (std::count(options.target_shape.begin(), options.target_shape.end(), -1) > 1)
    throw ValueError("Reshape: target_shape may have one extent of -1; received " +
                     Shape(options.target_shape).to_string());
}

Tensor Reshape::call(const Tensor& inputs) { return reshape(inputs, compute_output_shape(inputs.shape())); }

Shape Reshape::compute_output_shape(const Shape& input_shape) {
  require_batch("Reshape", input_shape);
  const int64_t size = input_shape.slice(1, input_shape.rank()).size();
  Shape shape = {input_shape[0]};
  int64_t known = 1, *unknown = nullptr;
  for (int64_t extent : options_.target_shape) {
    shape.push_back(extent);
    if (extent >= 0) known *= extent;
  }
  for (int64_t* extent = shape.begin() + 1; extent < shape.end(); ++extent)
    if (*extent < 0) unknown = extent;
  if (size < 0) return shape;
  const bool fits = unknown ? known > 0 && size % known == 0 : size == known;
  if (!fits)
    throw ShapeError("Reshape: inputs of shape " + input_shape.to_string() + " have " + std::to_string(size) +
                     " elements a sample, which do not fill the target shape " +
                     Shape(options_.target_shape).to_string());
  if (unknown) *unknown = size / known;
  return shape;
}

// Permute.

void PermuteOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("dims", dims);
}

Permute::Permute(const Options& options) : ConfiguredLayer("Permute", options) {
  std::vector<int64_t> sorted = options.dims;
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != static_cast<int64_t>(i) + 1)
      throw ValueError("Permute: dims must be the numbers from 1 to " + std::to_string(sorted.size()) +
                       " in some order; the number " + std::to_string(i + 1) + " is missing");
}

Tensor Permute::call(const Tensor& inputs) {
  if (inputs.rank() != static_cast<int>(options_.dims.size()) + 1)
    throw ShapeError("Permute: expected inputs of rank " + std::to_string(options_.dims.size() + 1) +
                     " for dims of that many axes and the batch; received shape " + inputs.shape().to_string());
  std::vector<int64_t> order = {0};
  order.insert(order.end(), options_.dims.begin(), options_.dims.end());
  return transpose(inputs, order);
}

// RepeatVector.

void RepeatVectorOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("n", n, at_least(1));
}
RepeatVector::RepeatVector(const Options& options) : ConfiguredLayer("RepeatVector", options) {}

Tensor RepeatVector::call(const Tensor& inputs) {
  if (inputs.rank() != 2)
    throw ShapeError("RepeatVector: expected inputs of shape (batch, features); received " +
                     inputs.shape().to_string());
  return repeat(expand_dims(inputs, 1), options_.n, 1);
}

}  // namespace cornu::layers
