#include <filesystem>
#include <functional>

#include <cornu/core/error.h>
#include <cornu/core/train/checkpoint_manager.h>
#include <cornu/models/training/callbacks/backup_and_restore.h>
#include <cornu/models/training/internal/interrupt.h>
#include <cornu/models/training/internal/training.h>

namespace cornu::callbacks {

namespace {

/// What there is to a run besides model and optimizer.
class Progress : public Trackable {
 public:
  explicit Progress(detail::Training& training) : training_(training) {}

  TrackableContents contents() override {
    TrackableContents contents;
    contents.variables.push_back({"random", random::global_generator().state()});
    const std::vector<Metric*> metrics = training_.model->metrics();
    for (size_t i = 0; i < metrics.size(); ++i)
      contents.children.push_back({"metric_" + std::to_string(i), metrics[i]->trackable()});
    add_value(contents, "epoch", epoch, {});
    const detail::FitState* fit = training_.fit;
    add_value(contents, "position", position, [fit](const Tensor& restored) {
      if (fit) fit->data->check(restored);
    });
    return contents;
  }

  /// The epoch to go on with, and the place in it; a list of no numbers where it begins anew.
  Tensor epoch = Tensor::from_span<int64_t>(std::vector<int64_t>{0}, {1});
  Tensor position = Tensor::from_span<int64_t>(std::vector<int64_t>{0}, {1});

 private:
  static void add_value(TrackableContents& contents, const char* name, Tensor& value,
                        std::function<void(const Tensor&)> check) {
    contents.values.push_back({.name = name,
                               .spec = TensorSpec({-1}, int64),
                               .save = [&value] { return value; },
                               .restore = [&value](const Tensor& restored) { value = restored; },
                               .identity = &value,
                               .check = std::move(check)});
  }
  detail::Training& training_;
};

struct TrackedProgress {
  std::shared_ptr<Progress> progress;
  std::shared_ptr<Trackable> trackable() const { return progress; }
};

}  // namespace

struct BackupAndRestore::State {
  explicit State(Model& model, const std::string& directory)
      : tracked{std::make_shared<Progress>(model.training_state())},
        checkpoint({{"model", model}, {"optimizer", model.optimizer()}, {"progress", tracked}}),
        manager(checkpoint, directory, {.max_to_keep = 2}) {}

  Progress& progress() { return *tracked.progress; }

  void save(int64_t epoch, bool within_epoch, const detail::FitState& fit) {
    const std::vector<int64_t> numbers{epoch, within_epoch};
    progress().epoch = Tensor::from_span<int64_t>(numbers, {2});
    progress().position = fit.data->position();
    manager.save();
  }

  TrackedProgress tracked;
  Checkpoint checkpoint;
  CheckpointManager manager;
  bool is_restored = false;
};

BackupAndRestore::BackupAndRestore(const std::string& backup_dir, const Options& options)
    : backup_dir_(backup_dir), options_(options) {
  if (backup_dir.empty()) throw ValueError("BackupAndRestore: backup_dir is empty");
}

void BackupAndRestore::on_train_begin(Logs&) {
  state_ = std::make_shared<State>(model(), backup_dir_);
  const std::string latest = state_->manager.latest_checkpoint();
  if (latest.empty()) return;
  state_->checkpoint.restore(latest).expect_partial();
  const std::vector<int64_t> numbers = state_->progress().epoch.to_vector<int64_t>();
  if (numbers.size() != 2 || numbers[0] < 0)
    throw FileError("BackupAndRestore: '" + latest + "' is no backup of training; remove it to begin anew");
  detail::FitState& fit = *model().training_state().fit;
  fit.initial_epoch = numbers[0];
  fit.goes_on = numbers[1] != 0;
  fit.data->restore(state_->progress().position, fit.goes_on);
  state_->is_restored = true;
}

void BackupAndRestore::on_train_batch_begin(int64_t, Logs&) {
  if (!state_->is_restored) return;
  state_->is_restored = false;
  // Metrics that are made for the first batch get their values before it runs.
  detail::Training& training = model().training_state();
  training.train_function()->prepare(*training.fit->batch);
  state_->progress().parts_changed();
}

void BackupAndRestore::on_train_batch_end(int64_t batch, Logs&) {
  const detail::FitState& fit = *model().training_state().fit;
  if (options_.save_freq.is_due(batch)) state_->save(fit.epoch, true, fit);
}

void BackupAndRestore::on_epoch_end(int64_t epoch, Logs&) {
  if (InterruptGuard::is_interrupted()) return;  // the epoch is not complete
  state_->save(epoch + 1, false, *model().training_state().fit);
}

void BackupAndRestore::on_train_end(Logs&) {
  state_.reset();
  if (!options_.delete_checkpoint || InterruptGuard::is_interrupted()) return;
  std::error_code ignored;
  std::filesystem::remove_all(backup_dir_, ignored);
}

}  // namespace cornu::callbacks
