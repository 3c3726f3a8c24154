// One step of training, evaluation and prediction, as a model may override it.
#include <algorithm>
#include <cstdio>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/models/training/internal/training.h>

namespace cornu {

namespace {

void track_loss(detail::Training& training, const Tensor& loss, const Batch& batch) {
  training.loss_tracker->update_state(loss, element_count({batch.x.at(0).shape()[0]}));
}

void settle_what_is_trained(detail::Training& training) {
  training.trained = training.model->trainable_variables();
  if (tracing()) tracing()->on_failure([&training] { training.trained.reset(); });
  if (training.trained->empty())
    std::fprintf(stderr, "warning: %s: the model does not have any trainable weights\n",
                 training.model->name().c_str());
}

}  // namespace

Logs Model::train_step(const Batch& batch) {
  detail::Training& training = training_state();
  training.require_trainable("train_step");
  GradientTape tape;
  if (training.trained) tape.watch(*training.trained);  // whatever was frozen since
  const Tensors y_pred = (*this)(batch.x, {.training = true});
  const Tensor loss = compute_loss(batch.x, batch.y, y_pred, batch.sample_weight, true);
  track_loss(training, loss, batch);
  if (!training.trained) settle_what_is_trained(training);
  if (!training.trained->empty()) optimizer().minimize(loss, *training.trained, tape);
  return compute_metrics(batch.x, batch.y, y_pred, batch.sample_weight);
}

Logs Model::test_step(const Batch& batch) {
  training_state().require_compiled("test_step");
  const Tensors y_pred = (*this)(batch.x, {.training = false});
  track_loss(training_state(), compute_loss(batch.x, batch.y, y_pred, batch.sample_weight, false), batch);
  return compute_metrics(batch.x, batch.y, y_pred, batch.sample_weight);
}

Tensors Model::predict_step(const Batch& batch) { return (*this)(batch.x, {.training = false}); }

Tensor Model::compute_loss(const Tensors&, const Tensors& y, const Tensors& y_pred, const Tensors& sample_weight,
                           bool) {
  Tensor total;
  if (training_state().loss)
    total = (*training_state().loss)(y, y_pred, sample_weight, training_state().output_names());
  for (const Tensor& loss : losses()) total = total.defined() ? total + loss : loss;
  if (!total.defined())
    throw StateError(name() + ": there is no loss to train on; give one to compile(), or call add_loss()");
  return total;
}

Logs Model::compute_metrics(const Tensors&, const Tensors& y, const Tensors& y_pred, const Tensors& sample_weight) {
  training_state().require_compiled("compute_metrics");
  training_state().metrics->update_state(y, y_pred, sample_weight, training_state().output_names());
  return get_metrics_result();
}

Logs Model::get_metrics_result() {
  Logs results;
  if (!compiled()) return results;
  const std::vector<std::string>& names = training_state().metrics->names();
  const std::vector<Metric*> compiled_metrics = training_state().metrics->metrics();
  for (Metric* metric : metrics()) {
    const auto found = std::find(compiled_metrics.begin(), compiled_metrics.end(), metric);
    const bool is_compiled = found != compiled_metrics.end();
    results.set(is_compiled ? names[static_cast<size_t>(found - compiled_metrics.begin())] : metric->name(),
                metric->result());
  }
  return results;
}

std::vector<Metric*> Model::metrics() {
  std::vector<Metric*> metrics;
  if (!compiled()) return metrics;
  metrics.push_back(training_state().loss_tracker.get());
  const auto add = [&metrics](const std::vector<Metric*>& more) {
    metrics.insert(metrics.end(), more.begin(), more.end());
  };
  add(training_state().metrics->metrics());
  if (training_state().loss) add(training_state().loss->metrics());
  return metrics;
}

}  // namespace cornu
