// compile(), and what it leaves for training.
#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/losses/probabilistic_losses.h>
#include <cornu/models/training/internal/output_arguments.h>
#include <cornu/models/training/internal/training.h>

namespace cornu {

void Model::compile(const CompileOptions& given) {
  detail::Training& training = training_state();
  CompileOptions options = given;
  options.metrics = by_output_names(given.metrics, training.output_names());
  options.weighted_metrics = by_output_names(given.weighted_metrics, training.output_names());
  if (options.steps_per_execution < 1)
    throw ValueError("compile: steps_per_execution must be at least 1; received " +
                     std::to_string(options.steps_per_execution));
  std::shared_ptr<Optimizer> optimizer = options.optimizer.get();
  std::unique_ptr<CompiledLoss> loss;
  if (!options.loss.empty()) loss = std::make_unique<CompiledLoss>(options.loss, options.loss_weights);
  auto metrics = std::make_unique<CompiledMetrics>(options.metrics, options.weighted_metrics);

  training.options = options;
  training.optimizer = std::move(optimizer);
  training.loss = std::move(loss);
  training.metrics = std::move(metrics);
  training.loss_tracker = std::make_unique<metrics::Mean>(MetricOptions{.name = "loss"});
  training.trained.reset();
  training.layers_changed = false;
  training.forget_traces();
  training.is_compiled = true;
  stop_training = false;
}

bool Model::compiled() const { return training_state().is_compiled; }

Optimizer& Model::optimizer() const {
  training_state().require_compiled("optimizer");
  return *training_state().optimizer;
}

Config Model::get_compile_config() const {
  if (!compiled()) return Config();
  const CompileOptions& options = training_state().options;
  Config config = Config::object();
  const auto set = [&config](const char* name, const auto& value) {
    Config written;
    to_config(written, value);
    config.set(name, written);
  };
  config.set("optimizer", Config::parse(training_state().optimizer->to_json()));
  set("loss", options.loss);
  set("loss_weights", options.loss_weights);
  set("metrics", options.metrics);
  set("weighted_metrics", options.weighted_metrics);
  config.set("run_eagerly", options.run_eagerly);
  config.set("steps_per_execution", options.steps_per_execution);
  config.set("jit_compile", false);
  return config;
}

void Model::compile_from_config(const Config& config) {
  CompileOptions options;
  const auto read = [&config](const char* name, auto& value) {
    if (config.contains(name)) from_config(config.at(name), value);
  };
  if (config.contains("optimizer")) {
    const Config& optimizer = config.at("optimizer");
    options.optimizer = optimizer.is_text() ? optimizers::get(optimizer.text()) : Optimizer::registry().make(optimizer);
  }
  read("loss", options.loss);
  read("loss_weights", options.loss_weights);
  read("metrics", options.metrics);
  read("weighted_metrics", options.weighted_metrics);
  read("run_eagerly", options.run_eagerly);
  read("steps_per_execution", options.steps_per_execution);
  compile(options);
  if (built()) optimizer().build(trainable_variables());
}

void Model::reset_metrics() {
  for (Metric* metric : metrics()) metric->reset_state();
}

namespace detail {

void Training::require_compiled(const char* where) const {
  if (!is_compiled)
    throw StateError(model->name() + ": " + where +
                     ": the model is not compiled; call compile({.optimizer = ..., .loss = ...}) first");
}

void Training::require_trainable(const char* where) const {
  require_compiled(where);
  if (layers_changed)
    throw StateError(model->name() + ": " + where +
                     ": the layers changed since compile(), which has settled what is trained; call compile() again");
}

void Training::forget_traces() {
  const std::lock_guard lock(mutex);
  for (auto* function : {&train, &test, &predict}) function->reset();
}

std::shared_ptr<const StepFunction> Training::train_function() {
  const std::lock_guard lock(mutex);
  const auto step = [this](const Batch& batch) {
    const Logs logs = model->train_step(batch).sorted();
    if (at_end_of_trace) at_end_of_trace();
    return logs;
  };
  if (!train) train = std::make_shared<const StepFunction>("train_step", step, options.run_eagerly);
  return train;
}

std::shared_ptr<const StepFunction> Training::test_function() {
  const std::lock_guard lock(mutex);
  const auto step = [this](const Batch& batch) {
    const Logs logs = model->test_step(batch).sorted();
    if (at_end_of_trace) at_end_of_trace();
    return logs;
  };
  if (!test) test = std::make_shared<const StepFunction>("test_step", step, options.run_eagerly);
  return test;
}

std::shared_ptr<const StepFunction> Training::predict_function() {
  const std::lock_guard lock(mutex);
  const auto step = [this](const Batch& batch) {
    Logs outputs;
    for (const Tensor& output : model->predict_step(batch)) outputs.set(std::to_string(outputs.size()), output);
    return outputs;
  };
  if (!predict) predict = std::make_shared<const StepFunction>("predict_step", step, options.run_eagerly);
  return predict;
}

OutputNames Training::output_names() const {
  OutputNames names = model->output_names();
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] != "output_" + std::to_string(i + 1)) return names;
  return {};
}

BatchLayout Training::layout(bool has_targets) const {
  BatchLayout layout{.has_targets = has_targets};
  if (model->built() && !model->input_specs().empty()) {
    layout.inputs = model->input_specs().size();
    layout.outputs = model->output_specs().size();
  } else {
    layout.inputs = model->input_names().size();
    layout.is_known = layout.inputs > 0;
    if (!layout.is_known) layout.inputs = 1;
    layout.outputs = std::max<size_t>(1, model->output_names().size());
  }
  if (loss && loss->output_count()) layout.outputs = *loss->output_count();
  return layout;
}

Batch Training::in_order(const Tensors& x, const Tensors& y, const Tensors& sample_weight) const {
  const OutputNames outputs = output_names();
  return {x.in_order_of(x.names().empty() ? x.names() : model->input_names(), "x"), y.in_order_of(outputs, "y"),
          sample_weight.in_order_of(outputs, "sample_weight")};
}

Logs Training::epoch_logs(const Logs& last) {
  const Logs results = model->get_metrics_result().sorted();
  return results.names() == last.names() ? results : last;
}

}  // namespace detail

}  // namespace cornu
