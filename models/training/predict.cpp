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
  return training.predict_function()(batch).tensors();
}

TensorList predict_all(Training& training, EpochIterator& data, const PredictOptions& options) {
  const NoRecording unseen;
  const InterruptGuard guard;
  const CallbackList callbacks(options.callbacks, *training.model,
                               {.verbose = options.verbose.level(), .epochs = 1, .steps = data.steps()}, false);
  const StepFunction& step = training.predict_function();
  Logs none;
  callbacks.tell(&Callback::on_predict_begin, none);
  data.begin_epoch();
  Batch batch;
  std::vector<TensorList> parts;  // by output
  while (!InterruptGuard::is_interrupted() && data.next(batch)) {
    const int64_t number = data.steps_done() - 1;
    callbacks.tell(&Callback::on_predict_batch_begin, number, none);
    Logs outputs = step(batch);
    parts.resize(outputs.size());
    for (size_t i = 0; i < outputs.size(); ++i) parts[i].push_back(outputs.tensors()[i]);
    callbacks.tell(&Callback::on_predict_batch_end, number, outputs);
  }
  callbacks.tell(&Callback::on_predict_end, none);
  if (InterruptGuard::is_interrupted())
    throw KeyboardInterrupt("predict: interrupted after step " + std::to_string(data.steps_done()));
  TensorList outputs;
  for (const TensorList& part : parts) outputs.push_back(part.size() == 1 ? part[0] : concat(part, 0));
  return outputs;
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
    return predict_one_batch(*training_, samples);
  if (count == 0) return predict_one_batch(*training_, samples);
  const int64_t batches = (count + options.batch_size - 1) / options.batch_size;
  const std::optional<int64_t> steps = options.steps ? std::optional(std::min(*options.steps, batches)) : std::nullopt;
  EpochIterator data(make_tensor_source(samples, options.batch_size, false), steps, "predict");
  return predict_all(*training_, data, options);
}

Tensor Model::predict(const Tensor& x, const PredictOptions& options) { return only(predict(TensorList{x}, options)); }

TensorList Model::predict(const DataSource& data, const PredictOptions& options) {
  check_options(options);
  EpochIterator batches(make_source(data, training_->layout(), {}), options.steps, "predict");
  return predict_all(*training_, batches, options);
}

Tensors Model::predict_on_batch(const Tensors& x) {
  const Batch batch{.x = x.in_order_of(x.names().empty() ? x.names() : input_names(), "x")};
  sample_count(batch, "predict_on_batch");
  return predict_one_batch(*training_, batch);
}

}  // namespace cornu
