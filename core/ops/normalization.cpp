#include <cmath>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/channels.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/internal/channels.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/normalization.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

using G = const Gradient&;

// ---- Batch normalization -------------------------------------------------------------------------------------------

void require_elements(const Call& call, int64_t count) {
  if (count == 0)
    throw ValueError(std::string(call.name()) + ": there is no mean of no element; the input has shape " +
                     call.shape().to_string());
}

std::vector<TensorSpec> infer_batch_normalization(const Call& call) {
  check_channels(call, 1);
  require_elements(call, call.shape().size());
  const TensorSpec vector(Shape({call.shape()[axis_of(call.attributes)]}), call.dtype());
  return {call.input().spec(), vector, vector};
}

template <class T>
void run_batch_normalization(const Call& call, std::span<Tensor> outputs, const kernels::Along& along) {
  const auto epsilon = call.attributes.get<double>("epsilon");
  const auto* variance = static_cast<const T*>(outputs[2].raw_data());
  const T* gamma = call.data<T>(1);
  Tensor scale = Tensor::allocate({along.extent}, call.dtype());
  auto* factor = static_cast<T*>(scale.mutable_data());
  for (int64_t c = 0; c < along.extent; ++c)
    factor[c] = static_cast<T>(gamma[c] / std::sqrt(static_cast<double>(variance[c]) + epsilon));
  kernels::channel_affine(call.dtype(), call.input(0).raw_data(), outputs[1].raw_data(), factor,
                          call.input(2).raw_data(), along, outputs[0].mutable_data());
}

void batch_normalization_kernel(const Call& call, std::span<Tensor> outputs) {
  const kernels::Along along = along_of(call);
  kernels::channel_moments(call.dtype(), call.input().raw_data(), along, outputs[1].mutable_data(),
                           outputs[2].mutable_data());
  if (call.dtype() == float32)
    run_batch_normalization<float>(call, outputs, along);
  else
    run_batch_normalization<double>(call, outputs, along);
}

Tensor inverse_deviation(G g) { return rsqrt(g.output(2) + g.attributes().get<double>("epsilon")); }

/// [2, channels]: sum(dy) and sum(dy (x - mean)).
const Tensor& batch_sums(G g) {
  return g.shared([](G gradient) {
    return channel_sums(gradient.upstream(), gradient.input(0), gradient.output(1), axis_of(gradient.attributes()));
  });
}

/// The number of elements of each part along `axis`.
Tensor elements_a_part(G g, int axis) {
  Shape others = g.input_shape();
  others.erase(axis);
  return element_count(others, g.input_dtype());
}

/// The gradient of x through mean and variance themselves: (dmean + 2 dvariance (x - mean)) / n.
struct StatisticsGradient {
  Tensor slope, shift;

  StatisticsGradient(G g, int axis, Tensor slope_of_y, Tensor shift_of_y)
      : slope(std::move(slope_of_y)), shift(std::move(shift_of_y)) {
    const Tensor n = elements_a_part(g, axis);
    if (g.has_upstream(2)) slope = slope + g.upstream(2) * (2 / n);
    if (g.has_upstream(1)) shift = shift + g.upstream(1) / n;
  }
};

/// With n elements a channel and scale = gamma / deviation:
/// dx = scale dy - scale sum(dy) / n - (x - mean) scale sum(dy (x - mean)) / (n (variance + epsilon)), and what comes
/// through the statistics.
Tensor batch_gradient_x(G g) {
  const Tensor inverse = inverse_deviation(g), scale = g.input(1) * inverse, &sums = batch_sums(g);
  const int axis = axis_of(g.attributes());
  const Tensor part = scale * (-1 / elements_a_part(g, axis));
  const StatisticsGradient total(g, axis, part * square(inverse) * sums[1], part * sums[0]);
  return channel_combine(g.upstream(), g.input(0), g.output(1), scale, total.slope, total.shift, axis);
}

constexpr Reads statistics = output(1) | output(2);

const Operation& batch_normalization_op = define({
    .name = "_BatchNormalization",
    .arity = 3,
    .infer_outputs = infer_batch_normalization,
    .kernel = batch_normalization_kernel,
    .gradients = {{input(0) | input(1) | statistics, batch_gradient_x},
                  {input(0) | statistics, [](G g) { return batch_sums(g)[1] * inverse_deviation(g); }},
                  {input(0) | statistics, [](G g) { return batch_sums(g)[0]; }}},
});

// ---- Layer normalization -------------------------------------------------------------------------------------------

