// What is looked at before anything is trained.
#include <algorithm>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/graph/function.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/models/training/internal/training.h>

namespace cornu::detail {

namespace {

Tensors rows(const Tensors& tensors, int64_t start, int64_t stop) {
  Tensors part;
  for (const Tensor& tensor : tensors) part.push_back(tensor.slice({{start, stop}}));
  return part;
}

}  // namespace

Batch rows(const Batch& samples, int64_t start, int64_t stop) {
  return {rows(samples.x, start, stop), rows(samples.y, start, stop), rows(samples.sample_weight, start, stop)};
}

Batch first_batch(const Batch& samples, int64_t batch_size, const char* where) {
  return rows(samples, 0, std::min(sample_count(samples, where), batch_size));
}

void Training::prepare_eagerly(const Batch& first) {
  if (model->built() && (!loss || loss->built())) return;
  const Tensors y_pred = (*model)(first.x, {.training = false});
  if (loss && first.y.size() == y_pred.size()) loss->ensure_built(first.y, y_pred, output_names());
}

void Training::prepare(Step step, const Batch& first, const std::vector<const Batch*>& samples) {
  const NoRecording unseen;
  bool are_checked = false;
  std::optional<ValueError> wrong_labels;
  const auto check = [&] {
    for (const Batch* batch : samples) check_labels(*batch);
    are_checked = true;
  };
  if (options.run_eagerly || functions_run_eagerly()) {
    prepare_eagerly(first);
    check();
    return;
  }
  // Within the trace: an error takes back what it has built.
  at_end_of_trace = [&] {
    try {
      check();
    } catch (const ValueError& error) {
      wrong_labels = error;
      throw;
    }
  };
  try {
    (step == Step::train ? train_function() : test_function())->prepare(first);
  } catch (...) {
    at_end_of_trace = nullptr;
    if (wrong_labels) throw ValueError(*wrong_labels);
    throw;
  }
  at_end_of_trace = nullptr;
  if (!are_checked) check();
}

void Training::check_batch(Step step, const Batch& batch, std::optional<int64_t> number) {
  if (!loss) return;
  try {
    if (loss->built())
      check_labels(batch);
    else
      prepare(step, batch, {&batch});
  } catch (Error& error) {
    if (number) error.add_context("batch " + std::to_string(*number));
    throw;
  }
}

void Training::check_labels(const Batch& samples) const {
  if (!loss || layers_changed || !model->built() || samples.y.size() != model->output_specs().size()) return;
  for (size_t i = 0; i < samples.y.size(); ++i) loss->check_labels(i, samples.y[i]);
}

}  // namespace cornu::detail
