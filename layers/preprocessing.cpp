#include <algorithm>

#include <cornu/core/data/dataset.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/layers/internal/families.h>
#include <cornu/layers/preprocessing.h>

namespace cornu::layers {

void add_preprocessing_layers(Registry<Layer>& registry) {
  registry.add<Rescaling>("Rescaling");
  registry.add<Normalization>("Normalization");
}

namespace {

Tensor tensor_of(const Numbers& numbers, DType dtype) {
  const Shape shape = numbers.size() == 1 ? Shape() : Shape({numbers.size()});
  return cast(Tensor::from_span<double>(numbers.values, shape), dtype);
}

}  // namespace

// Rescaling.

void RescalingOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("scale", scale);
  fields("offset", offset);
}

Rescaling::Rescaling(const Options& options) : ConfiguredLayer("Rescaling", options) {
  if (options.scale.empty()) throw ValueError("Rescaling: scale: expected a number; received none");
  if (options.offset.empty()) options_.offset = 0;
}

Tensor Rescaling::call(const Tensor& inputs) {
  const Tensor x = cast(inputs, dtype());
  return x * tensor_of(options_.scale, dtype()) + tensor_of(options_.offset, dtype());
}

// Normalization.

void NormalizationOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("axis", axis);
  fields("mean", mean);
  fields("variance", variance);
  fields("invert", invert);
}

Normalization::Normalization(const Options& options) : ConfiguredLayer("Normalization", options) {
  require_floating("Normalization", options.dtype);
  options_.axis = Integers(options.axis.values());  // as Keras writes it: a list, empty for none
  if (options.mean.empty() != options.variance.empty())
    throw ValueError(std::string("Normalization: mean and variance must both be given, or neither; received ") +
                     (options.mean.empty() ? "variance alone" : "mean alone"));
  for (const double variance : options.variance.values)
    if (variance < 0)
      throw ValueError("Normalization: variance: must be at least 0; received " + std::to_string(variance));
}

std::vector<int> Normalization::kept_axes(const Shape& shape) const {
  std::vector<int> axes;
  for (const int64_t axis : options_.axis) axes.push_back(normalize_axis(axis, shape.rank(), "Normalization: axis"));
  std::sort(axes.begin(), axes.end());
  return axes;
}

/// That the extents along axis are those that the layer was built for.
void Normalization::require_kept_extents(const Shape& shape, const char* expected) const {
  Shape extents;
  for (const int axis : kept_axes(shape)) extents.push_back(shape[axis]);
  if (extents != kept_extents_)
    throw ShapeError("Normalization: " + std::string(expected) + " of extents " + kept_extents_.to_string() +
                     " along axis, as the layer was built for; received shape " + shape.to_string());
}

/// A statistic of the extents of `axis` in a shape that broadcasts to `shape`.
Tensor Normalization::spread(const Tensor& statistic, const Shape& shape) const {
  Shape spread;
  const std::vector<int> kept = kept_axes(shape);
  size_t next = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool is_kept = next < kept.size() && kept[next] == axis;
    spread.push_back(is_kept ? kept_extents_[static_cast<int>(next++)] : 1);
  }
  return reshape(statistic, spread);
}

Tensor Normalization::given(const Numbers& numbers, const char* name, const Shape& input_shape) const {
  const Tensor values = tensor_of(numbers, dtype());
  if (numbers.size() == 1) return broadcast_to(values, kept_extents_);
  if (numbers.size() != kept_extents_.size())
    throw ShapeError("Normalization: " + std::string(name) + " has " + std::to_string(numbers.size()) +
                     " numbers, but inputs of shape " + input_shape.to_string() + " have " +
                     std::to_string(kept_extents_.size()) + " along axis");
  return reshape(values, kept_extents_);
}

