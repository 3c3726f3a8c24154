// compile(), and what it leaves for training.
#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/losses/probabilistic_losses.h>
#include <cornu/models/training/internal/training.h>

namespace cornu {

void Model::compile(const CompileOptions& options) {
  if (options.steps_per_execution < 1)
    throw ValueError("compile: steps_per_execution must be at least 1; received " +
                     std::to_string(options.steps_per_execution));
  std::shared_ptr<Optimizer> optimizer = options.optimizer.get();
  std::unique_ptr<CompiledLoss> loss;
  if (!options.loss.empty()) loss = std::make_unique<CompiledLoss>(options.loss, options.loss_weights);
  auto metrics = std::make_unique<CompiledMetrics>(options.metrics, options.weighted_metrics);

  detail::Training& training = *training_;
  training.options = options;
  training.optimizer = std::move(optimizer);
  training.loss = std::move(loss);
  training.metrics = std::move(metrics);
  training.loss_tracker = std::make_unique<metrics::Mean>(MetricOptions{.name = "loss"});
  training.trained.reset();
  for (auto* function : {&training.train, &training.test, &training.predict}) function->reset();
  training.is_compiled = true;
  stop_training = false;
}

bool Model::compiled() const { return training_->is_compiled; }

Optimizer& Model::optimizer() const {
  training_->require_compiled("optimizer");
  return *training_->optimizer;
}

Config Model::get_compile_config() const {
  if (!compiled()) return Config();
  const CompileOptions& options = training_->options;
  Config config = Config::object();
  const auto set = [&config](const char* name, const auto& value) {
    Config written;
    to_config(written, value);
    config.set(name, written);
  };
  config.set("optimizer", Config::parse(training_->optimizer->to_json()));
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

const StepFunction& Training::train_function() {
  const std::lock_guard lock(mutex);
  if (!train)
    train = std::make_unique<StepFunction>(
        "train_step", [this](const Batch& batch) { return model->train_step(batch).sorted(); }, options.run_eagerly);
  return *train;
}

const StepFunction& Training::test_function() {
  const std::lock_guard lock(mutex);
  if (!test)
    test = std::make_unique<StepFunction>(
        "test_step", [this](const Batch& batch) { return model->test_step(batch).sorted(); }, options.run_eagerly);
  return *test;
}

const StepFunction& Training::predict_function() {
  const std::lock_guard lock(mutex);
  if (!predict) {
    const auto step = [this](const Batch& batch) {
      Logs outputs;
      for (const Tensor& output : model->predict_step(batch)) outputs.set(std::to_string(outputs.size()), output);
      return outputs;
    };
    predict = std::make_unique<StepFunction>("predict_step", step, options.run_eagerly);
  }
  return *predict;
}

OutputNames Training::output_names() const {
  OutputNames names = model->output_names();
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] != "output_" + std::to_string(i + 1)) return names;
  return {};
}

BatchLayout Training::layout() const {
  BatchLayout layout;
  if (model->built()) layout = {model->input_specs().size(), model->output_specs().size()};
  if (loss && loss->output_count()) layout.outputs = *loss->output_count();
  return layout;
}

Batch Training::in_order(const Tensors& x, const Tensors& y, const Tensors& sample_weight) const {
  const OutputNames outputs = output_names();
  return {x.in_order_of(x.names().empty() ? x.names() : model->input_names(), "x"), y.in_order_of(outputs, "y"),
          sample_weight.in_order_of(outputs, "sample_weight")};
}

void Training::check_labels(const Batch& samples) const {
  if (!loss || !model->built() || samples.y.size() != model->output_specs().size()) return;
  for (size_t i = 0; i < samples.y.size(); ++i) loss->check_labels(i, samples.y[i]);
}

Logs Training::epoch_logs(const Logs& last) {
  const Logs results = model->get_metrics_result().sorted();
  return last.empty() || results.names() == last.names() ? results : last;
}

}  // namespace detail

}  // namespace cornu
