#include <cornu/core/ops/convolution.h>
#include <cornu/core/ops/operation.h>
#include <cornu/core/ops/pooling.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

namespace {

using Write = const ExportCall&;
using Read = const ImportCall&;

// ---- writing ------------------------------------------------------------------------------------------------------

/// Numbers of rows and columns, as TensorFlow has them: one for each axis of the images.
proto::AttrValue for_each_axis(const Shape& rows_and_columns) {
  return attribute(std::vector<int64_t>{1, rows_and_columns[0], rows_and_columns[1], 1});
}

NodeAttributes window_attributes(Write call) {
  return {{"strides", for_each_axis(call.attributes().shape("strides"))},
          {"padding", attribute(call.attributes().get<std::string>("padding"))},
          {"data_format", attribute("NHWC")}};
}

NodeAttributes convolution_attributes(Write call) {
  NodeAttributes attributes = window_attributes(call);
  attributes.emplace_back("dilations", for_each_axis(call.attributes().shape("dilations")));
  attributes.emplace_back("explicit_paddings", attribute(std::vector<int64_t>{}));
  attributes.emplace_back("use_cudnn_on_gpu", attribute(true));
  return attributes;
}

NodeAttributes pooling_attributes(Write call) {
  NodeAttributes attributes = window_attributes(call);
  attributes.emplace_back("ksize", for_each_axis(call.attributes().shape("ksize")));
  return attributes;
}

OutputReferences write_convolution(Write call) {
  return call.write_all("Conv2D", {call.input(0), call.input(1)}, convolution_attributes(call));
}

OutputReferences write_with_bias(Write call) {
  return call.write_all("BiasAdd", {write_convolution(call)[0], call.input(2)}, {{"data_format", attribute("NHWC")}});
}

OutputReferences write_with_bias_and_relu(Write call) { return call.write_all("Relu", write_with_bias(call)); }

OutputReferences write_input_gradient(Write call) {
  return call.write_all("Conv2DBackpropInput",
                        {call.extents(call.attributes().shape("shape")), call.input(0), call.input(1)},
                        convolution_attributes(call));
}

OutputReferences write_filter_gradient(Write call) {
  return call.write_all("Conv2DBackpropFilter",
                        {call.input(0), call.extents(call.attributes().shape("shape")), call.input(1)},
                        convolution_attributes(call));
}

OutputReferences write_pooling(Write call) {
  return call.write_all(call.node().operation->name, {call.input()}, pooling_attributes(call));
}

OutputReferences write_average_gradient(Write call) {
  return call.write_all("AvgPoolGrad", {call.extents(call.attributes().shape("shape")), call.input()},
                        pooling_attributes(call));
}

// ---- reading ------------------------------------------------------------------------------------------------------

/// Windows as an attribute of TensorFlow's gives them: a number for each axis.
class WindowReader {
 public:
  explicit WindowReader(Read call) : call_(call), channels_first_(call.attribute("data_format", "NHWC") == "NCHW") {
    if (!channels_first_ && call.attribute("data_format", "NHWC") != "NHWC")
      call.fail("the data format must be NHWC or NCHW");
  }

  bool channels_first() const { return channels_first_; }
  std::string data_format() const { return channels_first_ ? "channels_first" : "channels_last"; }
  std::string padding() const {
    const std::string padding = call_.attribute("padding", "");
    if (padding == "SAME") return "same";
    if (padding != "VALID" && padding != "EXPLICIT") call_.fail("the padding must be VALID, SAME or EXPLICIT");
    return "valid";
  }
  IntegerPair pair(const char* name, const IntegerPair& otherwise) const {
    const std::vector<int64_t> numbers = call_.list(name);
    if (numbers.empty()) return otherwise;
    const size_t rows = channels_first_ ? 2 : 1, others[] = {0, channels_first_ ? size_t{1} : size_t{3}};
    if (numbers.size() != 4 || numbers[others[0]] != 1 || numbers[others[1]] != 1)
      call_.fail(std::string(name) + " must be 1 for the batch and for the channels");
    return {numbers[rows], numbers[rows + 1]};
  }
  /// The images, with zeros around them where the padding is explicit.
  Tensor images(size_t i) const {
    const Tensor x = call_.tensor(i);
    if (call_.attribute("padding", "") != "EXPLICIT") return x;
    const std::vector<int64_t> numbers = call_.list("explicit_paddings");
    if (numbers.size() != 8) call_.fail("explicit_paddings must be two numbers for each of four axes");
    std::vector<std::pair<int64_t, int64_t>> paddings;
    for (size_t axis = 0; axis < 4; ++axis) paddings.emplace_back(numbers[2 * axis], numbers[2 * axis + 1]);
    return pad(x, paddings);
  }

