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

namespace {

class Evaluation {
 public:
  Evaluation(Training& training, EpochIterator& data, bool checks_batches)
      : training_(training), data_(data), checks_batches_(checks_batches) {}

  /// The steps between two calls of the callbacks; false if there is no batch left.
  bool run_steps(const CallbackList& callbacks) {
    if (!data_.next(batch_)) return false;
    Logs none;
    callbacks.tell(&Callback::on_test_batch_begin, data_.steps_done() - 1, none);
    run_step();
    bool has_more = true;
    for (int64_t i = 1; i < training_.options.steps_per_execution && has_more; ++i)
      if ((has_more = data_.next(batch_))) run_step();
    callbacks.tell(&Callback::on_test_batch_end, data_.steps_done() - 1, logs);
    return has_more;
  }

  Logs logs;

 private:
  void run_step() {
    if (checks_batches_) training_.check_batch(Step::test, batch_, data_.steps_done() - 1);
    logs = (*training_.test_function())(batch_);
  }

  Training& training_;
  EpochIterator& data_;
  const bool checks_batches_;
  Batch batch_;
};

}  // namespace

Logs evaluate(Training& training, EpochIterator& data, const CallbackList& callbacks, bool checks_batches) {
  const NoRecording unseen;
  Logs none;
  callbacks.tell(&Callback::on_test_begin, none);
  training.model->reset_metrics();
  data.begin_epoch();
  Evaluation evaluation(training, data, checks_batches);
  while (!InterruptGuard::is_interrupted() && evaluation.run_steps(callbacks)) {
  }
  Logs logs = data.steps_done() > 0 ? training.epoch_logs(evaluation.logs) : Logs();
  callbacks.tell(&Callback::on_test_end, logs);
  return logs;
}

}  // namespace detail

namespace {

Logs run_evaluation(detail::Training& training, std::unique_ptr<BatchSource> source, const EvaluateOptions& options,
                    bool checks_batches) {
  const InterruptGuard guard;
  EpochIterator data(std::move(source), options.steps, "evaluate");
  const CallbackList callbacks(options.callbacks, *training.model,
                               {.verbose = options.verbose.level(), .epochs = 1, .steps = data.steps()});
  Logs logs = detail::evaluate(training, data, callbacks, checks_batches);
  if (InterruptGuard::is_interrupted())
    throw KeyboardInterrupt("evaluate: interrupted after step " + std::to_string(data.steps_done()));
  return logs;
}

/// Checked as the samples of fit() are.
Batch one_batch(detail::Training& training, const Tensors& x, const Tensors& y, const TrainOnBatchOptions& options,
                detail::Step step, const char* where) {
  if (step == detail::Step::train)
    training.require_trainable(where);
  else
    training.require_compiled(where);
  Batch batch = training.in_order(x, y, options.sample_weight);
  if (sample_count(batch, where) == 0) throw ValueError(std::string(where) + ": there are no samples; x is empty");
  check_class_weights(options.class_weight, where);
  apply_class_weights(batch, options.class_weight, where);
  training.check_batch(step, batch);
  return batch;
}

}  // namespace

Logs Model::evaluate(const Tensors& x, const Tensors& y, const EvaluateOptions& options) {
  detail::Training& training = training_state();
  training.require_compiled("evaluate");
  if (options.batch_size < 1)
    throw ValueError("evaluate: batch_size must be at least 1; received " + std::to_string(options.batch_size));
  const Batch samples = training.in_order(x, y, options.sample_weight);
  if (sample_count(samples, "evaluate") == 0) throw ValueError("evaluate: there are no samples; x is empty");
  training.prepare(detail::Step::test, detail::first_batch(samples, options.batch_size, "evaluate"), {&samples});
  return run_evaluation(training, make_tensor_source(samples, options.batch_size, false), options, false);
}

Logs Model::evaluate(const Tensors& x, const EvaluateOptions& options) { return evaluate(x, Tensors(), options); }

Logs Model::evaluate(const DataSource& data, const EvaluateOptions& options) {
  detail::Training& training = training_state();
  training.require_compiled("evaluate");
  if (!options.sample_weight.empty())
    throw ValueError("evaluate: sample_weight works on tensors only; let the batches have weights behind the targets");
  return run_evaluation(training, make_source(data, training.layout(training.loss != nullptr), {}), options, true);
}

Logs Model::train_on_batch(const Tensors& x, const Tensors& y, const TrainOnBatchOptions& options) {
  const Batch batch = one_batch(training_state(), x, y, options, detail::Step::train, "train_on_batch");
  const NoRecording unseen;
  return (*training_state().train_function())(batch);
}

Logs Model::test_on_batch(const Tensors& x, const Tensors& y, const TrainOnBatchOptions& options) {
  const Batch batch = one_batch(training_state(), x, y, options, detail::Step::test, "test_on_batch");
  const NoRecording unseen;
  return (*training_state().test_function())(batch);
}

}  // namespace cornu