std::vector<TensorSpec> infer_layer_normalization(const Call& call) {
  if (call.input().rank() != 2)
    throw ShapeError(std::string(call.name()) + ": expected an input of shape (rows, columns); received " +
                     call.shape().to_string());
  check_channels(call, 1);
  require_elements(call, call.shape()[1]);
  const TensorSpec vector(Shape({call.shape()[0]}), call.dtype());
  return {call.input().spec(), vector, vector};
}

void layer_normalization_kernel(const Call& call, std::span<Tensor> outputs) {
  kernels::normalize_rows(call.dtype(), call.input(0).raw_data(), call.shape()[0], call.shape()[1],
                          call.input(1).raw_data(), call.input(2).raw_data(), call.attributes.get<double>("epsilon"),
                          outputs[0].mutable_data(), outputs[1].mutable_data(), outputs[2].mutable_data());
}

// Inputs dy, x, gamma, mean, variance -> the gradient of x.
void layer_gradient_kernel(const Call& call, std::span<Tensor> outputs) {
  kernels::normalize_rows_gradient(call.dtype(), call.input(0).raw_data(), call.input(1).raw_data(), call.shape()[0],
                                   call.shape()[1], call.input(2).raw_data(), call.input(3).raw_data(),
                                   call.input(4).raw_data(), call.attributes.get<double>("epsilon"),
                                   outputs[0].mutable_data());
}

// Inputs dy, x, mean, variance -> [2, columns]: the gradients of beta and gamma.
TensorSpec infer_layer_sums(const Call& call) { return {Shape({2, call.shape()[1]}), call.dtype()}; }
void layer_sums_kernel(const Call& call, std::span<Tensor> outputs) {
  auto* sums = static_cast<std::byte*>(outputs[0].mutable_data());
  kernels::normalize_rows_sums(call.dtype(), call.input(0).raw_data(), call.input(1).raw_data(), call.shape()[0],
                               call.shape()[1], call.input(2).raw_data(), call.input(3).raw_data(),
                               call.attributes.get<double>("epsilon"), sums,
                               sums + static_cast<size_t>(call.shape()[1]) * size_of(call.dtype()));
}

Tensor layer_gradient(const Tensor& dy, const Tensor& x, const Tensor& gamma, const Tensor& mean,
                      const Tensor& variance, const Attributes& attributes);
Tensor layer_sums(const Tensor& dy, const Tensor& x, const Tensor& mean, const Tensor& variance,
                  const Attributes& attributes);

/// A number for each row beside [rows, columns].
Tensor column(const Tensor& vector) { return expand_dims(vector, 1); }
Tensor inverse_of(G g, int variance) { return rsqrt(g.input(variance) + g.attributes().get<double>("epsilon")); }
Tensor normalized_rows(G g, int mean, int variance) {
  const Tensor inverse = inverse_of(g, variance);
  return channel_affine(g.input(1), g.input(mean), inverse, zeros_like(inverse), 0);
}
Tensor row_means(const Tensor& a, const Tensor& b) { return reduce_mean(a * b, -1); }

// The gradient of x, dx = inverse (p - mean(p) - z mean(p z)) with p = dy gamma and z = (x - mean) inverse, is linear
// and symmetric in p; h is its upstream.
Tensor through_p(G g) {
  const Tensor& gamma = g.input(2);
  return layer_gradient(g.upstream(), g.input(1), ones_like(gamma), g.input(3), g.input(4), g.attributes());
}
/// The gradient of z: -inverse (h mean(p z) + p mean(h z)).
const Tensor& through_z(G g) {
  return g.shared([](G gradient) {
    const Tensor &h = gradient.upstream(), p = gradient.input(0) * gradient.input(2);
    const Tensor z = normalized_rows(gradient, 3, 4), inverse = -inverse_of(gradient, 4);
    return h * column(inverse * row_means(p, z)) + p * column(inverse * row_means(h, z));
  });
}
Tensor gradient_of_mean(G g) { return -(reduce_sum(through_z(g), -1) * inverse_of(g, 4)); }
Tensor gradient_of_variance(G g) {
  const Tensor z = normalized_rows(g, 3, 4);
  return -0.5 * reduce_sum(g.upstream() * g.output() + through_z(g) * z, -1) * square(inverse_of(g, 4));
}

const Operation& layer_gradient_op = define({
    .name = "_LayerNormalizationGrad",
    .arity = 5,
    .infer = infer::same,
    .kernel = layer_gradient_kernel,
    .gradients = {{all_inputs, [](G g) { return through_p(g) * g.input(2); }},
                  {all_inputs, [](G g) { return through_z(g) * column(inverse_of(g, 4)); }},
                  {all_inputs, [](G g) { return reduce_sum(through_p(g) * g.input(0), 0); }},
                  {all_inputs, gradient_of_mean},
                  {all_inputs | output(0), gradient_of_variance}},
});

