#include <set>

#include <cornu/models/training/internal/output_arguments.h>

namespace cornu {

namespace {

std::string counted(size_t count, const char* what) {
  return (count == 0 ? "no" : std::to_string(count)) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

void check_target_counts(const Tensors& y_true, const Tensors& y_pred, const Tensors& sample_weight,
                         const std::vector<std::string>& output_names, const char* who_needs_them) {
  if (y_true.size() != y_pred.size()) {
    std::string message = "the model has " + counted(y_pred.size(), "output");
    if (output_names.size() == y_pred.size()) message += " (" + join(output_names) + ")";
    message += ", and " + std::string(who_needs_them) + " a target for each; received " +
               counted(y_true.size(), "target") + " (y)";
    if (y_true.size() < y_pred.size() && output_names.size() == y_pred.size())
      message += ": missing are those of " +
                 join({output_names.begin() + static_cast<std::ptrdiff_t>(y_true.size()), output_names.end()});
    throw ValueError(message);
  }
  if (sample_weight.size() > 1 && sample_weight.size() != y_pred.size())
    throw ValueError("sample_weight: give one tensor for all outputs or one for each of the " +
                     std::to_string(y_pred.size()) + "; received " + std::to_string(sample_weight.size()));
}

MetricArgument by_output_names(const MetricArgument& argument, const std::vector<std::string>& output_names) {
  const auto is_output = [&](const MetricHandle& handle) {
    return !handle.object() && std::find(output_names.begin(), output_names.end(), handle.name()) != output_names.end();
  };
  if (argument.kind != MetricArgument::Kind::list) return argument;
  MetricsByName named;
  for (const MetricList& list : argument.values) {
    if (!list.is_list() || list.size() < 2 || !is_output(list[0])) return argument;
    MetricList metrics(std::initializer_list<MetricHandle>{});
    metrics.insert(metrics.end(), list.begin() + 1, list.end());
    if (!named.emplace(list[0].name(), metrics).second) return argument;
  }
  return named.empty() ? argument : MetricArgument(named);
}

}  // namespace cornu
