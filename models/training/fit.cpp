// fit(): epochs of training.
#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

#include <cornu/core/error.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/models/training/internal/callback_list.h>
#include <cornu/models/training/internal/evaluation.h>
#include <cornu/models/training/internal/interrupt.h>
#include <cornu/models/training/internal/training.h>
#include <cornu/models/training/keyboard_interrupt.h>

namespace cornu {

using callbacks::Callback;
using detail::FitState;
using detail::Training;

namespace {

void check_options(const FitOptions& options) {
  const auto require = [](bool holds, const std::string& what) {
    if (!holds) throw ValueError("fit: " + what);
  };
  require(options.batch_size >= 1, "batch_size must be at least 1; received " + std::to_string(options.batch_size));
  require(options.epochs >= 0, "epochs must not be negative; received " + std::to_string(options.epochs));
  require(options.initial_epoch >= 0,
          "initial_epoch must not be negative; received " + std::to_string(options.initial_epoch));
  require(options.steps_per_epoch.value_or(1) >= 1,
          "steps_per_epoch must be at least 1; received " + std::to_string(options.steps_per_epoch.value_or(1)));
  require(options.validation_split >= 0 && options.validation_split < 1,
          "validation_split is the part of the samples that is kept for validation: at least 0 and below 1; received " +
              std::to_string(options.validation_split));
  for (const int64_t epoch : options.validation_freq)
    require(epoch >= 1, "validation_freq must be at least 1; received " + std::to_string(epoch));
}

Tensors rows(const Tensors& tensors, int64_t start, int64_t stop) {
  Tensors part;
  for (const Tensor& tensor : tensors) part.push_back(tensor.slice({{start, stop}}));
  return part;
}

Batch rows(const Batch& samples, int64_t start, int64_t stop) {
  return {rows(samples.x, start, stop), rows(samples.y, start, stop), rows(samples.sample_weight, start, stop)};
}

/// Samples for training and validation: the last part of them.
std::pair<Batch, Batch> split(const Batch& samples, double validation_split) {
  const int64_t count = sample_count(samples, "fit");
  const auto at = static_cast<int64_t>(std::floor(static_cast<double>(count) * (1 - validation_split)));
  if (at == 0 || at == count)
    throw ValueError("fit: " + std::to_string(count) +
                     " samples cannot be split for training and validation with validation_split = " +
                     std::to_string(validation_split) + "; give more samples or another part");
  return {rows(samples, 0, at), rows(samples, at, count)};
}

/// Builds and traces what batches like this one need, so that what does not fit is found before anything is trained.
void prepare(Training& training, const Batch& batch) {
  const NoRecording unseen;
  if (training.options.run_eagerly && !training.model->built())
    (*training.model)(batch.x, {.training = false});
  else
    training.train_function().prepare(batch);
}

bool validates_after(int64_t epoch, const Integers& frequency) {
  if (frequency.is_single()) return (epoch + 1) % frequency[0] == 0;
  return std::find(frequency.begin(), frequency.end(), epoch + 1) != frequency.end();
}

/// A fit that is under way.
class Fit {
 public:
  Fit(Training& training, std::unique_ptr<BatchSource> source, const FitOptions& options, ValidationData validation)
      : training_(training),
        model_(*training.model),
        options_(options),
        validation_(std::move(validation)),
        data_(std::move(source), options.steps_per_epoch, "fit"),
        callbacks_(options.callbacks, model_,
                   {.verbose = options.verbose.level(), .epochs = options.epochs, .steps = data_.steps()}, true) {
    state_.data = &data_;
    state_.initial_epoch = options.initial_epoch;
    state_.validates = validation_.is_given();
  }
  ~Fit() { training_.fit = outer_; }

  History run() {
    const NoRecording unseen;
    const InterruptGuard guard;
    training_.fit = &state_;
    model_.stop_training = false;
    Logs none;
    callbacks_.tell(&Callback::on_train_begin, none);
    for (state_.epoch = state_.initial_epoch; state_.epoch < options_.epochs; ++state_.epoch) {
      run_epoch();
      if (model_.stop_training || InterruptGuard::is_interrupted()) break;
    }
    if (training_.trained && options_.epochs > 0) training_.optimizer->finalize_variable_values(*training_.trained);
    callbacks_.tell(&Callback::on_train_end, logs_);
    training_.history = *callbacks_.history();
    if (InterruptGuard::is_interrupted())
      throw KeyboardInterrupt("fit: interrupted in epoch " + std::to_string(state_.epoch + 1) + " after step " +
                              std::to_string(data_.steps_done()) + "; callbacks have run, their files are complete");
    return training_.history;
  }

