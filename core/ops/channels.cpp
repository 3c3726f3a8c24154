// Sums, products and combinations of arrays with vectors of one number a channel: what normalizations are made of.
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/channels.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/internal/channels.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/normalization.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

void check_channels(const Call& call, size_t arrays) {
  infer::require_floating(call);
  infer::require_one_dtype(call);
  const Shape& shape = call.shape();
  const int64_t channels = shape[axis_of(call.attributes)];
  for (size_t i = 1; i < call.inputs.size(); ++i) {
    const Shape& other = call.shape(i);
    const bool fits = i < arrays ? other == shape : other.rank() == 1 && (other[0] == channels || channels < 0);
    if (!fits)
      throw ShapeError(std::string(call.name()) + ": expected input " + std::to_string(i) + " of shape " +
                       (i < arrays ? shape.to_string() : Shape({channels}).to_string()) + " beside " +
                       shape.to_string() + "; received " + other.to_string());
  }
}

namespace {

using G = const Gradient&;

/// A vector [channels] in a shape that broadcasts to `shape`.
Tensor spread(const Tensor& vector, const Shape& shape, int axis) {
  if (axis == shape.rank() - 1) return vector;
  Shape spread;
  for (int i = axis; i < shape.rank(); ++i) spread.push_back(i == axis ? vector.shape()[0] : 1);
  return reshape(vector, spread);
}

Tensor scaled(G g, int vector) {
  return g.upstream() * spread(g.input(vector), g.output_shape(), axis_of(g.attributes()));
}

/// [2, channels]: the sums of the upstream and of the upstream times (input - center).
template <int array, int center>
const Tensor& upstream_sums(G g) {
  return g.shared([](G gradient) {
    return channel_sums(gradient.upstream(), gradient.input(array), gradient.input(center),
                        axis_of(gradient.attributes()));
  });
}

/// Sums of the products of the upstream with an input: the gradient of a factor [channels].
Tensor factor_gradient(G g, int array) {
  const Tensor& upstream = g.upstream();
  const int axis = axis_of(g.attributes());
  return channel_sums(upstream, g.input(array), zeros({upstream.shape()[axis]}, upstream.dtype()), axis)[1];
}

TensorSpec infer_affine(const Call& call) {
  check_channels(call, 1);
  return call.input().spec();
}
void run_affine(const Call& call, std::span<Tensor> outputs) {
  kernels::channel_affine(call.dtype(), call.input(0).raw_data(), call.input(1).raw_data(), call.input(2).raw_data(),
                          call.input(3).raw_data(), along_of(call), outputs[0].mutable_data());
}

const Operation& affine_op = define({
    .name = "_ChannelAffine",
    .arity = 4,
    .infer = infer_affine,
    .kernel = run_affine,
    .gradients = {{input(2), [](G g) { return scaled(g, 2); }},
                  {all_inputs, [](G g) { return -(upstream_sums<0, 1>(g)[0] * g.input(2)); }},
                  {all_inputs, [](G g) { return upstream_sums<0, 1>(g)[1]; }},
                  {all_inputs, [](G g) { return upstream_sums<0, 1>(g)[0]; }}},
});

TensorSpec infer_combine(const Call& call) {
  check_channels(call, 2);
  return call.input().spec();
}
void run_combine(const Call& call, std::span<Tensor> outputs) {
  kernels::channel_combine(call.dtype(), call.input(0).raw_data(), call.input(1).raw_data(), call.input(2).raw_data(),
                           call.input(3).raw_data(), call.input(4).raw_data(), call.input(5).raw_data(), along_of(call),
                           outputs[0].mutable_data());
}

/// u, v, center, a, b, shift.
const Operation& combine_op = define({
    .name = "_ChannelCombine",
    .arity = 6,
    .infer = infer_combine,
    .kernel = run_combine,
    .gradients = {{input(3), [](G g) { return scaled(g, 3); }},
                  {input(4), [](G g) { return scaled(g, 4); }},
                  {all_inputs, [](G g) { return -(upstream_sums<1, 2>(g)[0] * g.input(4)); }},
                  {input(0), [](G g) { return factor_gradient(g, 0); }},
                  {all_inputs, [](G g) { return upstream_sums<1, 2>(g)[1]; }},
                  {all_inputs, [](G g) { return upstream_sums<1, 2>(g)[0]; }}},
});

TensorSpec infer_sums(const Call& call) {
  check_channels(call, 2);
  return {Shape({2, call.shape()[axis_of(call.attributes)]}), call.dtype()};
}
void run_sums(const Call& call, std::span<Tensor> outputs) {
  auto* sums = static_cast<std::byte*>(outputs[0].mutable_data());
  const size_t half = static_cast<size_t>(outputs[0].size() / 2) * size_of(call.dtype());
  kernels::channel_sums(call.dtype(), call.input(0).raw_data(), call.input(1).raw_data(), call.input(2).raw_data(),
                        along_of(call), sums, sums + half);
}

/// With s = sum(a) and d = sum(a (b - center)): the gradient of a is ds + (b - center) dd.
Tensor sums_gradient_a(G g) {
  return channel_affine(g.input(1), g.input(2), g.upstream()[1], g.upstream()[0], axis_of(g.attributes()));
}
Tensor sums_gradient_b(G g) { return g.input(0) * spread(g.upstream()[1], g.input_shape(), axis_of(g.attributes())); }

const Operation& sums_op = define({
    .name = "_ChannelSums",
    .arity = 3,
    .infer = infer_sums,
    .kernel = run_sums,
    .gradients = {{input(1) | input(2), sums_gradient_a},
                  {input(0), sums_gradient_b},
                  {output(0), [](G g) { return -(g.upstream()[1] * g.output()[0]); }}},
});

Attributes along_axis(const Tensor& x, int64_t axis, const char* operation) {
  return {{"axis", int64_t{normalize_axis(axis, rank_of(x, operation), operation)}}};
}

}  // namespace

Tensor channel_affine(const Tensor& x, const Tensor& center, const Tensor& scale, const Tensor& shift, int64_t axis) {
  return apply(affine_op, {&x, &center, &scale, &shift}, along_axis(x, axis, "channel_affine"));
}
Tensor channel_combine(const Tensor& u, const Tensor& v, const Tensor& center, const Tensor& a, const Tensor& b,
                       const Tensor& shift, int64_t axis) {
  return apply(combine_op, {&u, &v, &center, &a, &b, &shift}, along_axis(u, axis, "channel_combine"));
}
Tensor channel_sums(const Tensor& a, const Tensor& b, const Tensor& center, int64_t axis) {
  return apply(sums_op, {&a, &b, &center}, along_axis(a, axis, "channel_sums"));
}

}  // namespace cornu
