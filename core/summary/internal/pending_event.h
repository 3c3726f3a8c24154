#pragma once
#include <memory>
#include <string>
#include <vector>

#include <cornu/core/summary/summary.h>

namespace cornu::proto {
class Event;
class Summary_Value;
}  // namespace cornu::proto

namespace cornu::summary {

/// What a summary says besides its tensor.
struct Details {
  std::string description = {};
  int64_t count = 0;        // buckets, or most outputs
  int64_t sample_rate = 0;  // of sound
  std::vector<std::string> texts = {};
  Shape text_shape = {};
  PluginMetadata plugin = {};
  std::string graph = {};
};

/// A kind of summary: what it takes, and how it is written.
struct Kind {
  const char* name;  // of the function, in messages
  /// Throws ShapeError, DTypeError or ValueError for what it does not take; null: it takes no tensor.
  void (*check)(const std::string& where, const TensorSpec& spec);
  void (*encode)(const Tensor& value, const Details& details, proto::Summary_Value& to);
};
CORNU_API extern const Kind scalar_kind, histogram_kind, image_kind, text_kind, audio_kind, tensor_kind, bytes_kind;

/// An event as its maker left it; the writer's thread does the rest.
struct PendingEvent {
  double wall_time = 0;  // seconds
  int64_t step = 0;
  const Kind* kind = nullptr;  // null: the graph in `details`
  std::string tag = {};
  float number = 0;  // of a scalar
  Tensor value = {};
  std::shared_ptr<const Details> details = {};

  size_t bytes() const;
};

/// Seconds since 1970.
double wall_time_now();
/// `event` as it is written.
void encode(const PendingEvent& event, proto::Event& to);

}  // namespace cornu::summary
