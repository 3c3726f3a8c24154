#include <memory>
#include <utility>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/callable_graph.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/core/summary/internal/event_writer.h>
#include <cornu/core/summary/internal/graph_def.h>
#include <cornu/core/summary/internal/state.h>

namespace cornu::summary {

namespace {

thread_local const RecordScope* recording_if = nullptr;

std::string place_of(const Kind& kind, const std::string& tag) {
  return "summary::" + std::string(kind.name) + " '" + tag + "'";
}

int64_t step_or_default(const std::optional<int64_t>& step, const Kind& kind, const std::string& tag) {
  if (step) return *step;
  const std::optional<int64_t> number = get_step();
  if (!number)
    throw ValueError(place_of(kind, tag) + ": there is no step: give one, or a default one with summary::set_step()");
  return *number;
}

float number_of(const Tensor& value) {
  float number = 0;
  visit_dtype(value.dtype(), [&]<class T>() { number = static_cast<float>(*static_cast<const T*>(value.raw_data())); });
  return number;
}

using SharedDetails = std::shared_ptr<const Details>;

void add(const Kind& kind, const std::string& tag, int64_t step, const Tensor& value, const SharedDetails& details) {
  PendingEvent event{.wall_time = wall_time_now(), .step = step, .kind = &kind, .tag = tag, .details = details};
  if (&kind == &scalar_kind)
    event.number = number_of(value);
  else if (value.defined())
    event.value = value.is_placed() ? value.copy() : value;
  default_writer()->add(std::move(event));
}

/// A summary as a node of the graph that is being traced: its inputs are the value and the step, where these are
/// tensors.
void trace(const Kind& kind, const std::string& tag, const Tensor& value, const Step& step,
           const SharedDetails& details) {
  const Tensor step_tensor = (step.is_given() ? step : default_step()).tensor();
  const std::optional<int64_t> number = step_tensor.defined() ? std::nullopt : step.value();
  std::vector<const Tensor*> inputs;
  if (value.defined()) inputs.push_back(&value);
  if (step_tensor.defined()) inputs.push_back(&step_tensor);
  const bool has_value = value.defined(), has_step = step_tensor.defined();
  auto run = [&kind, tag, details, number, has_value, has_step](std::span<const Tensor* const> given,
                                                                std::span<Tensor>) {
    if (!should_record_summaries()) return;
    const std::optional<int64_t> now = has_step ? Step(*given.back()).value() : number;
    add(kind, tag, step_or_default(now, kind, tag), has_value ? *given[0] : Tensor(), details);
  };
  tracing()->add_effect(std::make_shared<const Effect>(Effect{.name = "WriteSummary", .run = std::move(run)}), inputs);
}

bool record(const Kind& kind, const std::string& tag, const Tensor& value, const Step& step,
            SharedDetails (*make_details)(const void*), const void* options) {
  if (!tracing() && !should_record_summaries()) return false;
  if (kind.check) {
    if (!value.defined()) throw StateError(place_of(kind, tag) + ": the tensor has no value");
    kind.check(place_of(kind, tag), value.spec());
  }
  if (tracing()) return trace(kind, tag, value, step, make_details(options)), true;
  if (value.defined() && value.is_symbolic()) return false;  // shapes are worked out: nothing is computed
  add(kind, tag, step_or_default(step.value(), kind, tag), value, make_details(options));
  return true;
}

/// `make(options)` gives the details, and is called only if something is recorded.
template <class Make>
bool record(const Kind& kind, const std::string& tag, const Tensor& value, const Step& step, const Make& make) {
  return record(
      kind, tag, value, step,
      [](const void* maker) -> SharedDetails {
        return std::make_shared<const Details>((*static_cast<const Make*>(maker))());
      },
      &make);
}

bool record_text(const std::string& name, const Step& step, const std::string& description, Shape shape,
                 std::vector<std::string> texts) {
  return record(text_kind, name, {}, step, [&]() -> Details {
    return {.description = description, .texts = std::move(texts), .text_shape = shape};
  });
}

}  // namespace

bool scalar(const std::string& name, const Operand& value, const Step& step, const SummaryOptions& options) {
  if (!tracing() && !should_record_summaries()) return false;
  const Tensor held = value.is_number() ? value.number_as(float32, "scalar") : Tensor();
  const Tensor& tensor = value.is_number() ? held : value.tensor();
  if (options.description.empty())
    return record(
        scalar_kind, name, tensor, step, [](const void*) { return SharedDetails(); }, nullptr);
  return record(scalar_kind, name, tensor, step, [&]() -> Details { return {.description = options.description}; });
}

bool histogram(const std::string& name, const Tensor& data, const Step& step, const HistogramOptions& options) {
  if (options.buckets < 0 || options.buckets > 1'000'000)
    throw ValueError(place_of(histogram_kind, name) + ": expected 0 to 1000000 buckets; received " +
                     std::to_string(options.buckets));
  return record(histogram_kind, name, data, step,
                [&]() -> Details { return {.description = options.description, .count = options.buckets}; });
}

namespace {

void check_max_outputs(const Kind& kind, const std::string& name, int64_t max_outputs) {
  if (max_outputs < 0)
    throw ValueError(place_of(kind, name) + ": max_outputs is not negative; received " + std::to_string(max_outputs));
}

}  // namespace

bool image(const std::string& name, const Tensor& data, const Step& step, const ImageOptions& options) {
  check_max_outputs(image_kind, name, options.max_outputs);
  return record(image_kind, name, data, step,
                [&]() -> Details { return {.description = options.description, .count = options.max_outputs}; });
}

bool audio(const std::string& name, const Tensor& data, int64_t sample_rate, const Step& step,
           const AudioOptions& options) {
  check_max_outputs(audio_kind, name, options.max_outputs);
  if (sample_rate < 1 || sample_rate > 10'000'000)
    throw ValueError(place_of(audio_kind, name) + ": expected a sample rate of 1 to 10000000 Hz; received " +
                     std::to_string(sample_rate));
  return record(audio_kind, name, data, step, [&]() -> Details {
    return {.description = options.description, .count = options.max_outputs, .sample_rate = sample_rate};
  });
}

bool text(const std::string& name, const std::string& data, const Step& step, const SummaryOptions& options) {
  return record_text(name, step, options.description, {}, {data});
}

bool text(const std::string& name, const std::vector<std::string>& data, const Step& step,
          const SummaryOptions& options) {
  return record_text(name, step, options.description, {static_cast<int64_t>(data.size())}, data);
}

bool text(const std::string& name, const TextTable& rows, const Step& step, const SummaryOptions& options) {
  std::vector<std::string> texts;
  const size_t columns = rows.empty() ? 0 : rows[0].size();
  for (const std::vector<std::string>& row : rows) {
    if (row.size() != columns)
      throw ValueError(place_of(text_kind, name) + ": the rows of a table are of one length; received " +
                       std::to_string(columns) + " and " + std::to_string(row.size()));
    texts.insert(texts.end(), row.begin(), row.end());
  }
  return record_text(name, step, options.description,
                     {static_cast<int64_t>(rows.size()), static_cast<int64_t>(columns)}, std::move(texts));
}

bool write(const std::string& tag, const Tensor& tensor, const Step& step, const PluginMetadata& metadata) {
  return record(tensor_kind, tag, tensor, step,
                [&]() -> Details { return {.description = metadata.description, .plugin = metadata}; });
}

bool graph(const ConcreteFunction& function) {
  if (!should_record_summaries()) return false;
  auto details =
      std::make_shared<const Details>(Details{.graph = graph_def({{function.name(), &function.callable().traced()}})});
  default_writer()->add({.wall_time = wall_time_now(), .tag = function.name(), .details = std::move(details)});
  return true;
}

RecordScope::RecordScope(std::function<bool()> condition) : condition_(std::move(condition)), outer_(recording_if) {
  if (!condition_) throw ValueError("summary::record_if: expected a callable that gives a bool; received an empty one");
  recording_if = this;
}
RecordScope::~RecordScope() { recording_if = outer_; }

RecordScope record_if(bool condition) {
  return RecordScope([condition] { return condition; });
}
RecordScope record_if(std::function<bool()> condition) { return RecordScope(std::move(condition)); }

bool should_record_summaries() { return default_writer() && (!recording_if || recording_if->holds()); }

}  // namespace cornu::summary
