#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/core/train/trackable.h>
#include <cornu/metrics/metric.h>

namespace cornu {

struct Metric::State : Trackable {
  TrackableContents contents() override {
    TrackableContents contents;
    for (const Variable& variable : variables) {
      const auto is_taken = [&](const std::string& name) {
        return std::any_of(contents.variables.begin(), contents.variables.end(),
                           [&](const auto& other) { return other.name == name; });
      };
      contents.variables.push_back({distinct_name(variable.name(), is_taken), variable});
    }
    return contents;
  }

  std::vector<Variable> variables;
};

Metric::Metric(const MetricOptions& options)
    : name_(options.name), dtype_(options.dtype.value_or(float32)), state_(std::make_shared<State>()) {}

Metric::~Metric() = default;

void MetricOptions::describe(Fields& fields) {
  fields("name", name);
  fields("dtype", dtype);
}
const std::vector<Variable>& Metric::variables() const {
  if (!state_) throw StateError("this metric was moved from; use the one that it was moved to");
  return state_->variables;
}

std::shared_ptr<Trackable> Metric::trackable() const { return state_; }

std::string Metric::name() const { return name_.empty() ? to_snake_case(class_name_of(typeid(*this))) : name_; }

Variable Metric::add_weight(const MetricWeightOptions& options) {
  const DType dtype = options.dtype.value_or(dtype_);
  const TracingScope computed(nullptr);
  const Tensor value = options.initializer ? (*options.initializer)(options.shape, dtype) : zeros(options.shape, dtype);
  const std::string weight_name = options.name.empty() ? "variable" : options.name;
  Variable weight(value, {.name = weight_name, .trainable = false});
  weight.set_path(name() + "/" + weight_name);
  state_->variables.push_back(weight);
  state_->parts_changed();
  return weight;
}

void Metric::reset_state() {
  for (const Variable& variable : variables()) variable.assign(zeros(variable.shape(), variable.dtype()));
}

void Metric::merge_state(const std::vector<const Metric*>& metrics) {
  for (const Metric* metric : metrics) {
    if (!metric) throw ValueError(name() + ": merge_state: a null pointer is no metric");
    if (typeid(*metric) != typeid(*this) || metric->variables().size() != variables().size())
      throw ValueError(name() + ": merge_state takes metrics of the class " + class_name_of(typeid(*this)) + " with " +
                       std::to_string(variables().size()) + " variables; received a " + class_name_of(typeid(*metric)) +
                       " with " + std::to_string(metric->variables().size()));
    for (size_t i = 0; i < variables().size(); ++i)
      if (metric->variables()[i].shape() != variables()[i].shape())
        throw ShapeError(variables()[i].path() + ": cannot add a state of shape " +
                         metric->variables()[i].shape().to_string() + " to one of shape " +
                         variables()[i].shape().to_string());
  }
  for (const Metric* metric : metrics)
    for (size_t i = 0; i < variables().size(); ++i) variables()[i].assign_add(metric->variables()[i]);
}

Tensor Metric::operator()(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  update_state(y_true, y_pred, sample_weight);
  return result();
}

Config Metric::get_config() const { return write_options(MetricOptions{.name = name(), .dtype = dtype_}); }

std::string Metric::to_json() const {
  return metrics::registry().wrap(class_name_of(typeid(*this)), get_config()).dump();
}

namespace metrics {

std::unique_ptr<Metric> get(const std::string& name) { return registry().make(Config(name)); }
std::unique_ptr<Metric> deserialize(const std::string& json_text) { return registry().make(Config::parse(json_text)); }

}  // namespace metrics
}  // namespace cornu
