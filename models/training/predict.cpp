// predict(): the outputs for all samples.
#include <algorithm>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/models/training/internal/callback_list.h>
#include <cornu/models/training/internal/interrupt.h>
#include <cornu/models/training/internal/training.h>
#include <cornu/models/training/keyboard_interrupt.h>

namespace cornu {

using callbacks::Callback;
using detail::Training;

namespace {

void check_options(const PredictOptions& options) {
  if (options.batch_size < 1)
    throw ValueError("predict: batch_size must be at least 1; received " + std::to_string(options.batch_size));
  if (options.steps && *options.steps < 1)
    throw ValueError("predict: steps must be at least 1; received " + std::to_string(*options.steps));
}

/// One execution without anything around it.
TensorList predict_one_batch(Training& training, const Batch& batch) {
  const NoRecording unseen;
  return (*training.predict_function())(batch).tensors();
}

class Prediction {
 public:
  Prediction(Training& training, EpochIterator& data) : training_(training), data_(data) {}

  /// The steps between two calls of the callbacks; false if there is no batch left.
  bool run_steps(const CallbackList& callbacks) {
    if (!data_.next(batch_)) return false;
    Logs none;
    callbacks.tell(&Callback::on_predict_batch_begin, data_.steps_done() - 1, none);
    Logs outputs = run_step();
    bool has_more = true;
    for (int64_t i = 1; i < training_.options.steps_per_execution && has_more; ++i)
      if ((has_more = data_.next(batch_))) outputs = run_step();
    callbacks.tell(&Callback::on_predict_batch_end, data_.steps_done() - 1, outputs);
    return has_more;
  }

  TensorList outputs() const {
    TensorList outputs;
    for (const TensorList& part : parts_) outputs.push_back(part.size() == 1 ? part[0] : concat(part, 0));
    return outputs;
  }

 private:
  Logs run_step() {
    Logs outputs = (*training_.predict_function())(batch_);
    parts_.resize(outputs.size());
    for (size_t i = 0; i < outputs.size(); ++i) parts_[i].push_back(outputs.tensors()[i]);
    return outputs;
  }

  Training& training_;
  EpochIterator& data_;
  Batch batch_;
  std::vector<TensorList> parts_;  // by output
};

TensorList predict_all(Training& training, EpochIterator& data, const PredictOptions& options) {
  const NoRecording unseen;
  const InterruptGuard guard;
  const CallbackList callbacks(options.callbacks, *training.model,
                               {.verbose = options.verbose.level(), .epochs = 1, .steps = data.steps()});
  Logs none;
  callbacks.tell(&Callback::on_predict_begin, none);
  data.begin_epoch();
  Prediction prediction(training, data);
  while (!InterruptGuard::is_interrupted() && prediction.run_steps(callbacks)) {
  }
  callbacks.tell(&Callback::on_predict_end, none);
  if (InterruptGuard::is_interrupted())
    throw KeyboardInterrupt("predict: interrupted after step " + std::to_string(data.steps_done()));
  return prediction.outputs();
}

Tensor only(TensorList outputs) {
  if (outputs.size() != 1)
    throw ValueError("predict: the model has " + std::to_string(outputs.size()) +
                     " outputs; give a TensorList to get them all");
  return std::move(outputs[0]);
}

}  // namespace

TensorList Model::predict(const TensorList& x, const PredictOptions& options) {
  check_options(options);
  const Batch samples{.x = x};
  const int64_t count = sample_count(samples, "predict");
  const bool is_one_batch = count <= options.batch_size;
  if (is_one_batch && options.verbose.level() == 0 && options.callbacks.empty())
    return predict_one_batch(training_state(), samples);
  if (count == 0) return predict_one_batch(training_state(), samples);
  std::unique_ptr<BatchSource> source = make_tensor_source(samples, options.batch_size, false);
  std::optional<int64_t> steps = options.steps;
  if (steps) steps = std::min(*steps, *source->batch_count());
  EpochIterator data(std::move(source), steps, "predict");
  return predict_all(training_state(), data, options);
}

Tensor Model::predict(const Tensor& x, const PredictOptions& options) { return only(predict(TensorList{x}, options)); }

TensorDict Model::predict(const TensorDict& x, const PredictOptions& options) {
  const std::vector<std::string> inputs = input_names(), names = output_names();
  if (inputs.empty() || names.empty())
    throw StateError(name() + ": predict: the inputs and outputs of this model have no names; give a TensorList");
  const TensorList outputs = predict(x.in_order(inputs), options);
  TensorDict named;
  for (size_t i = 0; i < outputs.size(); ++i) named.add(names.at(i), outputs[i]);
  return named;
}

TensorList Model::predict(const DataSource& data, const PredictOptions& options) {
  check_options(options);
  EpochIterator batches(make_source(data, training_state().layout(false), {}), options.steps, "predict");
  return predict_all(training_state(), batches, options);
}

Tensors Model::predict_on_batch(const Tensors& x) {
  const Batch batch{.x = x.in_order_of(x.names().empty() ? x.names() : input_names(), "x")};
  sample_count(batch, "predict_on_batch");
  return predict_one_batch(training_state(), batch);
}

}  // namespace cornu
