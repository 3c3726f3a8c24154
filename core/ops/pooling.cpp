#include <cornu/core/error.h>
#include <cornu/core/kernels/pooling.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/internal/windows.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/pooling.h>

namespace cornu {

namespace {

using G = const Gradient&;

// ---- shapes -------------------------------------------------------------------------------------------------------

/// The shape of what windows over images of shape x give.
Shape pooled(const Call& call, const Shape& x) {
  const WindowRule rule(call.attributes);
  const IntegerPair window = pair_of(call.attributes.shape("ksize"));
  return {x[0], rule.places(x[1], window.rows(), 0, call.name()), rule.places(x[2], window.columns(), 1, call.name()),
          x[3]};
}

Shape pooled_images(const Call& call) {
  infer::require_floating(call);
  require_images(call, 0, "images (batch, rows, columns, channels)");
  return pooled(call, call.shape());
}

/// Throws unless input 1 holds positions of maxima in windows that give `pooled`.
void check_positions(const Call& call, const Shape& pooled) {
  if (call.dtype(1) != int32)
    throw DTypeError(std::string(call.name()) + ": expected int32 positions; received " + describe(call.input(1)));
  if (!call.shape(1).is_compatible_with(pooled))
    throw ShapeError(std::string(call.name()) + ": expected positions of shape " + pooled.to_string() + "; received " +
                     call.shape(1).to_string());
}

/// The attribute "shape", the images', if the upstream gradient fits what their windows give.
TensorSpec infer_images(const Call& call) {
  infer::require_floating(call);
  const Shape& x = call.attributes.shape("shape");
  const Shape expected = pooled(call, x);
  if (!call.shape().is_compatible_with(expected))
    throw ShapeError(std::string(call.name()) + ": expected shape " + expected.to_string() + " for images of shape " +
                     x.to_string() + "; received " + call.shape().to_string());
  if (call.inputs.size() > 1) check_positions(call, expected);
  return {x, call.dtype()};
}

kernels::Pooling pooling_of(const Call& call, const Shape& x, const Shape& y) {
  return {
      .batch = x[0],
      .channels = x[3],
      .windows =
          WindowRule(call.attributes).windows(pair_of(x, 1), pair_of(call.attributes.shape("ksize")), pair_of(y, 1))};
}

Attributes with_images(G g, const Shape& x) {
  return with_rule_of(g.attributes(), {{"ksize", g.attributes().shape("ksize")}, {"shape", x}});
}
Attributes without_images(G g) { return with_rule_of(g.attributes(), {{"ksize", g.attributes().shape("ksize")}}); }

// ---- maxima: the gradient knows where they lay, and goes there and back --------------------------------------------

Tensor to_maxima(const Tensor& dy, const Tensor& positions, const Attributes& attributes);
Tensor from_maxima(const Tensor& x, const Tensor& positions, const Attributes& attributes);

/// Gives the maxima and where each lies in its window.
const Operation& max_pool_op = define({
    .name = "MaxPool",
    .onnx_name = "MaxPool",
    .infer_outputs = [](const Call& call) -> std::vector<TensorSpec> {
      const Shape shape = pooled_images(call);
      return {{shape, call.dtype()}, {shape, int32}};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          kernels::max_pool(call.dtype(), pooling_of(call, call.shape(), outputs[0].shape()), call.input().raw_data(),
                            outputs[0].mutable_data(), static_cast<int32_t*>(outputs[1].mutable_data()));
        },
    .gradients = {{output(1),
                   [](G g) { return to_maxima(g.upstream(), g.output(1), with_images(g, g.input_shape())); }}},
});

/// Inputs dy, positions -> the images' gradient.
const Operation& to_maxima_op = define({
    .name = "MaxPoolGrad",
    .arity = 2,
    .infer = infer_images,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          kernels::max_pool_gradient(call.dtype(), pooling_of(call, outputs[0].shape(), call.shape()),
                                     call.input(0).raw_data(), call.data<int32_t>(1), outputs[0].mutable_data());
        },
    .gradients = {{input(1), [](G g) { return from_maxima(g.upstream(), g.input(1), without_images(g)); }}, {}},
    .reads_extents = true,
});

/// Inputs images, positions -> the elements that lie there.
const Operation& from_maxima_op = define({
    .name = "MaxPoolGradGrad",
    .arity = 2,
    .infer = [](const Call& call) -> TensorSpec {
      const Shape shape = pooled_images(call);
      check_positions(call, shape);
      return {shape, call.dtype()};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          kernels::max_pool_pick(call.dtype(), pooling_of(call, call.shape(), outputs[0].shape()),
                                 call.input(0).raw_data(), call.data<int32_t>(1), outputs[0].mutable_data());
        },
    .gradients = {{input(1), [](G g) { return to_maxima(g.upstream(), g.input(1), with_images(g, g.input_shape())); }},
                  {}},
});

Tensor to_maxima(const Tensor& dy, const Tensor& positions, const Attributes& attributes) {
  return apply(to_maxima_op, {&dy, &positions}, attributes);
}
Tensor from_maxima(const Tensor& x, const Tensor& positions, const Attributes& attributes) {
  return apply(from_maxima_op, {&x, &positions}, attributes);
}

// ---- means
// -----------------------------------------------------------------------------------------------------------

Tensor spread_means(const Tensor& dy, const Attributes& attributes);

const Operation& average_pool_op = define({
    .name = "AvgPool",
    .onnx_name = "AveragePool",
    .infer = [](const Call& call) -> TensorSpec {
      return {pooled_images(call), call.dtype()};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          kernels::average_pool(call.dtype(), pooling_of(call, call.shape(), outputs[0].shape()),
                                call.input().raw_data(), outputs[0].mutable_data());
        },
    .gradients = {{nothing, [](G g) { return spread_means(g.upstream(), with_images(g, g.input_shape())); }}},
});

const Operation& average_pool_gradient_op = define({
    .name = "AvgPoolGrad",
    .infer = infer_images,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          kernels::average_pool_gradient(call.dtype(), pooling_of(call, outputs[0].shape(), call.shape()),
                                         call.input().raw_data(), outputs[0].mutable_data());
        },
    .gradients = {{nothing, [](G g) { return apply(average_pool_op, {&g.upstream()}, without_images(g)); }}},
    .reads_extents = true,
});