void Normalization::build(const Shape& input_shape) {
  kept_extents_ = Shape();
  for (const int axis : kept_axes(input_shape)) {
    kept_extents_.push_back(input_shape[axis]);
    if (input_shape[axis] < 0)
      throw ShapeError("Normalization: the extents along axis must be known; received shape " +
                       input_shape.to_string());
  }
  if (is_given()) {
    given_mean_ = given(options_.mean, "mean", input_shape);
    given_variance_ = given(options_.variance, "variance", input_shape);
    return;
  }
  mean_ = add_weight({.name = "mean", .shape = kept_extents_, .initializer = "zeros", .trainable = false});
  variance_ = add_weight({.name = "variance", .shape = kept_extents_, .initializer = "ones", .trainable = false});
  count_ = add_weight({.name = "count", .shape = {}, .dtype = int32, .initializer = "zeros", .trainable = false});
}

Tensor Normalization::call(const Tensor& inputs) {
  constexpr double epsilon = 1e-7;  // Keras's
  const Tensor x = cast(inputs, dtype());
  require_kept_extents(x.shape(), "expected inputs");
  const Tensor mean = spread(is_given() ? given_mean_ : mean_.value(), x.shape());
  const Tensor variance = spread(is_given() ? given_variance_ : variance_.value(), x.shape());
  const Tensor deviation = maximum(sqrt(variance), epsilon);
  return options_.invert ? x * deviation + mean : (x - mean) / deviation;
}

/// Mean and variance of `count` elements.
struct Normalization::Moments {
  Tensor mean, variance;
  int64_t count = 0;

  /// Those of both together: variances add up with the squares of how far the means move (Chan et al. 1979).
  Moments merged(const Moments& other) const {
    if (count == 0) return other;
    const double weight = static_cast<double>(other.count) / static_cast<double>(count + other.count);
    const Tensor middle = mean * (1 - weight) + other.mean * weight;
    return {middle,
            (variance + square(mean - middle)) * (1 - weight) + (other.variance + square(other.mean - middle)) * weight,
            count + other.count};
  }
};

/// Builds the layer for the data if it is not built yet.
Normalization::Moments Normalization::moments_of(const Tensor& data) {
  if (data.size() == 0)
    throw ValueError("Normalization: adapt: there is no mean of no data; received shape " + data.shape().to_string());
  if (!built()) Layer::build(data.shape());
  require_kept_extents(data.shape(), "adapt: expected data");
  std::vector<int64_t> others;
  const std::vector<int> kept = kept_axes(data.shape());
  for (int axis = 0; axis < data.rank(); ++axis)
    if (std::find(kept.begin(), kept.end(), axis) == kept.end()) others.push_back(axis);
  const Tensor x = cast(data, dtype());
  if (others.empty()) return {x, x * 0, 1};
  return {reduce_mean(x, others), reduce_variance(x, others), data.size() / kept_extents_.size()};
}

void Normalization::require_adaptable() const {
  if (is_given())
    throw StateError("Normalization: adapt: mean and variance were given to the layer; leave them out to find them");
}

void Normalization::adapt(const Tensor& data) {
  require_adaptable();
  const Moments moments = moments_of(data);
  mean_.assign(moments.mean);
  variance_.assign(moments.variance);
}

void Normalization::adapt(const Dataset& data) {
  require_adaptable();
  constexpr int64_t rows_at_once = 128;  // Keras's
  Moments moments;
  const auto add = [&](const TensorList& element) {
    if (element.size() != 1)
      throw ValueError("Normalization: adapt: expected elements of one tensor; received " +
                       std::to_string(element.size()) + " tensors; leave labels out: data.map([](const Tensor& x, " +
                       "const Tensor& y) { return TensorList{x}; })");
    moments = moments.merged(moments_of(element[0]));
  };
  DatasetIterator first = data.iterator();
  const std::optional<TensorList> element = first.next();
  const bool in_rows = element && element->size() == 1 && (*element)[0].rank() == 1;
  for (const TensorList& batch : in_rows ? data.batch(rows_at_once) : data) add(batch);
  if (moments.count == 0) throw ValueError("Normalization: adapt: there is no mean of no data; the data set is empty");
  mean_.assign(moments.mean);
  variance_.assign(moments.variance);
}

}  // namespace cornu::layers
