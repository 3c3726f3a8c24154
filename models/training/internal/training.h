#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <cornu/models/model.h>
#include <cornu/models/training/internal/compiled_loss.h>
#include <cornu/models/training/internal/compiled_metrics.h>
#include <cornu/models/training/internal/epoch_iterator.h>
#include <cornu/models/training/internal/step_function.h>

namespace cornu::detail {

/// Where a fit() that is under way stands.
struct FitState {
  EpochIterator* data = nullptr;
  int64_t epoch = 0;
  int64_t initial_epoch = 0;
  bool validates = false;
  bool goes_on = false;          // a callback has restored the middle of an epoch, whose metrics go on
  const Batch* batch = nullptr;  // of the last step
};

enum class Step { train, test };

/// What a model keeps for compile(), fit(), evaluate() and predict(). It stays where it is while the model moves.
struct Training {
  explicit Training(Model& model) : model(&model) {}

  Model* model;
  bool is_compiled = false;
  CompileOptions options;
  std::shared_ptr<Optimizer> optimizer;
  std::unique_ptr<CompiledLoss> loss;
  std::unique_ptr<CompiledMetrics> metrics;
  std::unique_ptr<metrics::Mean> loss_tracker;
  std::optional<std::vector<Variable>> trained;  // as they were when the step was made
  bool layers_changed = false;                   // since then

  std::mutex mutex;  // of the functions
  std::shared_ptr<const StepFunction> train, test, predict;
  std::function<void()> at_end_of_trace;  // of the training or test step
  History history;
  FitState* fit = nullptr;

  /// Throws StateError, naming `where`, before compile().
  void require_compiled(const char* where) const;
  /// Also if layers have come or gone since.
  void require_trainable(const char* where) const;
  // compile() makes others: to be asked for at each step.
  std::shared_ptr<const StepFunction> train_function();
  std::shared_ptr<const StepFunction> test_function();
  std::shared_ptr<const StepFunction> predict_function();
  void forget_traces();

  /// Empty for a model whose outputs were not given names.
  OutputNames output_names() const;
  BatchLayout layout(bool has_targets) const;
  /// Samples by position. Throws for names that the model has not.
  Batch in_order(const Tensors& x, const Tensors& y, const Tensors& sample_weight) const;
  /// Builds and traces what batches like `first` need, so that what does not fit is found before anything is trained;
  /// what was built is taken back then. Throws ValueError for class numbers in `samples` that the model has no output
  /// for.
  void prepare(Step step, const Batch& first, const std::vector<const Batch*>& samples);
  /// The same for a batch that was not seen before, as far as it is not done; errors name its number.
  void check_batch(Step step, const Batch& batch, std::optional<int64_t> number = {});
  void check_labels(const Batch& samples) const;

  /// The metrics' results if a step logs just these, else what the last step has logged.
  Logs epoch_logs(const Logs& last);

 private:
  void prepare_eagerly(const Batch& first);
};

/// Some of the samples, by position.
Batch rows(const Batch& samples, int64_t start, int64_t stop);
/// The first batch of tensors.
Batch first_batch(const Batch& samples, int64_t batch_size, const char* where);

}  // namespace cornu::detail
