#include <cornu/core/error.h>
#include <cornu/core/kernels/convolution.h>
#include <cornu/core/ops/convolution.h>
#include <cornu/core/ops/internal/nn_gradients.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/internal/windows.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>

namespace cornu {

namespace {

using G = const Gradient&;

// ---- shapes -------------------------------------------------------------------------------------------------------

[[noreturn, gnu::cold, gnu::noinline]] void throw_no_fit(const char* operation, const Shape& x, const Shape& filter,
                                                         const std::string& why) {
  throw ShapeError(std::string(operation) + ": a filter of shape " + filter.to_string() +
                   " (rows, columns, channels / groups, filters) does not fit images of shape " + x.to_string() + ": " +
                   why);
}

/// The shape of the convolution of images of shape x.
Shape convolved(const Call& call, const Shape& x, const Shape& filter) {
  if (x.rank() != 4 || filter.rank() != 4)
    throw_no_fit(call.name(), x, filter, "both need four axes, the images (batch, rows, columns, channels)");
  for (const int64_t extent : filter)
    if (extent == 0) throw_no_fit(call.name(), x, filter, "the filter has no element");
  const int64_t channels = x[3], group = filter[2], filters = filter[3];
  if (channels == 0 || (channels > 0 && group > 0 && channels % group != 0))
    throw_no_fit(call.name(), x, filter,
                 std::to_string(channels) + " channels are not groups of " + std::to_string(group));
  if (channels > 0 && group > 0 && filters > 0 && filters % (channels / group) != 0)
    throw_no_fit(
        call.name(), x, filter,
        std::to_string(filters) + " filters cannot be shared by " + std::to_string(channels / group) + " groups");
  const WindowRule rule(call.attributes);
  return {x[0], rule.places(x[1], filter[0], 0, call.name()), rule.places(x[2], filter[1], 1, call.name()), filters};
}

/// Throws unless dy may be the gradient of the convolution of images of shape x.
void check_upstream(const Call& call, const Shape& x, const Shape& filter, const Shape& dy) {
  const Shape expected = convolved(call, x, filter);
  if (dy.rank() != 4 || !dy.is_compatible_with(expected))
    throw ShapeError(std::string(call.name()) + ": expected a gradient of shape " + expected.to_string() +
                     " for images of shape " + x.to_string() + " and a filter of shape " + filter.to_string() +
                     "; received " + dy.to_string());
}

kernels::Convolution convolution_of(const Attributes& attributes, const Shape& x, const Shape& filter, const Shape& y) {
  return {.batch = x[0],
          .channels = x[3],
          .filters = filter[3],
          .groups = x[3] / filter[2],
          .windows = WindowRule(attributes).windows(pair_of(x, 1), pair_of(filter), pair_of(y, 1))};
}

// ---- the convolution and its gradients, which are each other's ------------------------------------------------------

Tensor input_gradient(const Tensor& filter, const Tensor& dy, const Shape& x, const Attributes& rule);
Tensor filter_gradient(const Tensor& x, const Tensor& dy, const Shape& filter, const Attributes& rule);
Tensor convolution(const Tensor& x, const Tensor& filter, const Attributes& rule);

TensorSpec infer_convolution(const Call& call) {
  infer::require_floating(call);
  infer::require_one_dtype(call);
  return {convolved(call, call.shape(0), call.shape(1)), call.dtype()};
}

void run_convolution(const Call& call, std::span<Tensor> outputs) {
  kernels::convolve(call.dtype(), convolution_of(call.attributes, call.shape(0), call.shape(1), outputs[0].shape()),
                    call.input(0).raw_data(), call.input(1).raw_data(), outputs[0].mutable_data());
}

const Operation& convolution_op = define({
    .name = "Conv2D",
    .onnx_name = "Conv",
    .arity = 2,
    .infer = infer_convolution,
    .kernel = run_convolution,
    .gradients = {{input(1),
                   [](G g) { return input_gradient(g.input(1), g.upstream(), g.input_shape(0), g.attributes()); }},
                  {input(0),
                   [](G g) { return filter_gradient(g.input(0), g.upstream(), g.input_shape(1), g.attributes()); }}},
    .fusion = Fusion::product,
});

/// Inputs filter, dy -> the gradient of the images, whose shape is the attribute.
const Operation& input_gradient_op = define({
    .name = "Conv2DBackpropInput",
    .arity = 2,
    .infer = [](const Call& call) -> TensorSpec {
      infer::require_floating(call);
      infer::require_one_dtype(call);
      const Shape& x = call.attributes.shape("shape");
      check_upstream(call, x, call.shape(0), call.shape(1));
      return {x, call.dtype()};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          kernels::convolution_input_gradient(
              call.dtype(), convolution_of(call.attributes, outputs[0].shape(), call.shape(0), call.shape(1)),
              call.input(1).raw_data(), call.input(0).raw_data(), outputs[0].mutable_data());
        },
    .gradients = {{input(1),
                   [](G g) { return filter_gradient(g.upstream(), g.input(1), g.input_shape(0), g.attributes()); }},
                  {input(0), [](G g) { return convolution(g.upstream(), g.input(0), g.attributes()); }}},
    .reads_extents = true,
});

/// Inputs images, dy -> the gradient of the filter, whose shape is the attribute.
const Operation& filter_gradient_op = define({
    .name = "Conv2DBackpropFilter",
    .arity = 2,
    .infer = [](const Call& call) -> TensorSpec {
      infer::require_floating(call);
      infer::require_one_dtype(call);
      const Shape& filter = call.attributes.shape("shape");
      check_upstream(call, call.shape(0), filter, call.shape(1));
      return {filter, call.dtype()};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          kernels::convolution_filter_gradient(
              call.dtype(), convolution_of(call.attributes, call.shape(0), outputs[0].shape(), call.shape(1)),
              call.input(0).raw_data(), call.input(1).raw_data(), outputs[0].mutable_data());
        },
    .gradients = {{input(1),
                   [](G g) { return input_gradient(g.upstream(), g.input(1), g.input_shape(0), g.attributes()); }},
                  {input(0), [](G g) { return convolution(g.input(0), g.upstream(), g.attributes()); }}},
    .reads_extents = true,
});

Tensor input_gradient(const Tensor& filter, const Tensor& dy, const Shape& x, const Attributes& rule) {
  return apply(input_gradient_op, {&filter, &dy}, with_rule_of(rule, {{"shape", x}}));
}
Tensor filter_gradient(const Tensor& x, const Tensor& dy, const Shape& filter, const Attributes& rule) {
  return apply(filter_gradient_op, {&x, &dy}, with_rule_of(rule, {{"shape", filter}}));
}
Tensor convolution(const Tensor& x, const Tensor& filter, const Attributes& rule) {
  return apply(convolution_op, {&x, &filter}, with_rule_of(rule, {}));
}

// ---- with bias and activation ---------------------------------------------------------------------------------------

TensorSpec infer_biased(const Call& call) {
  const TensorSpec spec = infer_convolution(call);
  const Shape& bias = call.shape(2);
  const int64_t filters = spec.shape.back();
  if (bias.rank() != 1 || (bias[0] != filters && bias[0] >= 0 && filters >= 0))
    throw ShapeError(std::string(call.name()) + ": expected a bias of shape " + Shape({filters}).to_string() +
                     " beside a filter of shape " + call.shape(1).to_string() + "; received " + bias.to_string());
  return spec;
}

template <kernels::Activation activation>
void run_biased(const Call& call, std::span<Tensor> outputs) {
  const kernels::Epilogue epilogue{call.input(2).raw_data(), activation};
  kernels::convolve(call.dtype(), convolution_of(call.attributes, call.shape(0), call.shape(1), outputs[0].shape()),
                    call.input(0).raw_data(), call.input(1).raw_data(), outputs[0].mutable_data(), &epilogue);
}

/// The rules for x, filter and bias, where `before` gives the gradient with respect to what the activation was given.
template <Tensor (*before)(G)>
std::vector<GradientRule> biased_gradients(Reads reads) {
  return {
      {input(1) | reads, [](G g) { return input_gradient(g.input(1), before(g), g.input_shape(0), g.attributes()); }},
      {input(0) | reads, [](G g) { return filter_gradient(g.input(0), before(g), g.input_shape(1), g.attributes()); }},
      {reads, [](G g) {
         return reduce_sum(before(g), {0, 1, 2});
       }}};
}

Tensor unchanged(G g) { return g.upstream(); }
Tensor before_relu(G g) {
  return g.shared([](G gradient) { return relu_grad(gradient.upstream(), gradient.output()); });
}

const Operation& biased_op = define({
    .name = "_FusedConv2D",
    .arity = 3,
    .infer = infer_biased,
    .kernel = run_biased<kernels::Activation::none>,
    .gradients = biased_gradients<unchanged>(nothing),
    .fusion = Fusion::product,
});

const Operation& biased_relu_op = define({
    .name = "_FusedConv2DRelu",
    .arity = 3,
    .infer = infer_biased,
    .kernel = run_biased<kernels::Activation::relu>,
    .gradients = biased_gradients<before_relu>(output(0)),
    .fusion = Fusion::product,
});

/// The operation of inputs promoted to one real dtype, x with its channels last.
Tensor apply_convolution(const Operation& operation, const ConvolutionOptions& options,
                         std::initializer_list<const Tensor*> inputs) {
  const Attributes rule = window_attributes(options.strides, options.padding, options.dilation_rate, "conv2d");
  const bool channels_first = is_channels_first(options.data_format, "conv2d");
  for (const Tensor* input : inputs) require_value(*input, "conv2d");
  DType dtype = (*inputs.begin())->dtype();
  for (const Tensor* input : inputs) dtype = promote(dtype, input->dtype());
  TensorList real;
  for (const Tensor* input : inputs) real.push_back(cast(*input, real_dtype(dtype)));
  if (channels_first) real[0] = channels_to_last(real[0], "conv2d");
  const Tensor y = apply(operation, pointers(real), rule);
  return channels_first ? channels_to_first(y) : y;
}

}  // namespace

Tensor conv2d(const Tensor& x, const Tensor& kernel, const ConvolutionOptions& options) {
  return apply_convolution(convolution_op, options, {&x, &kernel});
}

Tensor conv2d(const Tensor& x, const Tensor& kernel, const Tensor& bias, const ConvolutionOptions& options,
              ProductActivation activation) {
  const Operation& operation = activation == ProductActivation::relu ? biased_relu_op : biased_op;
  return apply_convolution(operation, options, {&x, &kernel, &bias});
}

}  // namespace cornu
