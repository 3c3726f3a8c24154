// evaluate(), and what is done with single batches.
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/models/training/internal/evaluation.h>
#include <cornu/models/training/internal/interrupt.h>
#include <cornu/models/training/keyboard_interrupt.h>

namespace cornu {

using callbacks::Callback;

namespace detail {

Logs evaluate(Training& training, EpochIterator& data, const CallbackList& callbacks) {
  const NoRecording unseen;
  const StepFunction& step = training.test_function();
  Logs none, logs;
  callbacks.tell(&Callback::on_test_begin, none);
  training.model->reset_metrics();
  data.begin_epoch();
  Batch batch;
  bool has_more = true;
  while (has_more && !InterruptGuard::is_interrupted()) {
    if (!data.next(batch)) break;
    callbacks.tell(&Callback::on_test_batch_begin, data.steps_done() - 1, none);
    logs = step(batch);
    for (int64_t i = 1; i < training.options.steps_per_execution && has_more; ++i)
      if ((has_more = data.next(batch))) logs = step(batch);
    callbacks.tell(&Callback::on_test_batch_end, data.steps_done() - 1, logs);
  }
  logs = training.epoch_logs(logs);
  callbacks.tell(&Callback::on_test_end, logs);
  return logs;
}

}  // namespace detail

namespace {

Logs run_evaluation(detail::Training& training, std::unique_ptr<BatchSource> source, const EvaluateOptions& options) {
  const InterruptGuard guard;
  EpochIterator data(std::move(source), options.steps, "evaluate");
  const CallbackList callbacks(options.callbacks, *training.model,
                               {.verbose = options.verbose.level(), .epochs = 1, .steps = data.steps()}, false);
  Logs logs = detail::evaluate(training, data, callbacks);
  if (InterruptGuard::is_interrupted())
    throw KeyboardInterrupt("evaluate: interrupted after step " + std::to_string(data.steps_done()));
  return logs;
}

Batch one_batch(const detail::Training& training, const Tensors& x, const Tensors& y,
                const TrainOnBatchOptions& options, const char* where) {
  training.require_compiled(where);
  Batch batch = training.in_order(x, y, options.sample_weight);
  if (sample_count(batch, where) == 0) throw ValueError(std::string(where) + ": there are no samples; x is empty");
  apply_class_weights(batch, options.class_weight, where);
  return batch;
}

}  // namespace

Logs Model::evaluate(const Tensors& x, const Tensors& y, const EvaluateOptions& options) {
  training_->require_compiled("evaluate");
  if (options.batch_size < 1)
    throw ValueError("evaluate: batch_size must be at least 1; received " + std::to_string(options.batch_size));
  const Batch samples = training_->in_order(x, y, options.sample_weight);
  if (sample_count(samples, "evaluate") == 0) throw ValueError("evaluate: there are no samples; x is empty");
  return run_evaluation(*training_, make_tensor_source(samples, options.batch_size, false), options);
}

Logs Model::evaluate(const DataSource& data, const EvaluateOptions& options) {
  training_->require_compiled("evaluate");
  if (!options.sample_weight.empty())
    throw ValueError("evaluate: sample_weight works on tensors only; let the batches have weights behind the targets");
  return run_evaluation(*training_, make_source(data, training_->layout(), {}), options);
}

Logs Model::train_on_batch(const Tensors& x, const Tensors& y, const TrainOnBatchOptions& options) {
  const Batch batch = one_batch(*training_, x, y, options, "train_on_batch");
  const NoRecording unseen;
  return training_->train_function()(batch);
}

Logs Model::test_on_batch(const Tensors& x, const Tensors& y, const TrainOnBatchOptions& options) {
  const Batch batch = one_batch(*training_, x, y, options, "test_on_batch");
  const NoRecording unseen;
  return training_->test_function()(batch);
}

}  // namespace cornu