/// dy dgamma, which is what z gets from sum(dy z).
Tensor through_dot(G g) { return g.input(0) * g.upstream()[1]; }
Tensor dot_gradient_of_variance(G g) {
  return -0.5 * reduce_sum(through_dot(g) * normalized_rows(g, 2, 3), -1) * square(inverse_of(g, 3));
}

const Operation& layer_sums_op = define({
    .name = "_LayerNormalizationScaleGrad",
    .arity = 4,
    .infer = infer_layer_sums,
    .kernel = layer_sums_kernel,
    .gradients = {{all_inputs, [](G g) { return normalized_rows(g, 2, 3) * g.upstream()[1] + g.upstream()[0]; }},
                  {all_inputs, [](G g) { return through_dot(g) * column(inverse_of(g, 3)); }},
                  {all_inputs, [](G g) { return -(reduce_sum(through_dot(g), -1) * inverse_of(g, 3)); }},
                  {all_inputs, dot_gradient_of_variance}},
});

Tensor layer_gradient(const Tensor& dy, const Tensor& x, const Tensor& gamma, const Tensor& mean,
                      const Tensor& variance, const Attributes& attributes) {
  return apply(layer_gradient_op, {&dy, &x, &gamma, &mean, &variance}, attributes);
}
Tensor layer_sums(const Tensor& dy, const Tensor& x, const Tensor& mean, const Tensor& variance,
                  const Attributes& attributes) {
  return apply(layer_sums_op, {&dy, &x, &mean, &variance}, attributes);
}

Tensor layer_gradient_x(G g) {
  const Tensor through_y =
      layer_gradient(g.upstream(), g.input(0), g.input(1), g.output(1), g.output(2), g.attributes());
  if (!g.has_upstream(1) && !g.has_upstream(2)) return through_y;
  const Tensor none = zeros_like(g.output(1));
  const StatisticsGradient total(g, 0, none, none);
  return through_y + channel_affine(g.input(0), g.output(1), total.slope, total.shift, 0);
}

/// [2, columns]: the gradients of beta and gamma.
const Tensor& column_sums(G g) {
  return g.shared([](G gradient) {
    return layer_sums(gradient.upstream(), gradient.input(0), gradient.output(1), gradient.output(2),
                      gradient.attributes());
  });
}

const Operation& layer_normalization_op = define({
    .name = "_LayerNormalization",
    .onnx_name = "LayerNormalization",
    .arity = 3,
    .infer_outputs = infer_layer_normalization,
    .kernel = layer_normalization_kernel,
    .gradients = {{input(0) | input(1) | statistics, layer_gradient_x},
                  {input(0) | statistics, [](G g) { return column_sums(g)[1]; }},
                  {input(0) | statistics, [](G g) { return column_sums(g)[0]; }}},
});

void check_epsilon(double epsilon, const char* operation) {
  if (!(epsilon >= 0))
    throw ValueError(std::string(operation) + ": epsilon must be at least 0; received " + std::to_string(epsilon));
}

Normalized normalized(TensorList outputs) {
  return {std::move(outputs[0]), std::move(outputs[1]), std::move(outputs[2])};
}

}  // namespace

Normalized batch_normalization(const Tensor& x, const Tensor& gamma, const Tensor& beta, int64_t axis, double epsilon) {
  check_epsilon(epsilon, "batch_normalization");
  return normalized(
      apply_outputs(batch_normalization_op, {&x, &gamma, &beta},
                    {{"axis", int64_t{normalize_axis(axis, rank_of(x, "batch_normalization"), "batch_normalization")}},
                     {"epsilon", epsilon}}));
}

Normalized layer_normalization(const Tensor& x, const Tensor& gamma, const Tensor& beta, double epsilon) {
  check_epsilon(epsilon, "layer_normalization");
  return normalized(
      apply_outputs(layer_normalization_op, {&x, &gamma, &beta}, {{"axis", int64_t{1}}, {"epsilon", epsilon}}));
}

Tensor normalize(const Tensor& x, const Axes& axes, double epsilon) {
  check_epsilon(epsilon, "normalize");
  axes.mask(rank_of(x, "normalize"), "normalize");  // an error in the axes names normalize
  const Tensor squares = reduce_sum(square(x), axes, {.keepdims = true});
  return x * rsqrt(maximum(squares, epsilon * epsilon));
}

}  // namespace cornu
