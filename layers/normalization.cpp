#include <cmath>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/normalization.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/layers/internal/families.h>
#include <cornu/layers/normalization.h>

namespace cornu::layers {

void add_normalization_layers(Registry<Layer>& registry) {
  registry.add<BatchNormalization>("BatchNormalization");
  registry.add<LayerNormalization>("LayerNormalization");
}

// Batch normalization.

void to_config(Config& out, const RenormClipping& value) {
  out = value.rmax || value.rmin || value.dmax ? Config::object() : Config();
  if (value.rmax) out.set("rmax", *value.rmax);
  if (value.rmin) out.set("rmin", *value.rmin);
  if (value.dmax) out.set("dmax", *value.dmax);
}

void from_config(const Config& in, RenormClipping& value) {
  value = {};
  if (in.is_null()) return;
  for (const std::string& name : in.names()) {
    auto* const bound = name == "rmax"   ? &value.rmax
                        : name == "rmin" ? &value.rmin
                        : name == "dmax" ? &value.dmax
                                         : nullptr;
    if (!bound) throw ValueError("expected rmax, rmin and dmax; received '" + name + "'");
    cornu::from_config(in.at(name), *bound);
  }
}

void BatchNormalizationOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("axis", axis);
  fields("momentum", momentum, between(0, 1));
  fields("epsilon", epsilon, at_least(0));
  fields("center", center);
  fields("scale", scale);
  fields("beta_initializer", beta_initializer);
  fields("gamma_initializer", gamma_initializer);
  fields("moving_mean_initializer", moving_mean_initializer);
  fields("moving_variance_initializer", moving_variance_initializer);
  fields("beta_regularizer", beta_regularizer);
  fields("gamma_regularizer", gamma_regularizer);
  fields("beta_constraint", beta_constraint);
  fields("gamma_constraint", gamma_constraint);
  fields("synchronized", synchronized);
  fields("renorm", renorm);
  fields("renorm_clipping", renorm_clipping);
  fields("renorm_momentum", renorm_momentum, between(0, 1));
}

namespace {

void check_bound(const char* name, const std::optional<double>& bound) {
  if (bound && !(*bound >= 0))
    throw ValueError("BatchNormalization: renorm_clipping: " + std::string(name) + " must be at least 0; received " +
                     std::to_string(*bound));
}

void check_renorm_clipping(const RenormClipping& clipping) {
  check_bound("rmax", clipping.rmax);
  check_bound("rmin", clipping.rmin);
  check_bound("dmax", clipping.dmax);
  if (clipping.rmax && clipping.rmin && *clipping.rmax < *clipping.rmin)
    throw ValueError("BatchNormalization: renorm_clipping: rmax must be at least rmin; received " +
                     std::to_string(*clipping.rmax) + " and " + std::to_string(*clipping.rmin));
}

}  // namespace

BatchNormalization::BatchNormalization(const Options& options) : ConfiguredLayer("BatchNormalization", options) {
  check_renorm_clipping(options.renorm_clipping);
  if (options.synchronized)
    throw ValueError("BatchNormalization: synchronized: there is one machine, so it must be false; received true");
}

namespace {

/// The square root of what another initializer gives.
class SquareRoot : public initializers::InitializerBase {
 public:
  explicit SquareRoot(const Initializer& of) : of_(of) {}
  Tensor operator()(const Shape& shape, DType dtype) const override { return sqrt((*of_)(shape, dtype)); }

 private:
  Initializer of_;
};

/// Moves a statistic toward the batch's.
void move(const Variable& statistic, const Tensor& batch, double momentum) {
  statistic.assign(statistic.value() * momentum + stop_gradient(batch) * (1 - momentum));
}

}  // namespace

Variable BatchNormalization::add_statistic(const char* name, const Initializer& initializer, int64_t features) {
  return add_weight({.name = name, .shape = {features}, .initializer = initializer, .trainable = false});
}

void BatchNormalization::build(const Shape& input_shape) {
  rank_ = input_shape.rank();
  axis_ = normalize_axis(options_.axis, rank_, "BatchNormalization: axis");
  const int64_t features = input_shape[axis_];
  if (options_.scale)
    gamma_ = add_weight({.name = "gamma",
                         .shape = {features},
                         .initializer = options_.gamma_initializer,
                         .regularizer = options_.gamma_regularizer,
                         .constraint = options_.gamma_constraint});
  if (options_.center)
    beta_ = add_weight({.name = "beta",
                        .shape = {features},
                        .initializer = options_.beta_initializer,
                        .regularizer = options_.beta_regularizer,
                        .constraint = options_.beta_constraint});
  moving_mean_ = add_statistic("moving_mean", options_.moving_mean_initializer, features);
  moving_variance_ = add_statistic("moving_variance", options_.moving_variance_initializer, features);
  if (options_.renorm) {
    const Initializer deviation = SquareRoot(options_.moving_variance_initializer);
    moving_stddev_ = add_statistic("moving_stddev", deviation, features);
    renorm_mean_ = add_statistic("renorm_mean", options_.moving_mean_initializer, features);
    renorm_stddev_ = add_statistic("renorm_stddev", deviation, features);
  }
  ones_ = ones({features}, dtype());
  zeros_ = zeros({features}, dtype());
}