Tensor spread_means(const Tensor& dy, const Attributes& attributes) {
  return apply(average_pool_gradient_op, {&dy}, attributes);
}

/// What `pool` makes of real images with their channels last.
template <class Pool>
Tensor apply_pooling(const Tensor& x, const PoolingOptions& options, const char* name, Pool pool) {
  const IntegerPair window = options.pool_size;
  require_window_extents(window, "pool_size", name);
  const IntegerPair strides = options.strides.defined() ? options.strides : window;
  const Attributes rule =
      with_rule_of(window_attributes(strides, options.padding, 1, name), {{"ksize", shape_of(window)}});
  const bool channels_first = is_channels_first(options.data_format, name);
  const Tensor real = as_real(x, name);
  if (!channels_first) return pool(real, rule);
  return channels_to_first(pool(channels_to_last(real, name), rule));
}

}  // namespace

Tensor max_pool2d(const Tensor& x, const PoolingOptions& options) {
  return apply_pooling(x, options, "max_pool2d", [](const Tensor& images, const Attributes& rule) {
    return apply_outputs(max_pool_op, {&images}, rule)[0];
  });
}

Tensor avg_pool2d(const Tensor& x, const PoolingOptions& options) {
  return apply_pooling(x, options, "avg_pool2d", [](const Tensor& images, const Attributes& rule) {
    return apply(average_pool_op, {&images}, rule);
  });
}

}  // namespace cornu
