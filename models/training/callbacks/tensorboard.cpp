#include <filesystem>

#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/summary/summary.h>
#include <cornu/core/summary/trace.h>
#include <cornu/models/training/callbacks/tensorboard.h>
#include <cornu/models/training/internal/seconds_now.h>
#include <cornu/models/training/internal/training.h>

namespace cornu::callbacks {

namespace {

bool is_of_validation(const std::string& name) { return name.rfind("val_", 0) == 0; }

/// A weight as Keras shows it: a matrix as one grey picture with the longer side across, [0, 1] by its range.
Tensor as_image(const Tensor& weight) {
  Tensor image = squeeze(weight);
  if (image.rank() == 1) image = reshape(image, {1, image.shape()[0], 1, 1});
  if (image.rank() == 2) {
    if (image.shape()[0] > image.shape()[1]) image = transpose(image);
    image = reshape(image, {1, image.shape()[0], image.shape()[1], 1});
  }
  if (image.rank() == 3) image = reshape(image, {image.shape()[0], image.shape()[1], image.shape()[2], 1});
  if (image.rank() != 4 || (image.shape()[3] != 1 && image.shape()[3] != 3 && image.shape()[3] != 4)) return {};
  const Tensor low = reduce_min(image), range = reduce_max(image) - low;
  return (image - low) / maximum(range, 1e-12f);
}

}  // namespace

UpdateFrequency::UpdateFrequency(const char* moment) {
  const std::string text = moment ? moment : "";
  if (text != "epoch" && text != "batch")
    throw ValueError("TensorBoard: update_freq must be \"epoch\", \"batch\" or a number of batches; received '" + text +
                     "'");
  batches_ = text == "batch" ? 1 : 0;
}

UpdateFrequency::UpdateFrequency(int batches) : batches_(batches) {
  if (batches < 1)
    throw ValueError("TensorBoard: update_freq must be at least 1 batch; received " + std::to_string(batches));
}

struct TensorBoard::State {
  std::string log_dir;
  std::optional<summary::FileWriter> train, validation;
  int64_t batches = 0;  // over the whole run
  double epoch_start = 0;
  int64_t batches_before_epoch = 0;
  bool has_graph = false, is_profiling = false;

  summary::FileWriter& train_writer() {
    if (!train) train.emplace((std::filesystem::path(log_dir) / "train").string());
    return *train;
  }
  summary::FileWriter& validation_writer() {
    if (!validation) validation.emplace((std::filesystem::path(log_dir) / "validation").string());
    return *validation;
  }
  void end_profile() {
    is_profiling = false;
    const auto scope = train_writer().as_default();
    summary::trace_export("profile",
                          {.step = batches, .profiler_outdir = (std::filesystem::path(log_dir) / "train").string()});
  }
  void write_weights(const Model& model, int64_t epoch, bool with_images) {
    const auto scope = train_writer().as_default(epoch);
    for (const Variable& weight : model.weights()) {
      summary::histogram(weight.path() + "/histogram", weight.peek());
      if (!with_images) continue;
      const Tensor image = as_image(weight.peek());
      if (image.defined()) summary::image(weight.path() + "/image", image);
    }
  }
};

TensorBoard::TensorBoard(const Options& options) : options_(options) {
  if (options.log_dir.empty()) throw ValueError("TensorBoard: log_dir is empty");
  if (options.histogram_freq < 0)
    throw ValueError("TensorBoard: histogram_freq must not be negative; received " +
                     std::to_string(options.histogram_freq));
}

void TensorBoard::begin(bool is_training) {
  is_training_ = is_training;
  state_ = std::make_shared<State>();
  state_->log_dir = options_.log_dir;
}

void TensorBoard::on_train_begin(Logs&) {
  begin(true);
  state_->train_writer();
}

void TensorBoard::on_train_end(Logs&) {
  if (!state_) return;
  if (state_->is_profiling) state_->end_profile();
  if (state_->train) state_->train->close();
  if (state_->validation) state_->validation->close();
  state_.reset();
  is_training_ = false;
}

void TensorBoard::on_epoch_begin(int64_t, Logs&) {
  state_->epoch_start = seconds_now();
  state_->batches_before_epoch = state_->batches;
}

void TensorBoard::on_epoch_end(int64_t epoch, Logs& logs) {
  Logs of_training, of_validation;
  for (size_t i = 0; i < logs.size(); ++i) {
    const std::string& name = logs.names()[i];
    if (is_of_validation(name))
      of_validation.set(name.substr(4), logs.tensors()[i]);
    else
      of_training.set(name, logs.tensors()[i]);
  }
  of_training.set("learning_rate", model().optimizer().learning_rate());
  if (options_.write_steps_per_second)
    of_training.set("steps_per_second", static_cast<double>(state_->batches - state_->batches_before_epoch) /
                                            (seconds_now() - state_->epoch_start));
  {
    const auto scope = state_->train_writer().as_default();
    for (const auto& [name, value] : of_training.items()) summary::scalar("epoch_" + name, value, epoch);
  }
  if (!of_validation.empty()) {
    const auto scope = state_->validation_writer().as_default();
    for (const auto& [name, value] : of_validation.items()) summary::scalar("epoch_" + name, value, epoch);
  }
  if (options_.histogram_freq > 0 && epoch % options_.histogram_freq == 0)
    state_->write_weights(model(), epoch, options_.write_images);
  state_->train_writer().flush();
  if (state_->validation) state_->validation->flush();
}

void TensorBoard::on_train_batch_begin(int64_t, Logs&) {
  ++state_->batches;
  if (!options_.profile_batch.begins_with(state_->batches)) return;
  summary::trace_on({.graph = false, .profiler = true});
  state_->is_profiling = true;
}

void TensorBoard::on_train_batch_end(int64_t batch, Logs& logs) {
  if (state_->is_profiling && options_.profile_batch.ends_with(state_->batches)) state_->end_profile();
  const detail::FitState* fit = model().training_state().fit;
  if (options_.write_graph && !state_->has_graph && fit && fit->batch) {
    state_->has_graph = true;
    const auto traced = model().training_state().train_function()->concrete(*fit->batch);
    const auto scope = state_->train_writer().as_default(int64_t{0});
    if (traced) summary::graph(*traced);
  }
  if (!options_.update_freq.is_due(batch)) return;
  const auto scope = state_->train_writer().as_default();
  for (const auto& [name, value] : logs.items()) summary::scalar("batch_" + name, value, state_->batches - 1);
}

void TensorBoard::on_test_begin(Logs&) {
  if (!is_training_) begin(false);
}

void TensorBoard::on_test_end(Logs& logs) {
  {
    const auto scope = state_->validation_writer().as_default();
    for (const auto& [name, value] : logs.items())
      summary::scalar("evaluation_" + name + "_vs_iterations", value, model().optimizer().iterations());
  }
  if (is_training_) return;
  state_->validation->close();
  state_.reset();
}

}  // namespace cornu::callbacks