Tensor BatchNormalization::gamma() const { return options_.scale ? gamma_.value() : ones_; }
Tensor BatchNormalization::beta() const { return options_.center ? beta_.value() : zeros_; }

void BatchNormalization::check_input(const Shape& shape) const {
  const int64_t features = moving_mean_.shape()[0];
  if (shape.rank() != rank_ || (shape[axis_] != features && shape[axis_] >= 0))
    throw ShapeError("BatchNormalization: expected inputs of rank " + std::to_string(rank_) + " with " +
                     std::to_string(features) + " features along axis " + std::to_string(axis_) +
                     ", as the layer was built for; received shape " + shape.to_string());
  if (mask().defined() && mask().rank() != shape.rank() - 1)
    throw ShapeError("BatchNormalization: expected a mask of one axis less than the inputs, of shape " +
                     shape.to_string() + "; received " + mask().shape().to_string());
}

Tensor BatchNormalization::call(const Tensor& inputs) {
  check_input(inputs.shape());
  const Tensor x = is_floating(inputs.dtype()) ? inputs : cast(inputs, dtype());
  if (training() && trainable()) return train(x);
  return normalize(x, {moving_mean_, moving_variance_}, gamma(), beta());
}

Tensor BatchNormalization::normalize(const Tensor& x, const Moments& by, const Tensor& gamma,
                                     const Tensor& beta) const {
  return channel_affine(x, by.mean, gamma * rsqrt(by.variance + options_.epsilon), beta, axis_);
}

Tensor BatchNormalization::train(const Tensor& x) {
  const Tensor mask = this->mask();
  if (!mask.defined() && !options_.renorm) {
    const auto [y, mean, variance] = batch_normalization(x, gamma(), beta(), axis_, options_.epsilon);
    move(moving_mean_, mean, options_.momentum);
    move(moving_variance_, variance, options_.momentum);
    return y;
  }
  const Moments batch = mask.defined() ? masked_moments(x, mask) : moments(x);
  if (options_.renorm) return train_renormalized(x, batch);
  move(moving_mean_, batch.mean, options_.momentum);
  move(moving_variance_, batch.variance, options_.momentum);
  return normalize(x, batch, gamma(), beta());
}

Tensor BatchNormalization::train_renormalized(const Tensor& x, const Moments& batch) {
  const RenormClipping& clipping = options_.renorm_clipping;
  const Tensor stddev = sqrt(batch.variance + options_.epsilon);
  const Tensor renorm_stddev = maximum(renorm_stddev_, std::sqrt(options_.epsilon));
  Tensor r = stop_gradient(stddev / renorm_stddev);
  Tensor d = stop_gradient((batch.mean - renorm_mean_) / renorm_stddev);
  if (clipping.rmin) r = maximum(r, *clipping.rmin);
  if (clipping.rmax) r = minimum(r, *clipping.rmax);
  if (clipping.dmax) d = clip_by_value(d, -*clipping.dmax, *clipping.dmax);

  move(renorm_mean_, batch.mean, options_.renorm_momentum);
  move(renorm_stddev_, stddev, options_.renorm_momentum);
  move(moving_mean_, batch.mean, options_.momentum);
  move(moving_stddev_, stddev, options_.momentum);
  moving_variance_.assign(relu(square(moving_stddev_) - options_.epsilon));
  return normalize(x, batch, r * gamma(), d * gamma() + beta());
}

namespace {

std::vector<int64_t> axes_without(int axis, int rank) {
  std::vector<int64_t> axes;
  for (int i = 0; i < rank; ++i)
    if (i != axis) axes.push_back(i);
  return axes;
}

}  // namespace

BatchNormalization::Moments BatchNormalization::moments(const Tensor& x) const {
  const std::vector<int64_t> axes = axes_without(axis_, rank_);
  return {reduce_mean(x, axes), reduce_variance(x, axes)};
}

