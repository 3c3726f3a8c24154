#include <cmath>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/losses/probabilistic_losses.h>
#include <cornu/models/training/internal/choice_by_shape.h>
#include <cornu/models/training/internal/compiled_loss.h>
#include <cornu/models/training/internal/number_text.h>
#include <cornu/models/training/internal/output_arguments.h>

namespace cornu {

namespace {

std::shared_ptr<Loss> make_loss(const LossHandle& handle, const Tensor& y_true, const Tensor& y_pred) {
  if (handle.object()) return handle.object();
  if (!is_crossentropy(handle.name())) return losses::get(handle.name());
  switch (target_kind(y_true, y_pred)) {
    case TargetKind::binary:
      return losses::get("binary_crossentropy");
    case TargetKind::sparse_categorical:
      return losses::get("sparse_categorical_crossentropy");
    default:
      return losses::get("categorical_crossentropy");
  }
}

double number_of(const Tensor& scalar) { return cast(scalar, float64).item<double>(); }

/// What an individual loss is called where outputs have no names.
std::string name_of(const LossHandle& handle, const Loss& loss) {
  return handle.object() ? loss.name() : handle.name();
}

/// How many classes there are, where the loss takes class numbers.
std::optional<int64_t> class_count(const Loss& loss, const Tensor& y_pred) {
  const auto* sparse = dynamic_cast<const losses::SparseCategoricalCrossentropy*>(&loss);
  if (!sparse || sparse->options().ignore_class || y_pred.rank() == 0) return std::nullopt;
  const int axis = normalize_axis(sparse->options().axis, y_pred.rank(), "sparse_categorical_crossentropy");
  return y_pred.shape()[axis] > 0 ? std::optional(y_pred.shape()[axis]) : std::nullopt;
}

void check_weights(const LossWeights& weights) {
  for (size_t i = 0; i < weights.values.size(); ++i) {
    if (std::isfinite(weights.values[i])) continue;
    std::string which;
    if (weights.kind == LossWeights::Kind::list) which = "[" + std::to_string(i) + "]";
    if (weights.kind == LossWeights::Kind::map) which = "['" + weights.names[i] + "']";
    throw ValueError("compile: loss_weights" + which + " must be finite; received " + number_text(weights.values[i]));
  }
}

}  // namespace

CompiledLoss::CompiledLoss(const LossArgument& losses, const LossWeights& weights)
    : losses_(losses), weights_(weights) {
  check_weights(weights);
  for (const LossHandle& handle : losses.values)
    if (!handle.object() && handle && !is_crossentropy(handle.name())) losses::get(handle.name());
  if (losses.kind == LossArgument::Kind::list && weights.kind == LossWeights::Kind::list &&
      losses.values.size() != weights.values.size())
    throw ValueError("compile: loss has " + std::to_string(losses.values.size()) + " entries and loss_weights " +
                     std::to_string(weights.values.size()) + "; give one weight for each loss");
}

std::optional<size_t> CompiledLoss::output_count() const {
  if (losses_.kind == LossArgument::Kind::list) return losses_.values.size();
  return std::nullopt;
}

std::vector<CompiledLoss::Output> CompiledLoss::build(const Tensors& y_true, const Tensors& y_pred,
                                                      const OutputNames& output_names) const {
  const auto handles = by_output(losses_, y_pred.size(), output_names, "loss", true);
  const auto weights = by_output(weights_, y_pred.size(), output_names, "loss_weights", false);
  std::vector<Output> outputs(y_pred.size());
  OutputNames names;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!handles[i] || !*handles[i]) continue;
    outputs[i].loss = make_loss(*handles[i], y_true[i], y_pred[i]);
    if (weights[i]) outputs[i].weight = *weights[i];
    const Loss& loss = *outputs[i].loss;
    check_loss_fits(handles[i]->object() ? class_name_of(typeid(loss)) : loss.name(), y_true[i], y_pred[i]);
    outputs[i].classes = class_count(loss, y_pred[i]);
    names.push_back(output_names.empty() ? name_of(*handles[i], loss) : output_names[i]);
  }
  if (names.size() < 2) return outputs;
  size_t next = 0;
  OutputNames taken;
  for (Output& output : outputs) {
    if (!output.loss) continue;
    std::string name = names[next++] + "_loss";
    for (int number = 1; std::find(taken.begin(), taken.end(), name) != taken.end(); ++number)
      name = names[next - 1] + "_" + std::to_string(number) + "_loss";
    taken.push_back(name);
    output.mean = std::make_unique<metrics::Mean>(MetricOptions{.name = name});
  }
  return outputs;
}

void CompiledLoss::ensure_built(const Tensors& y_true, const Tensors& y_pred, const OutputNames& output_names) {
  if (!outputs_.empty()) return;
  outputs_ = build(y_true, y_pred, output_names);
  if (tracing()) tracing()->on_failure([this] { outputs_.clear(); });
}

Tensor CompiledLoss::operator()(const Tensors& y_true, const Tensors& y_pred, const Tensors& sample_weight,
                                const OutputNames& output_names) {
  check_target_counts(y_true, y_pred, sample_weight, output_names, "the loss needs");
  ensure_built(y_true, y_pred, output_names);
  Tensor total;
  for (size_t i = 0; i < outputs_.size(); ++i) {
    Output& output = outputs_[i];
    if (!output.loss) continue;
    const Tensor weight = sample_weight.empty() ? Tensor() : sample_weight[sample_weight.size() > 1 ? i : 0];
    Tensor loss = (*output.loss)(y_true[i], y_pred[i], weight);
    if (output.mean) output.mean->update_state(loss, element_count({y_pred[i].shape()[0]}));
    if (output.weight) loss = loss * *output.weight;
    total = total.defined() ? total + loss : loss;
  }
  return total;
}

void CompiledLoss::check_labels(size_t output, const Tensor& y_true) const {
  if (output >= outputs_.size() || !outputs_[output].classes || y_true.size() == 0) return;
  const TracingScope computed(nullptr);
  const auto classes = static_cast<double>(*outputs_[output].classes);
  if (!is_floating(y_true.dtype()) && number_of(reduce_min(y_true)) >= 0 && number_of(reduce_max(y_true)) < classes)
    return;
  const std::vector<double> labels = cast(y_true, float64).to_vector<double>();
  const auto is_bad = [&](double label) { return !(label >= 0 && label < classes && label == std::floor(label)); };
  const auto bad = std::find_if(labels.begin(), labels.end(), is_bad);
  if (bad == labels.end()) return;
  const std::string label = "y: label " + number_text(*bad) + " at position " + std::to_string(bad - labels.begin());
  if (*bad >= 0 && *bad < classes)
    throw ValueError(label + " is no class number: these are whole, from 0 to " + number_text(classes - 1));
  throw ValueError(label + " is out of range: the model has " + number_text(classes) + " classes, 0 to " +
                   number_text(classes - 1) + "; give its last layer more units, or count the classes from 0");
}

std::vector<Metric*> CompiledLoss::metrics() {
  std::vector<Metric*> metrics;
  for (const Output& output : outputs_)
    if (output.mean) metrics.push_back(output.mean.get());
  return metrics;
}

}  // namespace cornu
