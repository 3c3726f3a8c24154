// One step of training, evaluation and prediction, as a model may override it.
#include <algorithm>
#include <cstdio>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/models/training/internal/training.h>

namespace cornu {

namespace {

void track_loss(detail::Training& training, const Tensor& loss, const Batch& batch) {
  training.loss_tracker->update_state(loss, element_count({batch.x.at(0).shape()[0]}));
}

}  // namespace

Logs Model::train_step(const Batch& batch) {
  training_->require_compiled("train_step");
  GradientTape tape;
  const Tensors y_pred = (*this)(batch.x, {.training = true});
  const Tensor loss = compute_loss(batch.x, batch.y, y_pred, batch.sample_weight, true);
  track_loss(*training_, loss, batch);
  if (!training_->trained) training_->trained = trainable_variables();
  if (training_->trained->empty())
    std::fprintf(stderr, "warning: %s: the model does not have any trainable weights\n", name().c_str());
  else
    optimizer().minimize(loss, *training_->trained, tape);
  return compute_metrics(batch.x, batch.y, y_pred, batch.sample_weight);
}

Logs Model::test_step(const Batch& batch) {
  training_->require_compiled("test_step");
  const Tensors y_pred = (*this)(batch.x, {.training = false});
  track_loss(*training_, compute_loss(batch.x, batch.y, y_pred, batch.sample_weight, false), batch);
  return compute_metrics(batch.x, batch.y, y_pred, batch.sample_weight);
}

Tensors Model::predict_step(const Batch& batch) { return (*this)(batch.x, {.training = false}); }

Tensor Model::compute_loss(const Tensors&, const Tensors& y, const Tensors& y_pred, const Tensors& sample_weight,
                           bool) {
  Tensor total;
  if (training_->loss) total = (*training_->loss)(y, y_pred, sample_weight, training_->output_names());
  for (const Tensor& loss : losses()) total = total.defined() ? total + loss : loss;
  if (!total.defined())
    throw StateError(name() + ": there is no loss to train on; give one to compile(), or call add_loss()");
  return total;
}

Logs Model::compute_metrics(const Tensors&, const Tensors& y, const Tensors& y_pred, const Tensors& sample_weight) {
  training_->require_compiled("compute_metrics");
  training_->metrics->update_state(y, y_pred, sample_weight, training_->output_names());
  return get_metrics_result();
}

Logs Model::get_metrics_result() {
  Logs results;
  if (!compiled()) return results;
  const std::vector<std::string>& names = training_->metrics->names();
  const std::vector<Metric*> compiled_metrics = training_->metrics->metrics();
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
  metrics.push_back(training_->loss_tracker.get());
  const auto add = [&metrics](const std::vector<Metric*>& more) {
    metrics.insert(metrics.end(), more.begin(), more.end());
  };
  add(training_->metrics->metrics());
  if (training_->loss) add(training_->loss->metrics());
  return metrics;
}

}  // namespace cornu