 private:
  Read call_;
  bool channels_first_;
};

ConvolutionOptions convolution_options(const WindowReader& windows) {
  return {.strides = windows.pair("strides", 1),
          .padding = windows.padding(),
          .data_format = windows.data_format(),
          .dilation_rate = windows.pair("dilations", 1)};
}

PoolingOptions pooling_options(const WindowReader& windows) {
  return {.pool_size = windows.pair("ksize", {}),
          .strides = windows.pair("strides", {}),
          .padding = windows.padding(),
          .data_format = windows.data_format()};
}

TensorList read_convolution(Read call) {
  const WindowReader windows(call);
  return {conv2d(windows.images(0), call.tensor(1), convolution_options(windows))};
}

/// A filter [rows, columns, channels, multiplier]: each channel has `multiplier` filters of its own.
TensorList read_depthwise(Read call) {
  const WindowReader windows(call);
  const Tensor filter = call.tensor(1);
  const Shape& shape = filter.shape();
  if (shape.rank() != 4) call.fail("the filter must have four axes; it has shape " + shape.to_string());
  const int64_t filters = shape[2] < 0 || shape[3] < 0 ? -1 : shape[2] * shape[3];
  return {conv2d(windows.images(0), reshape(filter, {shape[0], shape[1], 1, filters}), convolution_options(windows))};
}

Shape two_of(const IntegerPair& pair) { return {pair.rows(), pair.columns()}; }

/// A gradient, whose windows are said as TensorFlow's own default does.
TensorList read_gradient(Read call, const TensorList& inputs, const Shape& shape) {
  const WindowReader windows(call);
  if (windows.channels_first() || call.attribute("padding", "") == "EXPLICIT")
    call.fail("gradients are read with the data format NHWC and without explicit padding");
  return {apply(find_operation(call.node().op().c_str()), pointers(inputs),
                {{"shape", shape},
                 {"ksize", two_of(windows.pair("ksize", 1))},
                 {"strides", two_of(windows.pair("strides", 1))},
                 {"dilations", two_of(windows.pair("dilations", 1))},
                 {"padding", call.attribute("padding", "")}})};
}

template <Tensor (*pool)(const Tensor&, const PoolingOptions&)>
TensorList read_pooling(Read call) {
  const WindowReader windows(call);
  if (call.attribute("padding", "") == "EXPLICIT") call.fail("pooling is read without explicit padding");
  return {pool(call.tensor(), pooling_options(windows))};
}

}  // namespace

Translations convolution_translations() {
  return {
      {.operations = {"Conv2D"}, .write = write_convolution, .tensorflow = {"Conv2D"}, .read = read_convolution},
      {.operations = {"_FusedConv2D"}, .write = write_with_bias},
      {.operations = {"_FusedConv2DRelu"}, .write = write_with_bias_and_relu},
      {.tensorflow = {"DepthwiseConv2dNative"}, .read = read_depthwise},
      {
          .operations = {"Conv2DBackpropInput"},
          .write = write_input_gradient,
          .tensorflow = {"Conv2DBackpropInput"},
          .read =
              [](Read call) {
                return read_gradient(call, {call.tensor(1), call.tensor(2)}, call.shape(0));
              },
      },
      {
          .operations = {"Conv2DBackpropFilter"},
          .write = write_filter_gradient,
          .tensorflow = {"Conv2DBackpropFilter"},
          .read =
              [](Read call) {
                return read_gradient(call, {call.tensor(0), call.tensor(2)}, call.shape(1));
              },
      },
      {.operations = {"MaxPool"}, .write = write_pooling, .tensorflow = {"MaxPool"}, .read = read_pooling<max_pool2d>},
      {.operations = {"AvgPool"}, .write = write_pooling, .tensorflow = {"AvgPool"}, .read = read_pooling<avg_pool2d>},
      {
          .operations = {"AvgPoolGrad"},
          .write = write_average_gradient,
          .tensorflow = {"AvgPoolGrad"},
          .read = [](Read call) { return read_gradient(call, {call.tensor(1)}, call.shape(0)); },
      },
  };
}

}  // namespace cornu::saved_model
