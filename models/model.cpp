#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/models/model.h>
#include <cornu/models/training/progress_bar.h>

namespace cornu {

namespace {

int64_t check_examples(const TensorList& x) {
  if (x.empty()) throw ValueError("predict: expected at least one input tensor");
  for (const Tensor& input : x) {
    if (input.rank() == 0)
      throw ShapeError("predict: the first axis of an input counts the examples; received a scalar");
    if (input.shape()[0] != x[0].shape()[0])
      throw ShapeError("predict: all inputs need the same number of examples; received " + x[0].shape().to_string() +
                       " and " + input.shape().to_string());
  }
  return x[0].shape()[0];
}

void check_options(const PredictOptions& options) {
  if (options.batch_size < 1)
    throw ValueError("predict: batch_size must be at least 1; received " + std::to_string(options.batch_size));
  if (options.steps && *options.steps < 1)
    throw ValueError("predict: steps must be at least 1; received " + std::to_string(*options.steps));
}

TensorList rows(const TensorList& x, int64_t start, int64_t stop) {
  TensorList part;
  for (const Tensor& input : x) part.push_back(input.slice({{start, stop}}));
  return part;
}

}  // namespace

TensorList Model::predict(const TensorList& x, const PredictOptions& options) {
  check_options(options);
  const int64_t examples = check_examples(x);
  const int64_t all = std::max<int64_t>(1, (examples + options.batch_size - 1) / options.batch_size);
  const int64_t steps = options.steps ? std::min(*options.steps, all) : all;
  const NoRecording unseen;
  std::optional<ProgressBar> bar;
  if (options.verbose != 0) bar.emplace(steps, options.verbose);
  if (steps == 1) {
    TensorList outputs =
        (*this)(examples <= options.batch_size ? x : rows(x, 0, options.batch_size), {.training = false});
    if (bar) bar->update(1);
    return outputs;
  }
  std::vector<TensorList> parts;  // by output
  for (int64_t step = 0; step < steps; ++step) {
    const int64_t start = step * options.batch_size;
    const TensorList outputs =
        (*this)(rows(x, start, std::min(start + options.batch_size, examples)), {.training = false});
    parts.resize(outputs.size());
    for (size_t i = 0; i < outputs.size(); ++i) parts[i].push_back(outputs[i]);
    if (bar) bar->update(step + 1);
  }
  TensorList outputs;
  for (const TensorList& part : parts) outputs.push_back(concat(part, 0));
  return outputs;
}

Tensor Model::predict(const Tensor& x, const PredictOptions& options) {
  TensorList outputs = predict(TensorList{x}, options);
  if (outputs.size() != 1)
    throw ValueError("predict: the model has " + std::to_string(outputs.size()) +
                     " outputs; give a TensorList to get them all");
  return std::move(outputs[0]);
}

}  // namespace cornu
