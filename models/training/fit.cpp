// fit(): epochs of training.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <tuple>

#include <cornu/core/error.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/models/training/callbacks/terminate_on_nan.h>
#include <cornu/models/training/internal/callback_list.h>
#include <cornu/models/training/internal/evaluation.h>
#include <cornu/models/training/internal/interrupt.h>
#include <cornu/models/training/internal/number_text.h>
#include <cornu/models/training/internal/training.h>
#include <cornu/models/training/keyboard_interrupt.h>

namespace cornu {

using callbacks::Callback;
using detail::first_batch;
using detail::FitState;
using detail::rows;
using detail::Step;
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
  require(options.validation_steps.value_or(1) >= 1,
          "validation_steps must be at least 1; received " + std::to_string(options.validation_steps.value_or(1)));
  require(options.validation_batch_size.value_or(1) >= 1,
          "validation_batch_size must be at least 1; received " +
              std::to_string(options.validation_batch_size.value_or(1)));
  require(options.validation_split >= 0 && options.validation_split < 1,
          "validation_split is the part of the samples that is kept for validation: at least 0 and below 1; received " +
              std::to_string(options.validation_split));
  for (const int64_t epoch : options.validation_freq)
    require(epoch >= 1, "validation_freq must be at least 1; received " + std::to_string(epoch));
  check_class_weights(options.class_weight, "fit");
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

int64_t validation_batch_size(const FitOptions& options) {
  return options.validation_batch_size.value_or(options.batch_size);
}

std::unique_ptr<BatchSource> validation_source(const Training& training, const ValidationData& validation,
                                               const FitOptions& options) {
  if (!validation.source()) return make_tensor_source(validation.tensors(), validation_batch_size(options), false);
  return make_source(*validation.source(), training.layout(training.loss != nullptr), {});
}

/// The first batch of a data set, which begins anew afterwards. Of a generator there is none that could be looked at.
std::optional<Batch> first_validation_batch(const Training& training, const ValidationData& validation,
                                            const FitOptions& options) {
  if (!validation.source())
    return first_batch(validation.tensors(), validation_batch_size(options), "fit: validation_data");
  if (!validation.source()->dataset()) return std::nullopt;
  EpochIterator data(validation_source(training, validation, options), options.validation_steps, "validation");
  if (!training.layout(true).is_known) return std::nullopt;
  data.begin_epoch();
  Batch first;
  data.next(first);
  return first;
}

/// What there is to find out about the data for validation before anything is trained.
void prepare_validation(Training& training, const ValidationData& validation, const FitOptions& options) {
  const NoRecording unseen;
  try {
    const std::optional<Batch> first = first_validation_batch(training, validation, options);
    if (!first) return;
    training.prepare(Step::test, *first, {validation.source() ? &*first : &validation.tensors()});
    if (!training.options.run_eagerly) return;
    (*training.test_function())(*first);
    training.model->reset_metrics();
  } catch (Error& error) {
    error.add_context("validation_data");
    throw;
  }
}

ValidationData validation_in_order(const Training& training, const ValidationData& given) {
  if (!given.is_given() || given.source()) return given;
  const Batch& samples = given.tensors();
  const Batch ordered = training.in_order(samples.x, samples.y, samples.sample_weight);
  if (sample_count(ordered, "fit: validation_data") == 0)
    throw ValueError("fit: validation_data has no samples; is it empty?");
  return {ordered.x, ordered.y, ordered.sample_weight};
}

bool validates_after(int64_t epoch, const Integers& frequency) {
  if (frequency.is_single()) return (epoch + 1) % frequency[0] == 0;
  return std::find(frequency.begin(), frequency.end(), epoch + 1) != frequency.end();
}

/// A fit that is under way.
class Fit {
 public:
  Fit(Training& training, std::unique_ptr<BatchSource> source, const FitOptions& options, ValidationData validation,
      bool checks_batches)
      : training_(training),
        model_(*training.model),
        options_(options),
        checks_batches_(checks_batches),
        validation_(std::move(validation)),
        data_(std::move(source), options.steps_per_epoch, "fit"),
        callbacks_(options.callbacks, model_,
                   {.verbose = options.verbose.level(), .epochs = options.epochs, .steps = data_.steps()}) {
    state_.data = &data_;
    state_.initial_epoch = options.initial_epoch;
    state_.validates = validation_.is_given();
  }
  ~Fit() { training_.fit = outer_; }

  History run() {
    const NoRecording unseen;
    const InterruptGuard guard;
    training_.fit = &state_;
    training_.history = {};
    model_.stop_training = false;
    Logs none;
    callbacks_.tell(&Callback::on_train_begin, none);
    for (state_.epoch = state_.initial_epoch; state_.epoch < options_.epochs; ++state_.epoch) {
      if (!run_epoch()) break;
      if (model_.stop_training || InterruptGuard::is_interrupted()) break;
    }
    if (training_.trained && options_.epochs > 0) training_.optimizer->finalize_variable_values(*training_.trained);
    callbacks_.tell(&Callback::on_train_end, logs_);
    if (InterruptGuard::is_interrupted())
      throw KeyboardInterrupt("fit: interrupted in epoch " + std::to_string(state_.epoch + 1) + " after step " +
                              std::to_string(data_.steps_done()) + "; callbacks have run, their files are complete");
    return history_;
  }

