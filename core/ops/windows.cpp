#include <algorithm>
#include <limits>

#include <cornu/core/error.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/internal/windows.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

WindowRule::WindowRule(const Attributes& attributes)
    : strides(pair_of(attributes.shape("strides"))),
      dilations(pair_of(attributes.shape("dilations"))),
      same(attributes.get<std::string>("padding") == "SAME") {}

int64_t WindowRule::places(int64_t image, int64_t extent, int axis, const char* operation) const {
  const int64_t stride = strides[axis];
  if (same) {
    if (image < 0) return stride == 1 ? image : -1;
    return (image + stride - 1) / stride;
  }
  if (extent == 1 && stride == 1) return image;
  if (image < 0 || extent < 0) return -1;
  const int64_t reach = (extent - 1) * dilations[axis] + 1;
  if (reach > image)
    throw ShapeError(std::string(operation) + ": a window of " + std::to_string(extent) + " elements that spans " +
                     std::to_string(reach) + " does not fit in " + std::to_string(image) +
                     (axis == 0 ? " rows" : " columns") + " without padding; use padding \"same\" or a smaller window");
  return (image - reach) / stride + 1;
}

kernels::Windows WindowRule::windows(const IntegerPair& image, const IntegerPair& extents,
                                     const IntegerPair& places) const {
  kernels::Windows windows{
      .image = image, .places = places, .extents = extents, .strides = strides, .dilations = dilations, .before = 0};
  if (!same) return windows;
  IntegerPair before = 0;
  for (const int axis : {0, 1}) before[axis] = std::max<int64_t>(0, windows.after(axis)) / 2;
  windows.before = before;
  return windows;
}

void require_window_extents(const IntegerPair& pair, const char* what, const char* operation) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();  // products of two of them do not overflow
  if (!pair.defined() || std::min(pair.rows(), pair.columns()) < 1 || std::max(pair.rows(), pair.columns()) > most)
    throw ValueError(std::string(operation) + ": " + what + " must be at least 1, and at most " + std::to_string(most) +
                     "; received (" + std::to_string(pair.rows()) + ", " + std::to_string(pair.columns()) + ")");
}

Attributes window_attributes(const IntegerPair& strides, const std::string& padding, const IntegerPair& dilations,
                             const char* operation) {
  if (padding != "valid" && padding != "same")
    throw ValueError(std::string(operation) + ": padding must be one of 'valid', 'same'; received '" + padding + "'");
  require_window_extents(strides, "strides", operation);
  require_window_extents(dilations, "dilation_rate", operation);
  return {{"strides", shape_of(strides)},
          {"dilations", shape_of(dilations)},
          {"padding", std::string(padding == "same" ? "SAME" : "VALID")}};
}

Attributes with_rule_of(const Attributes& rule, std::vector<Attributes::Entry> entries) {
  for (const char* name : {"strides", "dilations"}) entries.emplace_back(name, rule.shape(name));
  entries.emplace_back("padding", rule.get<std::string>("padding"));
  return Attributes(std::move(entries));
}

bool is_channels_first(const std::string& data_format, const char* operation) {
  if (data_format != "channels_last" && data_format != "channels_first")
    throw ValueError(std::string(operation) +
                     ": data_format must be one of 'channels_last', 'channels_first'; received '" + data_format + "'");
  return data_format == "channels_first";
}

Tensor channels_to_last(const Tensor& x, const char* operation) {
  if (rank_of(x, operation) != 4)
    throw ShapeError(std::string(operation) + ": expected images of shape (batch, channels, rows, columns); received " +
                     x.shape().to_string());
  return transpose(x, {0, 2, 3, 1});
}

Tensor channels_to_first(const Tensor& x) { return transpose(x, {0, 3, 1, 2}); }

void require_images(const Call& call, size_t index, const char* what) {
  if (call.shape(index).rank() != 4)
    throw ShapeError(std::string(call.name()) + ": expected " + what + "; received shape " +
                     call.shape(index).to_string());
}

}  // namespace cornu