BatchNormalization::Moments BatchNormalization::masked_moments(const Tensor& x, const Tensor& mask) const {
  constexpr double epsilon = 1e-7;  // Keras's
  const std::vector<int64_t> axes = axes_without(axis_, rank_);
  const Tensor weights = broadcast_to(expand_dims(cast(mask, x.dtype()), -1), x.shape());
  const Tensor count = reduce_sum(weights, axes, {.keepdims = true}) + epsilon;
  const Tensor mean = reduce_sum(weights * x, axes, {.keepdims = true}) / count;
  const Tensor variance = reduce_sum(weights * squared_difference(x, mean), axes, {.keepdims = true}) / count;
  const Shape features = {x.shape()[axis_]};
  return {reshape(mean, features), reshape(variance, features)};
}

// Layer normalization.

void LayerNormalizationOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("axis", axis);
  fields("epsilon", epsilon, at_least(0));
  fields("center", center);
  fields("scale", scale);
  fields("rms_scaling", rms_scaling);
  fields("beta_initializer", beta_initializer);
  fields("gamma_initializer", gamma_initializer);
  fields("beta_regularizer", beta_regularizer);
  fields("gamma_regularizer", gamma_regularizer);
  fields("beta_constraint", beta_constraint);
  fields("gamma_constraint", gamma_constraint);
}

LayerNormalization::LayerNormalization(const Options& options) : ConfiguredLayer("LayerNormalization", options) {
  if (options.axis.size() == 0)
    throw ValueError("LayerNormalization: axis: expected an axis or several; received none");
}

uint32_t LayerNormalization::axes_of(const Shape& shape) const {
  return Axes(options_.axis.values()).mask(shape.rank(), "LayerNormalization");
}

Shape LayerNormalization::compute_output_shape(const Shape& input_shape) {
  static_cast<void>(axes_of(input_shape));
  return input_shape;
}

void LayerNormalization::build(const Shape& input_shape) {
  static_cast<void>(axes_of(input_shape));
  Shape shape;
  for (int64_t axis : options_.axis) shape.push_back(input_shape[normalize_axis(axis, input_shape.rank(), "axis")]);
  if (options_.scale || options_.rms_scaling)
    gamma_ = add_weight({.name = "gamma",
                         .shape = shape,
                         .initializer = options_.gamma_initializer,
                         .regularizer = options_.gamma_regularizer,
                         .constraint = options_.gamma_constraint});
  if (options_.center && !options_.rms_scaling)
    beta_ = add_weight({.name = "beta",
                        .shape = shape,
                        .initializer = options_.beta_initializer,
                        .regularizer = options_.beta_regularizer,
                        .constraint = options_.beta_constraint});
  if (!shape.is_known())
    throw ShapeError("LayerNormalization: the extents along axis must be known; received shape " +
                     input_shape.to_string());
  ones_ = ones({shape.size()}, dtype());
  zeros_ = zeros({shape.size()}, dtype());
}

/// rows [rows, n].
Tensor LayerNormalization::normalize_rows(const Tensor& rows) const {
  const Shape flat = ones_.shape();
  const Tensor gamma = gamma_.defined() ? reshape(gamma_, flat) : ones_;
  if (options_.rms_scaling)
    return rows * rsqrt(reduce_variance(rows, -1, {.keepdims = true}) + options_.epsilon) * gamma;
  return layer_normalization(rows, gamma, beta_.defined() ? reshape(beta_, flat) : zeros_, options_.epsilon).y;
}

Tensor LayerNormalization::call(const Tensor& inputs) {
  const Tensor x = is_floating(inputs.dtype()) ? inputs : cast(inputs, dtype());
  const uint32_t axes = axes_of(x.shape());
  std::vector<int64_t> order, normalized, inverse(static_cast<size_t>(x.rank()));
  int64_t elements = 1, rows = 1;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const bool is_normalized = axes >> axis & 1;
    const int64_t extent = x.shape()[axis];
    (is_normalized ? normalized : order).push_back(axis);
    if (is_normalized)
      elements *= extent;
    else
      rows = rows < 0 || extent < 0 ? -1 : rows * extent;
  }
  if (elements != ones_.size())
    throw ShapeError("LayerNormalization: expected inputs with " + std::to_string(ones_.size()) +
                     " elements along axis, as the layer was built for; received shape " + x.shape().to_string());
  const bool trailing = order.empty() || order.back() == static_cast<int64_t>(order.size()) - 1;
  if (trailing) return reshape(normalize_rows(reshape(x, {rows, elements})), x.shape());

  order.insert(order.end(), normalized.begin(), normalized.end());
  for (size_t i = 0; i < order.size(); ++i) inverse[static_cast<size_t>(order[i])] = static_cast<int64_t>(i);
  const Tensor moved = transpose(x, order);
  return transpose(reshape(normalize_rows(reshape(moved, {rows, elements})), moved.shape()), inverse);
}

}  // namespace cornu::layers
