#include <cstdio>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <cornu/core/summary/internal/chrome_trace.h>
#include <cornu/core/summary/internal/costs.h>

namespace cornu::summary {

namespace {

std::string text_of(const std::vector<TensorSpec>& specs) {
  std::string text;
  for (const TensorSpec& spec : specs)
    text += (text.empty() ? "" : ", ") + std::string(name(spec.dtype)) + " " + spec.shape.to_string();
  return text;
}

/// A string of JSON; bytes that are no UTF-8 are replaced.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

const char* category_of(ProfiledSlice::Kind kind) {
  switch (kind) {
    case ProfiledSlice::Kind::operation:
    case ProfiledSlice::Kind::node:
      return "operation";
    case ProfiledSlice::Kind::function:
      return "function";
    case ProfiledSlice::Kind::layer:
      return "layer";
    case ProfiledSlice::Kind::step:
      break;
  }
  return "step";
}

/// Writes events one after another; the members of an event's "args" in the same way.
class TraceWriter {
 public:
  std::string finish(int64_t dropped) {
    text_ += "\n],\"displayTimeUnit\":\"ns\",\"otherData\":{\"writer\":\"cornu\",\"dropped_slices\":" +
             std::to_string(dropped) + "}}\n";
    return std::move(text_);
  }

  void add_metadata(const char* what, int thread, const std::string& value) {
    separate();
    text_ += "{\"ph\":\"M\",\"pid\":" + process_ + ",\"tid\":" + std::to_string(thread) + ",\"name\":\"" + what +
             "\",\"args\":{" + value + "}}";
  }

  void add(const ProfiledSlice& slice) {
    separate();
    char times[96];
    std::snprintf(times, sizeof times, "\"ts\":%.3f,\"dur\":%.3f", slice.start, slice.duration);
    text_ += "{\"ph\":\"X\",\"pid\":" + process_ + ",\"tid\":" + std::to_string(slice.thread) + "," + times +
             ",\"cat\":\"" + category_of(slice.kind) +
             "\",\"name\":" + quoted(slice.is_operation() ? slice.type : slice.name) + ",\"args\":{";
    is_first_argument_ = true;
    if (slice.is_operation()) {
      add_operation(slice);
    } else if (slice.number >= 0) {
      argument("number", std::to_string(slice.number));
    }
    text_ += "}}";
  }

 private:
  void separate() {
    text_ += is_first_ ? "\n" : ",\n";
    is_first_ = false;
  }

  void argument(const char* name, const std::string& value) {
    text_ += std::string(is_first_argument_ ? "\"" : ",\"") + name + "\":" + value;
    is_first_argument_ = false;
  }

  void add_operation(const ProfiledSlice& slice) {
    if (!slice.scope.empty()) argument("layer", quoted(slice.scope));
    if (slice.kind == ProfiledSlice::Kind::node) argument("node", quoted(slice.name));
    if (!slice.steps.empty()) argument("steps", quoted(slice.steps));
    argument("inputs", quoted(text_of(slice.inputs)));
    argument("outputs", quoted(text_of(slice.outputs)));
    argument("bytes", std::to_string(bytes_of(slice)));
    argument("flops", std::to_string(flops_of(slice)));
  }

  const std::string process_ = std::to_string(getpid());
  std::string text_ = "{\"traceEvents\":[";
  bool is_first_ = true, is_first_argument_ = true;
};

}  // namespace

std::string chrome_trace(const Profiler& profiler) {
  TraceWriter writer;
  writer.add_metadata("process_name", 0, "\"name\":\"cornu\"");
  for (const auto& [thread, system_id] : profiler.threads()) {
    const std::string name = system_id == getpid() ? "main thread" : "thread " + std::to_string(system_id);
    writer.add_metadata("thread_name", thread, "\"name\":\"" + name + "\"");
    writer.add_metadata("thread_sort_index", thread, "\"sort_index\":" + std::to_string(thread));
  }
  profiler.visit([&](const ProfiledSlice& slice) { writer.add(slice); });
  return writer.finish(profiler.dropped());
}

}  // namespace cornu::summary
