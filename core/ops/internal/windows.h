#pragma once
// What operations on windows of images share.
#include <string>

#include <cornu/core/kernels/windows.h>
#include <cornu/core/ops/operation.h>

namespace cornu {

/// How windows move, as the attributes strides, dilations and padding ("VALID", "SAME") say it.
struct WindowRule {
  IntegerPair strides, dilations;
  bool same;

  explicit WindowRule(const Attributes& attributes);

  /// The number of places of a window of `extent` elements along one axis of an image; -1 if it cannot be known. Throws
  /// ShapeError naming `operation` where the window is larger than the image.
  int64_t places(int64_t image, int64_t extent, int axis, const char* operation) const;
  kernels::Windows windows(const IntegerPair& image, const IntegerPair& extents, const IntegerPair& places) const;
};

/// The attributes of a rule. `padding` is Keras's "valid" or "same"; throws ValueError naming `operation` for another
/// one, and for strides or dilations below 1.
Attributes window_attributes(const IntegerPair& strides, const std::string& padding, const IntegerPair& dilations,
                             const char* operation);
/// The same rule with further attributes.
Attributes with_rule_of(const Attributes& rule, std::vector<Attributes::Entry> entries);

inline Shape shape_of(const IntegerPair& pair) { return {pair.rows(), pair.columns()}; }
inline IntegerPair pair_of(const Shape& shape, int first = 0) { return {shape[first], shape[first + 1]}; }

/// Throws ValueError naming `operation` and `what` unless both are at least 1 and so small that nothing overflows.
void require_window_extents(const IntegerPair& pair, const char* what, const char* operation);

/// Whether `data_format` is "channels_first", not "channels_last"; throws ValueError for anything else.
bool is_channels_first(const std::string& data_format, const char* operation);
/// [batch, channels, rows, columns] -> [batch, rows, columns, channels], and back. Throws ShapeError naming `operation`
/// for another rank.
Tensor channels_to_last(const Tensor& x, const char* operation);
Tensor channels_to_first(const Tensor& x);

/// Throws ShapeError unless input `index`, which is called `what`, has four axes.
void require_images(const Call& call, size_t index, const char* what);

}  // namespace cornu
