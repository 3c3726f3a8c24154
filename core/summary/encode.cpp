// How the kinds of summaries are written: tensors with the tags and the plugin data that TensorFlow 2 gives them.
#include <algorithm>
#include <chrono>
#include <cmath>

#include <proto/event.pb.h>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/png.h>
#include <cornu/core/io/internal/tensor_proto.h>
#include <cornu/core/io/internal/wav.h>
#include <cornu/core/summary/internal/histogram.h>
#include <cornu/core/summary/internal/pending_event.h>

namespace cornu::summary {

namespace {

void describe(proto::Summary_Value& to, const char* plugin, const Details& details, proto::DataClass data_class) {
  proto::SummaryMetadata& metadata = *to.mutable_metadata();
  metadata.mutable_plugin_data()->set_plugin_name(plugin);
  if (!details.description.empty()) metadata.set_summary_description(details.description);
  metadata.set_data_class(data_class);
}

[[noreturn]] void throw_shape(const std::string& where, const char* expected, const TensorSpec& spec) {
  throw ShapeError(where + ": expected " + expected + "; received shape " + spec.shape.to_string());
}

void require_floating(const std::string& where, const TensorSpec& spec, const char* expected) {
  if (!is_floating(spec.dtype))
    throw DTypeError(where + ": expected " + expected + "; received dtype " + std::string(name(spec.dtype)));
}

/// The elements of a floating-point tensor one after another, `count` of them, as float.
std::vector<float> floats(const Tensor& value, int64_t count) {
  std::vector<float> numbers(static_cast<size_t>(count));
  visit_dtype(value.dtype(), [&]<class T>() {
    const T* elements = static_cast<const T*>(value.raw_data());
    std::transform(elements, elements + count, numbers.begin(), [](T element) { return static_cast<float>(element); });
  });
  return numbers;
}

// ---- scalars ----------------------------------------------------------------------------------------------------

void check_scalar(const std::string& where, const TensorSpec& spec) {
  if (spec.shape.size() != 1 && spec.shape.is_known()) throw_shape(where, "one number", spec);
}

void encode_scalar(float number, const Details* details, proto::Summary_Value& to) {
  static const Details none;
  describe(to, "scalars", details ? *details : none, proto::DATA_CLASS_SCALAR);
  proto::TensorProto& tensor = *to.mutable_tensor();
  tensor.set_dtype(proto::DT_FLOAT);
  tensor.mutable_tensor_shape();
  tensor.set_tensor_content(&number, sizeof number);
}

// ---- histograms -------------------------------------------------------------------------------------------------

void check_any(const std::string&, const TensorSpec&) {}

void encode_histogram(const Tensor& value, const Details& details, proto::Summary_Value& to) {
  describe(to, "histograms", details, proto::DATA_CLASS_TENSOR);
  io::put_tensor(histogram_buckets(value, details.count), *to.mutable_tensor());
}

// ---- pictures ---------------------------------------------------------------------------------------------------

void check_image(const std::string& where, const TensorSpec& spec) {
  const Shape& shape = spec.shape;
  if (shape.rank() != 4 || shape[3] > 4 || shape[3] == 0)
    throw_shape(where, "[batch, height, width, channels] with 1 to 4 channels", spec);
  if (shape[1] == 0 || shape[2] == 0) throw_shape(where, "pictures of at least one pixel", spec);
  if (spec.dtype != uint8) require_floating(where, spec, "uint8, or floating point in [0, 1]");
}

/// As TensorFlow's convert_image_dtype does it.
uint8_t to_byte(float level) {
  return static_cast<uint8_t>(std::isnan(level) ? 0.f : std::clamp(level * 255.5f, 0.f, 255.f));
}

void encode_image(const Tensor& value, const Details& details, proto::Summary_Value& to) {
  describe(to, "images", details, proto::DATA_CLASS_BLOB_SEQUENCE);
  const Shape& shape = value.shape();
  const int64_t count = std::min(shape[0], details.count), pixels = shape[1] * shape[2] * shape[3];
  std::vector<uint8_t> bytes;
  const auto* first = static_cast<const uint8_t*>(value.raw_data());
  if (value.dtype() != uint8) {
    const std::vector<float> levels = floats(value, count * pixels);
    bytes.resize(levels.size());
    std::transform(levels.begin(), levels.end(), bytes.begin(), to_byte);
    first = bytes.data();
  }
  std::vector<std::string> strings = {std::to_string(shape[2]), std::to_string(shape[1])};
  for (int64_t i = 0; i < count; ++i)
    strings.push_back(io::encode_png(first + i * pixels, shape[1], shape[2], shape[3]));
  io::put_strings(std::move(strings), {count + 2}, *to.mutable_tensor());
}

// ---- sounds -----------------------------------------------------------------------------------------------------

void check_audio(const std::string& where, const TensorSpec& spec) {
  if (spec.shape.rank() != 3 || spec.shape[2] == 0 || spec.shape[2] > 1024)
    throw_shape(where, "[batch, frames, channels]", spec);
  require_floating(where, spec, "floating point from -1 to 1");
}

void encode_audio(const Tensor& value, const Details& details, proto::Summary_Value& to) {
  describe(to, "audio", details, proto::DATA_CLASS_BLOB_SEQUENCE);
  proto::AudioPluginData content;
  content.set_encoding(proto::AudioPluginData::WAV);
  content.SerializeToString(to.mutable_metadata()->mutable_plugin_data()->mutable_content());
  const Shape& shape = value.shape();
  const int64_t count = std::min(shape[0], details.count), size = shape[1] * shape[2];
  const std::vector<float> samples = floats(value, count * size);
  std::vector<std::string> strings;  // each sound, and its label
  for (int64_t i = 0; i < count; ++i) {
    strings.push_back(io::encode_wav(samples.data() + i * size, shape[1], shape[2], details.sample_rate));
    strings.emplace_back();
  }
  io::put_strings(std::move(strings), {count, 2}, *to.mutable_tensor());
}

// ---- texts and tensors ------------------------------------------------------------------------------------------

void encode_text(const Tensor&, const Details& details, proto::Summary_Value& to) {
  describe(to, "text", details, proto::DATA_CLASS_TENSOR);
  io::put_strings(details.texts, details.text_shape, *to.mutable_tensor());
}

void encode_tensor(const Tensor& value, const Details& details, proto::Summary_Value& to) {
  const PluginMetadata& plugin = details.plugin;
  if (!plugin.plugin_name.empty()) {
    describe(to, plugin.plugin_name.c_str(), details, proto::DATA_CLASS_TENSOR);
    if (!plugin.content.empty()) to.mutable_metadata()->mutable_plugin_data()->set_content(plugin.content);
    if (!plugin.display_name.empty()) to.mutable_metadata()->set_display_name(plugin.display_name);
  }
  io::put_tensor(value, *to.mutable_tensor());
}

/// A string, or several, for a plugin that wants bytes.
void encode_bytes(const Tensor&, const Details& details, proto::Summary_Value& to) {
  describe(to, details.plugin.plugin_name.c_str(), details, proto::DATA_CLASS_UNKNOWN);
  to.mutable_metadata()->mutable_plugin_data()->set_content(details.plugin.content);
  io::put_strings(details.texts, details.text_shape, *to.mutable_tensor());
}

}  // namespace

const Kind scalar_kind{"scalar", check_scalar, nullptr};
const Kind histogram_kind{"histogram", check_any, encode_histogram};
const Kind image_kind{"image", check_image, encode_image};
const Kind text_kind{"text", nullptr, encode_text};
const Kind audio_kind{"audio", check_audio, encode_audio};
const Kind tensor_kind{"write", check_any, encode_tensor};
const Kind bytes_kind{"write", nullptr, encode_bytes};

double wall_time_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

size_t PendingEvent::bytes() const {
  size_t bytes = sizeof *this;
  if (value.defined()) bytes += static_cast<size_t>(value.size()) * size_of(value.dtype());
  if (!details) return bytes;
  bytes += details->graph.size();
  for (const std::string& text : details->texts) bytes += text.size();
  return bytes;
}

void encode(const PendingEvent& event, proto::Event& to) {
  to.set_wall_time(event.wall_time);
  to.set_step(event.step);
  if (!event.kind) return to.set_graph_def(event.details->graph);
  proto::Summary_Value& value = *to.mutable_summary()->add_value();
  value.set_tag(event.tag);
  if (event.kind == &scalar_kind) return encode_scalar(event.number, event.details.get(), value);
  event.kind->encode(event.value, *event.details, value);
}

}  // namespace cornu::summary
