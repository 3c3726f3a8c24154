#include <set>

#include <cornu/core/ops/tracing.h>
#include <cornu/metrics/accuracy_metrics.h>
#include <cornu/metrics/probabilistic_metrics.h>
#include <cornu/models/training/internal/choice_by_shape.h>
#include <cornu/models/training/internal/compiled_metrics.h>
#include <cornu/models/training/internal/output_arguments.h>

namespace cornu {

namespace {

std::shared_ptr<Metric> make_accuracy(const std::string& name, TargetKind kind) {
  if (kind == TargetKind::binary)
    return std::make_shared<metrics::BinaryAccuracy>(metrics::BinaryAccuracyOptions{.name = name});
  if (kind == TargetKind::sparse_categorical)
    return std::make_shared<metrics::SparseCategoricalAccuracy>(MetricOptions{.name = name});
  return std::make_shared<metrics::CategoricalAccuracy>(MetricOptions{.name = name});
}

/// A metric of a class that is named as the user has named it: "mse", not "mean_squared_error".
std::shared_ptr<Metric> make_named(const std::string& name) {
  Config options = Config::object();
  options.set("name", name);
  return metrics::registry().make(name, options);
}

std::shared_ptr<Metric> make_metric(const MetricHandle& handle, const Tensor& y_true, const Tensor& y_pred) {
  if (handle.object()) return handle.object();
  const std::string& name = handle.name();
  const TargetKind kind = target_kind(y_true, y_pred);
  if (is_accuracy(name)) return make_accuracy(name, kind);
  if (!is_crossentropy(name)) return make_named(name);
  Config options = Config::object();
  options.set("name", name);
  return metrics::registry().make(kind == TargetKind::binary               ? "BinaryCrossentropy"
                                  : kind == TargetKind::sparse_categorical ? "SparseCategoricalCrossentropy"
                                                                           : "CategoricalCrossentropy",
                                  options);
}

void check_name(const MetricHandle& handle) {
  if (!handle.object() && !is_accuracy(handle.name()) && !is_crossentropy(handle.name())) make_named(handle.name());
}

void check_names(const MetricArgument& argument) {
  for (const MetricList& list : argument.values)
    for (size_t i = 0; i < list.size(); ++i) {
      try {
        check_name(list[i]);
      } catch (const ValueError& error) {
        if (!list.is_list() || list.size() < 2 || i > 0) throw;
        throw ValueError(std::string(error.what()) + "; where it is an output, write MetricsByName{{\"" +
                         list[0].name() + "\", {...}}}");
      }
    }
}

/// For one output a list is one of its metrics; for several it has an entry for each.
std::vector<MetricList> lists_by_output(const MetricArgument& argument, size_t outputs, const OutputNames& output_names,
                                        const char* name) {
  std::vector<MetricList> lists(outputs);
  if (outputs == 1 && argument.kind == MetricArgument::Kind::list) {
    for (const MetricList& list : argument.values) lists[0].insert(lists[0].end(), list.begin(), list.end());
    return lists;
  }
  const auto given = by_output(argument, outputs, output_names, name, false);
  for (size_t i = 0; i < outputs; ++i)
    if (given[i]) lists[i] = *given[i];
  return lists;
}

}  // namespace

CompiledMetrics::CompiledMetrics(const MetricArgument& metrics, const MetricArgument& weighted_metrics)
    : metrics_(metrics), weighted_metrics_(weighted_metrics) {
  check_names(metrics);
  check_names(weighted_metrics);
}

CompiledMetrics::Entry CompiledMetrics::make_entry(const MetricHandle& handle, const Tensor& y_true,
                                                   const Tensor& y_pred, size_t output, bool is_weighted) {
  std::shared_ptr<Metric> metric = make_metric(handle, y_true, y_pred);
  const std::string name = handle.object() ? metric->name() : handle.name();
  return {std::move(metric), name, output, is_weighted};
}

void CompiledMetrics::add(const MetricArgument& argument, bool is_weighted, const Tensors& y_true,
                          const Tensors& y_pred, const OutputNames& output_names, std::vector<Entry>& entries) const {
  const char* const name = is_weighted ? "weighted_metrics" : "metrics";
  const std::vector<MetricList> lists = lists_by_output(argument, y_pred.size(), output_names, name);
  for (size_t i = 0; i < lists.size(); ++i)
    for (const MetricHandle& handle : lists[i])
      entries.push_back(make_entry(handle, y_true[i], y_pred[i], i, is_weighted));
}

/// Keras's names: with the output's name in front where there are several outputs; a weighted metric whose name is
/// taken begins with `weighted_`, and otherwise a number makes them differ.
std::vector<std::string> CompiledMetrics::names_of(const std::vector<Entry>& entries, size_t outputs,
                                                   const OutputNames& output_names) const {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const Entry& entry : entries) {
    const std::string prefix = outputs > 1 && !output_names.empty() ? output_names[entry.output] + "_" : "";
    std::string base = prefix + entry.name;
    if (entry.is_weighted && taken.contains(base)) base = prefix + "weighted_" + entry.name;
    std::string name = base;
    for (int number = 1; taken.contains(name); ++number) name = base + "_" + std::to_string(number);
    names.push_back(*taken.insert(name).first);
  }
  return names;
}

void CompiledMetrics::ensure_built(const Tensors& y_true, const Tensors& y_pred, const OutputNames& output_names) {
  if (built_) return;
  std::vector<Entry> entries;
  add(metrics_, false, y_true, y_pred, output_names, entries);
  add(weighted_metrics_, true, y_true, y_pred, output_names, entries);
  names_ = names_of(entries, y_pred.size(), output_names);
  entries_ = std::move(entries);
  built_ = true;
  if (tracing())
    tracing()->on_failure([this] {
      entries_.clear();
      built_ = false;
    });
}

void CompiledMetrics::update_state(const Tensors& y_true, const Tensors& y_pred, const Tensors& sample_weight,
                                   const OutputNames& output_names) {
  if (metrics_.empty() && weighted_metrics_.empty()) return;
  check_target_counts(y_true, y_pred, sample_weight, output_names, "the metrics need");
  ensure_built(y_true, y_pred, output_names);
  for (const Entry& entry : entries_) {
    const size_t i = entry.output;
    const bool has_weight = entry.is_weighted && !sample_weight.empty();
    entry.metric->update_state(y_true[i], y_pred[i],
                               has_weight ? sample_weight[sample_weight.size() > 1 ? i : 0] : Tensor());
  }
}

std::vector<Metric*> CompiledMetrics::metrics() {
  std::vector<Metric*> metrics;
  for (const Entry& entry : entries_) metrics.push_back(entry.metric.get());
  return metrics;
}

}  // namespace cornu