 private:
  /// False if there was no batch left.
  bool run_epoch() {
    const bool goes_on = state_.goes_on;
    if (!goes_on) model_.reset_metrics();
    state_.goes_on = false;
    data_.begin_epoch();
    Logs none;
    callbacks_.tell(&Callback::on_epoch_begin, state_.epoch, none);
    Logs last;
    has_run_ = false;
    while (run_steps(last) && !model_.stop_training && !InterruptGuard::is_interrupted()) {
    }
    if (!has_run_ && !goes_on) {
      std::fputs(
          "warning: fit: Your input ran out of data; interrupting training. Make sure that your data set or generator "
          "can give at least `steps_per_epoch * epochs` batches; Dataset::repeat() makes one without end\n",
          stderr);
      return false;
    }
    logs_ = has_run_ ? training_.epoch_logs(last) : model_.get_metrics_result().sorted();
    warn_of_nan();
    if (validation_.is_given() && validates_after(state_.epoch, options_.validation_freq) &&
        !InterruptGuard::is_interrupted())
      logs_.add(validate(), "val_");
    callbacks_.tell(&Callback::on_epoch_end, state_.epoch, logs_);
    history_.add(state_.epoch, logs_);
    training_.history = history_;
    return true;
  }

  /// The steps between two calls of the callbacks; false if there is no batch left.
  bool run_steps(Logs& last) {
    if (!data_.next(batch_)) return false;
    has_run_ = true;
    state_.batch = &batch_;
    Logs none;
    callbacks_.tell(&Callback::on_train_batch_begin, data_.steps_done() - 1, none);
    last = run_step();
    bool has_more = true;
    for (int64_t i = 1; i < training_.options.steps_per_execution && has_more; ++i)
      if ((has_more = data_.next(batch_))) last = run_step();
    callbacks_.tell(&Callback::on_train_batch_end, data_.steps_done() - 1, last);
    return has_more;
  }

  Logs run_step() {
    if (checks_batches_) training_.check_batch(Step::train, batch_, data_.steps_done() - 1);
    return (*training_.train_function())(batch_);
  }

  /// On the same samples each time.
  Logs validate() {
    EpochIterator data(validation_source(training_, validation_, options_), options_.validation_steps, "validation");
    if (has_validated_) data.may_be_empty();
    has_validated_ = true;
    Logs logs = detail::evaluate(training_, data, callbacks_, validation_.source().has_value());
    if (data.steps_done() == 0 && !InterruptGuard::is_interrupted())
      std::fprintf(stderr, "warning: fit: the data for validation has run out; epoch %lld is without it\n",
                   static_cast<long long>(state_.epoch + 1));
    return logs;
  }

  void warn_of_nan() {
    if (has_warned_ || !logs_.contains("loss") || logs_.tensor("loss").size() != 1 || std::isfinite(logs_["loss"]) ||
        callbacks_.has<callbacks::TerminateOnNaN>())
      return;
    has_warned_ = true;
    std::fprintf(stderr,
                 "warning: fit: the loss of epoch %lld is not finite (%s); callbacks::TerminateOnNaN ends training "
                 "where that begins, and says where it comes from\n",
                 static_cast<long long>(state_.epoch + 1), number_text(logs_["loss"]).c_str());
  }

  Training& training_;
  Model& model_;
  const FitOptions& options_;
  const bool checks_batches_;
  const ValidationData validation_;
  EpochIterator data_;
  CallbackList callbacks_;
  FitState state_;
  FitState* const outer_ = training_.fit;
  Batch batch_;
  Logs logs_;  // of the last epoch
  History history_;
  bool has_run_ = false;  // a step of this epoch
  bool has_validated_ = false, has_warned_ = false;
};

}  // namespace

History Model::fit(const Tensors& x, const Tensors& y, const FitOptions& options) {
  Training& training = training_state();
  training.require_trainable("fit");
  check_options(options);
  Batch samples = training.in_order(x, y, options.sample_weight);
  if (sample_count(samples, "fit") == 0) throw ValueError("fit: there are no samples; x is empty");
  ValidationData validation = validation_in_order(training, options.validation_data);
  if (!validation.is_given() && options.validation_split > 0) {
    Batch kept;
    std::tie(samples, kept) = split(samples, options.validation_split);
    validation = {kept.x, kept.y, kept.sample_weight};
  }
  apply_class_weights(samples, options.class_weight, "fit");
  std::vector<const Batch*> checked{&samples};
  if (validation.is_given() && !validation.source()) checked.push_back(&validation.tensors());
  training.prepare(Step::train, first_batch(samples, options.batch_size, "fit"), checked);
  if (validation.is_given()) prepare_validation(training, validation, options);
  return Fit(training, make_tensor_source(samples, options.batch_size, options.shuffle), options, std::move(validation),
             false)
      .run();
}

History Model::fit(const Tensors& x, const FitOptions& options) { return fit(x, Tensors(), options); }

History Model::fit(const DataSource& data, const FitOptions& options) {
  Training& training = training_state();
  training.require_trainable("fit");
  check_options(options);
  if (options.validation_split > 0)
    throw ValueError("fit: validation_split works on tensors only; give validation_data");
  if (!options.sample_weight.empty())
    throw ValueError("fit: sample_weight works on tensors only; let the batches have weights behind the targets");
  ValidationData validation = validation_in_order(training, options.validation_data);
  if (validation.is_given()) prepare_validation(training, validation, options);
  return Fit(training, make_source(data, training.layout(training.loss != nullptr), options.class_weight), options,
             std::move(validation), true)
      .run();
}

const History& Model::history() const { return training_state().history; }

}  // namespace cornu