 private:
  void run_epoch() {
    if (!state_.goes_on) model_.reset_metrics();
    state_.goes_on = false;
    data_.begin_epoch();
    Logs none;
    callbacks_.tell(&Callback::on_epoch_begin, state_.epoch, none);
    logs_ = {};
    while (run_steps() && !model_.stop_training && !InterruptGuard::is_interrupted()) {
    }
    logs_ = training_.epoch_logs(logs_);
    if (validation_.is_given() && validates_after(state_.epoch, options_.validation_freq) &&
        !InterruptGuard::is_interrupted())
      logs_.add(validate(), "val_");
    callbacks_.tell(&Callback::on_epoch_end, state_.epoch, logs_);
  }

  /// The steps between two calls of the callbacks; false if there is no batch left.
  bool run_steps() {
    if (!data_.next(batch_)) return false;
    state_.batch = &batch_;
    const int64_t first = data_.steps_done() - 1;
    Logs none;
    callbacks_.tell(&Callback::on_train_batch_begin, first, none);
    const StepFunction& step = training_.train_function();
    logs_ = step(batch_);
    bool has_more = true;
    for (int64_t i = 1; i < training_.options.steps_per_execution; ++i) {
      has_more = data_.next(batch_);
      if (!has_more) break;
      logs_ = step(batch_);
    }
    callbacks_.tell(&Callback::on_train_batch_end, data_.steps_done() - 1, logs_);
    return has_more;
  }

  /// On the same samples each time.
  Logs validate() {
    const int64_t batch_size = options_.validation_batch_size.value_or(options_.batch_size);
    EpochIterator data(validation_.source() ? make_source(*validation_.source(), training_.layout(), {})
                                            : make_tensor_source(validation_.tensors(), batch_size, false),
                       options_.validation_steps, "validation");
    return detail::evaluate(training_, data, callbacks_);
  }

  Training& training_;
  Model& model_;
  const FitOptions& options_;
  const ValidationData validation_;
  EpochIterator data_;
  CallbackList callbacks_;
  FitState state_;
  FitState* const outer_ = training_.fit;
  Batch batch_;
  Logs logs_;
};

}  // namespace

History Model::fit(const Tensors& x, const Tensors& y, const FitOptions& options) {
  training_->require_compiled("fit");
  check_options(options);
  Batch samples = training_->in_order(x, y, options.sample_weight);
  if (sample_count(samples, "fit") == 0) throw ValueError("fit: there are no samples; x is empty");
  ValidationData validation = options.validation_data;
  if (validation.is_given() && !validation.source()) {
    const Batch& given = validation.tensors();
    const Batch ordered = training_->in_order(given.x, given.y, given.sample_weight);
    sample_count(ordered, "fit: validation_data");
    validation = {ordered.x, ordered.y, ordered.sample_weight};
  } else if (!validation.is_given() && options.validation_split > 0) {
    Batch kept;
    std::tie(samples, kept) = split(samples, options.validation_split);
    validation = {kept.x, kept.y, kept.sample_weight};
  }
  apply_class_weights(samples, options.class_weight, "fit");
  prepare(*training_, rows(samples, 0, std::min(sample_count(samples, "fit"), options.batch_size)));
  training_->check_labels(samples);
  return Fit(*training_, make_tensor_source(samples, options.batch_size, options.shuffle), options,
             std::move(validation))
      .run();
}

History Model::fit(const DataSource& data, const FitOptions& options) {
  training_->require_compiled("fit");
  check_options(options);
  if (options.validation_split > 0)
    throw ValueError("fit: validation_split works on tensors only; give validation_data");
  if (!options.sample_weight.empty())
    throw ValueError("fit: sample_weight works on tensors only; let the batches have weights behind the targets");
  return Fit(*training_, make_source(data, training_->layout(), options.class_weight), options, options.validation_data)
      .run();
}

const History& Model::history() const { return training_->history; }

}  // namespace cornu
